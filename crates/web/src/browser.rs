//! What a browser is called, by what it says of itself: so that people tell on their page which of theirs is signed in.

/// What stands before a browser's version, and its name. Most say that they are others too: the most particular go first.
const NAMES: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    // Safari's own number is that of its engine.
    ("Version/", "Safari"),
];

const SYSTEMS: &[(&str, &str)] = &[
    ("Android", "Android"),
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "a Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// A browser as people call it, `Firefox 128 on Linux`; what is none as it calls itself.
pub(crate) fn called(agent: &str) -> String {
    let system = SYSTEMS.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| name);
    match (NAMES.iter().find_map(|(mark, name)| versioned(agent, mark, name)), system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser,
        (None, _) => agent.to_owned(),
    }
}

/// A name with the first number of its version, where the agent has its mark.
fn versioned(agent: &str, mark: &str, name: &str) -> Option<String> {
    let (_, version) = agent.split_once(mark)?;
    let digits = version.bytes().take_while(u8::is_ascii_digit).count();
    Some(format!("{name} {}", &version[..digits]).trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::called;

    #[test]
    fn browsers_are_called_as_people_call_them() {
        let (mac, webkit) =
            ("Macintosh; Intel Mac OS X 10_15_7", "AppleWebKit/537.36 (KHTML, like Gecko)");
        for (agent, name) in [
            (
                format!("Mozilla/5.0 (X11; Linux x86_64) {webkit} Chrome/140.0.0.0 Safari/537.36"),
                "Chrome 140 on Linux",
            ),
            (
                format!(
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/128.0.0.0 Safari/537.36 Edg/128.0.0.0"
                ),
                "Edge 128 on Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".to_owned(),
                "Firefox 128 on Linux",
            ),
            (
                format!(
                    "Mozilla/5.0 ({mac}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15"
                ),
                "Safari 18 on a Mac",
            ),
            (
                format!(
                    "Mozilla/5.0 (Linux; Android 10; K) {webkit} Chrome/140.0.0.0 Mobile Safari/537.36"
                ),
                "Chrome 140 on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
                    .to_owned(),
                "Safari 18 on an iPhone",
            ),
            ("curl/8.0".to_owned(), "curl/8.0"),
            ("Chrome/".to_owned(), "Chrome"),
            ("Firefox/é Linux".to_owned(), "Firefox on Linux"),
            ("\u{1b}[31m".to_owned(), "\u{1b}[31m"),
            (String::new(), ""),
        ] {
            assert_eq!(called(&agent), name, "{agent}");
        }
    }
}
