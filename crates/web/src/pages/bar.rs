//! The bar that a demo's pages have: where its week is, what goes on, and whom its visitor may be.

use crate::asked::own_page;
use crate::show::{Show, Stands, Told};
use crate::visitor::Visitor;

/// The bar.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    pub told: Told,
    pub plays: bool,
    pub over: bool,
    /// Whether it is offered to play the week anew.
    pub anew: bool,
    pub parts: Vec<PartRow>,
    /// The page to come back to.
    pub back: String,
}

/// Somebody whom the visitor may be.
#[derive(Debug, Clone)]
pub(crate) struct PartRow {
    pub name: String,
    pub label: String,
    /// Whether that is who they are.
    pub here: bool,
}

impl Bar {
    pub fn of(show: &dyn Show, visitor: &Visitor) -> Self {
        show.seen();
        let told = show.told(show.knows(visitor.name()));
        let parts = show.cast().iter().map(|part| PartRow {
            name: part.name.to_string(),
            label: format!("{}, {}", part.name, part.does),
            here: visitor.name() == Some(&part.name),
        });
        let nobody = visitor.name().is_none();
        let stranger =
            PartRow { name: String::new(), label: "a stranger".to_owned(), here: nobody };
        Self {
            plays: told.stands == Stands::Plays,
            over: told.stands == Stands::Over,
            anew: told.again && (told.last.is_some() || told.astray),
            parts: parts.chain([stranger]).collect(),
            back: own_page(visitor.page.as_deref().unwrap_or("/")).to_owned(),
            told,
        }
    }
}
