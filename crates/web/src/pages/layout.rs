//! What stands around every page.

use conductor::view::PushState;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::bar::Bar;
use super::tab;
use crate::assets;
use crate::house::House;
use crate::visitor::Visitor;

/// What stands around every page.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// What stands before every path.
    pub root: String,
    /// The mark of this binary's assets.
    pub mark: &'static str,
    /// The page's name.
    pub title: String,
    /// How the push stands that it is about, before the name in the browser's tab.
    pub stands: Option<&'static str>,
    /// The picture in the browser's tab.
    pub icon: &'static str,
    /// Who reads it.
    pub reader: Option<String>,
    /// How many things wait for them; none where that was not counted.
    pub waiting: Option<usize>,
    /// The stream that says when the page is another; none where it never is.
    pub events: Option<String>,
    /// The train it is about.
    pub train: Option<String>,
    /// Which of the train's pages it is.
    pub page: &'static str,
    /// The train's zone, by its name.
    pub zone: Option<String>,
    /// The moment that the page is of.
    pub now: Timestamp,
    /// The program's version.
    pub version: &'static str,
    /// What a demo tells of its week; none elsewhere.
    pub demo: Option<Bar>,
}

impl Layout {
    pub fn of(house: &House, visitor: &Visitor, title: &str) -> Self {
        let demo = house.show.as_deref().map(|show| Bar::of(show, visitor));
        Self {
            root: house.prefix.to_string(),
            mark: assets::mark(),
            title: title.to_owned(),
            stands: None,
            icon: "signal.svg",
            reader: visitor.name().map(ToString::to_string),
            waiting: visitor.name().and_then(|who| house.waits.count(who)),
            // Every page of a demo follows its week, save what was sent for and can't be asked for again.
            events: demo.as_ref().and(visitor.page.as_ref()).map(|_| house.path("/demo/events")),
            train: None,
            page: "",
            zone: None,
            now: house.open.clock.now(),
            version: house.open.built.version,
            demo,
        }
    }

    /// A page about a train, which follows it.
    pub fn about(self, train: &train::id::TrainName) -> Self {
        let train_alone = || format!("{}/trains/{train}/events", self.root);
        let events = self.events.clone().unwrap_or_else(train_alone);
        Self { events: Some(events), train: Some(train.to_string()), ..self }
    }

    /// Which of the train's pages it is.
    pub fn at(self, page: &'static str) -> Self {
        Self { page, ..self }
    }

    /// How the push stands that it is about: whoever has another tab open sees it as well.
    pub fn standing(self, state: PushState) -> Self {
        Self { stands: Some(tab::word(state)), icon: tab::picture(state), ..self }
    }

    /// The zone of the train, in which times stand until the browser knows the reader's.
    pub fn in_zone(self, zone: &str) -> Self {
        Self { zone: Some(zone.to_owned()), ..self }
    }

    /// The zone as people call it now, and by its name.
    pub fn zone_says(&self) -> Option<String> {
        self.zone.as_deref().map(|zone| called(zone, self.now))
    }
}

/// `CET, Europe/Paris`; the name alone of a zone that has no letters of its own, and of one that is called by them.
fn called(zone: &str, now: Timestamp) -> String {
    let letters = |tz| now.to_zoned_datetime(tz).strftime("%Z").to_string();
    let short = TimeZone::get(zone).ok().map(letters);
    let short = short.filter(|short| short != zone && short.chars().all(char::is_alphabetic));
    short.map_or_else(|| zone.to_owned(), |short| format!("{short}, {zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_called_as_people_call_it_then() {
        let [winter, summer] = ["2026-11-26T09:00:00Z", "2026-07-02T09:00:00Z"]
            .map(|at| at.parse::<Timestamp>().expect("a time"));
        assert_eq!(called("Europe/Paris", winter), "CET, Europe/Paris");
        assert_eq!(called("Europe/Paris", summer), "CEST, Europe/Paris");
        assert_eq!(called("UTC", winter), "UTC");
        assert_eq!(called("America/Sao_Paulo", winter), "America/Sao_Paulo", "it has none");
        assert_eq!(called("Nowhere/At_all", winter), "Nowhere/At_all");
    }
}
