//! What the remotes show beside the record, where somebody asks for it on the ledger's page (P15).

use conductor::Conductor;
use conductor::view::VerifyView;
use train::differences::Difference;
use train::id::TrainName;

use super::{NoPage, hints, words};
use crate::house::House;
use crate::visitor::Visitor;

/// What came of it.
pub(super) struct Compared {
    pub found: Vec<Finding>,
    /// What is to be done where something differs.
    pub way_out: Option<String>,
}

/// One thing that was found.
pub(super) struct Finding {
    /// Its mark: `pass`, `fail` or `odd`.
    pub shape: &'static str,
    pub says: String,
}

fn finding(shape: &'static str, says: impl Into<String>) -> Finding {
    Finding { shape, says: says.into() }
}

impl Compared {
    /// `sees` is whether the reader may know of every entry: where a chain breaks is told by a number (P9).
    pub fn of(view: &VerifyView, sees: bool) -> Self {
        let chain = match &view.broken {
            None => {
                let agree = if view.anchors == 1 { "agrees" } else { "agree" };
                let anchors = words::count(view.anchors, "anchor");
                let says = format!("The chain holds, and {anchors} outside {agree} with it.");
                finding("pass", says)
            }
            Some(broken) if sees => finding("fail", words::sentence(&hints::said(broken))),
            Some(_) => finding("fail", "The chain does not hold."),
        };
        let differs = view
            .differences
            .iter()
            .map(|difference| finding("fail", words::sentence(&hints::said(&difference.message))));
        let unasked = view
            .unreachable
            .iter()
            .map(|repo| finding("odd", format!("{repo} could not be asked.")));
        let unread = (!view.compared).then(|| {
            let says = "The remotes could not be compared with the record: it can’t be read.";
            finding("odd", says)
        });
        let well = view.broken.is_none()
            && view.compared
            && view.differences.is_empty()
            && view.unreachable.is_empty();
        let same = well.then(|| finding("pass", "The remotes show what was recorded."));
        let found = std::iter::once(chain).chain(differs).chain(unasked).chain(unread).chain(same);
        let way_out = view.differences.first().map(Difference::way_out);
        let way_out = way_out.map(|way_out| words::sentence(&hints::said(way_out)));
        Self { found: found.collect(), way_out }
    }
}

/// Proves the chain against itself and against the remotes, which are asked for it: for whoever may act on the train.
pub(super) async fn compared(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
) -> Result<VerifyView, NoPage> {
    let no = |refusal| NoPage::of(house, visitor, refusal);
    visitor.may_act_on(house, train).map_err(no)?;
    let looking = visitor.looking(house, train);
    // All of the record is read, up to now: what others publish meanwhile is on the remotes as well.
    let verify = async move |conductor: Conductor| conductor.looking(looking).verify().await;
    house.story(&visitor.who(), train, verify).await.map_err(no)
}

#[cfg(test)]
mod tests {
    use conductor::view::ChainWord;

    use super::*;

    fn view() -> VerifyView {
        VerifyView {
            entries: 9,
            chain: ChainWord::Ok,
            broken: None,
            anchors: 2,
            compared: true,
            differences: Vec::new(),
            unreachable: Vec::new(),
        }
    }

    fn says(view: &VerifyView, sees: bool) -> Vec<String> {
        Compared::of(view, sees).found.into_iter().map(|found| found.says).collect()
    }

    #[test]
    fn what_is_as_recorded_is_said_so_only_where_all_was_asked() {
        let holds = "The chain holds, and 2 anchors outside agree with it.";
        assert_eq!(says(&view(), true), [holds, "The remotes show what was recorded."]);
        let away = VerifyView { unreachable: vec!["web".parse().unwrap()], ..view() };
        assert_eq!(says(&away, true), [holds, "web could not be asked."]);
    }

    #[test]
    fn where_the_chain_breaks_is_for_those_who_may_know_of_every_entry() {
        let broken = Some("entry 7 is not what its hash says".to_owned());
        let view = VerifyView { chain: ChainWord::Broken, broken, compared: false, ..view() };
        assert_eq!(says(&view, true)[0], "Entry 7 is not what its hash says.");
        let others = says(&view, false);
        assert!(others.iter().all(|says| !says.contains('7')), "{others:?}");
    }
}
