//! What somebody wants of announcements that did not arrive: once more, or not at all. It takes no yes: they are back at once.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use conductor::{Conductor, TellWish};
use train::id::TrainName;
use train::refusal::Refusal;

use crate::fields::{Fields, bad};
use crate::house::House;
use crate::pages::NoPage;
use crate::sent::WishForm;

/// What a form says of one announcement, or of all.
fn wish(fields: &Fields) -> Result<TellWish, Refusal> {
    let named: Vec<String> = fields.text("name").into_iter().collect();
    match fields.one("what") {
        Some("again") => Ok(TellWish { again: Some(named), drop: Vec::new() }),
        // All are never given up at once.
        Some("drop") if !named.is_empty() => Ok(TellWish { again: None, drop: named }),
        _ => {
            let what = "the form does not say what is to become of which announcement".to_owned();
            Err(bad(what, "use a form of these pages"))
        }
    }
}

/// That somebody has these tried again, after their name.
fn words(again: &[String], train: &TrainName) -> String {
    match again {
        [] => format!("tries all announcements of {train} again"),
        named => format!("tries an announcement of {train} again: {}", named.join(", ")),
    }
}

/// `/trains/{train}/told`, sent to.
pub(crate) async fn told(
    State(house): State<House>,
    WishForm { visitor, train, fields, from }: WishForm,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::back_to(&house, &visitor, refusal, from.clone());
    let tell = async move |conductor: Conductor| {
        // Whoever may not is told so, whatever they sent.
        conductor.must_tell().await?;
        let wish = wish(&fields)?;
        conductor.tell(&wish).await?;
        Ok(wish)
    };
    let wish = house.story(&visitor.who(), &train, tell).await.map_err(no)?;
    // What is given up is in the record; who had what tried again is told here alone.
    if let Some(again) = &wish.again {
        let who = visitor.name().map(ToString::to_string).unwrap_or_default();
        house.open.log.done(&who, &words(again, &train));
    }
    Ok(Redirect::to(&house.path(&format!("/trains/{train}/told"))).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_given_up_by_its_name_and_all_are_tried_again() {
        let of = |form: &str| wish(&Fields::read(form.as_bytes())).ok();
        let said = |form: &str| of(form).map(|wish| (wish.again, wish.drop));
        let named = vec!["3f2a".to_owned()];
        assert_eq!(said("what=again"), Some((Some(Vec::new()), Vec::new())));
        assert_eq!(said("what=again&name=3f2a"), Some((Some(named.clone()), Vec::new())));
        assert_eq!(said("what=drop&name=3f2a"), Some((None, named)));
        assert_eq!(said("what=drop"), None);
        assert_eq!(said("name=3f2a"), None);
    }
}
