//! The plan that somebody settles something of: they are led back to it, by the wish that it is of.

use train::command::Command;

use super::encoded;

/// How long it is at most behind an address, in bytes: a proxy takes no answer whose head is too large, and no such address.
const LONGEST: usize = 2_000;

/// The wish of such a plan, as it was written down; none of what is no wish, and of one whose plan has nothing to be settled.
pub(crate) fn then(said: Option<&str>) -> Option<String> {
    let said = said?;
    let wish: Command = serde_json::from_str(said).ok()?;
    matches!(wish, Command::Start(_) | Command::Finish(_)).then(|| said.to_owned())
}

/// The same behind the address of a step; nothing of one that is too long for it.
pub(crate) fn behind(said: Option<&str>) -> String {
    let led = then(said).map(|then| format!("?then={}", encoded(&then)));
    led.filter(|led| led.len() <= LONGEST).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_led_back_to_a_plan_of_which_something_is_settled_and_to_nothing_else() {
        let start = r#"{"command":"start","push":"2026.11.26"}"#;
        assert_eq!(then(Some(start)).as_deref(), Some(start));
        let address = "?then=%7B%22command%22%3A%22start%22%2C%22push%22%3A%222026.11.26%22%7D";
        assert_eq!(behind(Some(start)), address);
        let others = ["/trains/amo", "{}", "https://push.example", r#"{"command":"claim"}"#];
        for other in others {
            assert_eq!(then(Some(other)), None, "{other}");
        }
        assert_eq!(behind(None), "");
    }

    #[test]
    fn a_wish_that_is_too_long_for_an_address_stays_out_of_it() {
        let start = r#"{"command":"start","push":"2026.11.26"}"#;
        // A blank is one byte there.
        let wish = |blanks: usize| format!("{start}{}", " ".repeat(blanks));
        let most = LONGEST - behind(Some(start)).len();
        assert_eq!(behind(Some(&wish(most))).len(), LONGEST);
        assert_eq!(behind(Some(&wish(most + 1))), "");
        assert!(then(Some(&wish(most + 1))).is_some(), "it is a wish all the same");
    }
}
