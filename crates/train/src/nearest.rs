//! The nearest of the names that exist, for one that does not.

/// The name most like `wrong`, if one is like it at all; letters' case is ignored.
#[must_use]
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    known
        .into_iter()
        .map(|name| (likeness(&wrong, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// From 0 to 1. A part of a name, as “server” of “addons-server”, is like it however long the rest.
fn likeness(wrong: &str, name: &str) -> f64 {
    let part = wrong.len() >= 3 && name.contains(wrong);
    strsim::jaro_winkler(wrong, name).max(if part { 0.8 } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_nonsense_is_not() {
        let known = ["upstream", "security", "branch", "first_suffix"];
        assert_eq!(nearest("upstraem", known), Some("upstream"));
        assert_eq!(nearest("Branh", known), Some("branch"));
        assert_eq!(nearest("firstsuffix", known), Some("first_suffix"));
        assert_eq!(nearest("suffix", known), Some("first_suffix"));
        assert_eq!(nearest("xyz", known), None);
        assert_eq!(nearest("", known), None);
    }
}
