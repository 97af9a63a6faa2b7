//! People in the notes: the hero's line, the lines for ops and QA, the owner of an item.

use std::ops::Range;

use super::context::{Context, Who};
use super::token::{Kind, Token, struck, tokens};

/// A name in the notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Where the name stands, without `@`, brackets and link.
    pub span: Range<usize>,
    /// As written.
    pub text: String,
    /// Whom it means.
    pub who: Who,
}

/// The hero's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeroLine {
    /// All that stands behind *is*.
    pub span: Range<usize>,
    /// Who it is: one name, as a rule. Struck names are left out.
    pub names: Vec<Named>,
    /// `(swapped with x)`, without the brackets.
    pub remark: Option<String>,
}

impl HeroLine {
    /// The hero, when the line names one.
    #[must_use]
    pub fn hero(&self) -> Option<&Named> {
        match &self.names[..] {
            [one] => Some(one),
            _ => None,
        }
    }
}

/// What stands in `text[span]`, as a hero's line. A placeholder such as `<push hero>` or *TBD* names nobody.
pub(super) fn hero(text: &str, span: Range<usize>, context: &Context) -> HeroLine {
    let value = &text[span.clone()];
    let gone = struck(value);
    let open = value.char_indices().find(|(at, c)| *c == '(' && !value[..*at].ends_with(']'));
    let open = open.map(|(at, _)| at).filter(|at| !gone.iter().any(|g| g.contains(at)));
    let remark = open.map(|at| value[at + 1..].trim_end_matches([')', '.', ' ']).trim().to_owned());
    let end = open.unwrap_or(value.len());
    let mut names = Vec::new();
    let mut at = 0;
    for piece in gone.iter().cloned().chain(std::iter::once(end..end)) {
        let free = at.min(end)..piece.start.min(end);
        names.extend(list(text, span.start + free.start..span.start + free.end, context));
        at = piece.end;
    }
    HeroLine { span, names, remark: remark.filter(|r| !r.is_empty()) }
}

/// The names in `text[span]`: one, or several with commas, `and`, `&` or `/` between them.
pub(super) fn list(text: &str, span: Range<usize>, context: &Context) -> Vec<Named> {
    let value = &text[span.clone()];
    let at = |range: Range<usize>| span.start + range.start..span.start + range.end;
    let mut names = Vec::new();
    for piece in pieces(value) {
        let name = &value[piece.clone()];
        if placeholder(name) {
            continue;
        }
        let known = context.person(name).is_some() || !name.contains(char::is_whitespace);
        let parts = if known { vec![piece] } else { words(value, &piece, context) };
        for part in parts {
            let name = value[part.clone()].trim_start_matches('@').to_owned();
            let start = part.end - name.len();
            names.push(Named { who: context.who(&name), text: name, span: at(start..part.end) });
        }
    }
    names
}

/// The parts between commas and the like; of a Markdown link the words that show.
fn pieces(value: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut push = |range: Range<usize>| {
        let piece = &value[range.clone()];
        let inner = piece.trim_matches(|c: char| c.is_whitespace() || ".,;:!?*_`()[]".contains(c));
        if let Some(inside) = piece.find(inner).filter(|_| !inner.is_empty()) {
            found.push(range.start + inside..range.start + inside + inner.len());
        }
    };
    while let Some(c) = value[at..].chars().next() {
        let rest = &value[at..];
        let length = if let Some(shown) = link(rest) {
            push(start..at);
            push(at + 1..at + 1 + shown);
            start = at + rest.find(')').map_or(rest.len(), |end| end + 1);
            start - at
        } else if let Some(length) = between(rest, value[..at].chars().next_back()) {
            push(start..at);
            start = at + length;
            length
        } else {
            c.len_utf8()
        };
        at += length;
    }
    push(start.min(value.len())..value.len());
    found
}

/// The length of what shows of the `[name](url)` that begins here.
fn link(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('[')?;
    let shown = inner.bytes().take(81).position(|b| b == b']')?;
    inner[shown + 1..].starts_with('(').then_some(shown)
}

fn between(rest: &str, before: Option<char>) -> Option<usize> {
    if rest.starts_with([',', '&', '/', ';', '+']) {
        return Some(1);
    }
    let word = super::heading::after(rest, "and")?;
    let spaced = before.is_some_and(char::is_whitespace) && word.starts_with(char::is_whitespace);
    spaced.then_some(3)
}

/// Words that are no known name together, each for itself; all of it as one unknown name when none is known.
fn words(value: &str, piece: &Range<usize>, context: &Context) -> Vec<Range<usize>> {
    let words: Vec<Range<usize>> = tokens(&value[piece.clone()])
        .into_iter()
        .filter(|token| token.kind == Kind::Word)
        .map(|token| piece.start + token.span.start..piece.start + token.span.end)
        .collect();
    let known = |word: &Range<usize>| context.person(&value[word.clone()]).is_some();
    match words.iter().position(known) {
        Some(0) if !words.iter().skip(1).any(known) => vec![words[0].clone()],
        Some(_) => words.iter().filter(|word| known(word)).cloned().collect(),
        None => vec![piece.clone()],
    }
}

fn placeholder(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.starts_with('<')
        || !name.contains(char::is_alphanumeric)
        || matches!(
            lower.as_str(),
            "tbd" | "tba" | "todo" | "nobody" | "none" | "n/a" | "push hero"
        )
}

/// Who owns an item, by its words: at its start (`@kumar …`, `kumar: …`, `[kumar](…) …`, `[ops] …`, `Jorge to flip …`), at
/// its end (`… - jason`, `… (jason)`), or the one `@name` in it that nobody is to be told, asked or pinged by.
pub(super) fn owner(text: &str, tokens: &[Token], context: &Context) -> Option<Who> {
    let line = Line { text, tokens, context };
    line.first().or_else(|| line.last()).or_else(|| line.mentioned())
}

struct Line<'t> {
    text: &'t str,
    tokens: &'t [Token],
    context: &'t Context,
}

impl Line<'_> {
    fn word(&self, at: usize) -> Option<&str> {
        self.tokens.get(at)?.word(self.text)
    }

    fn is(&self, at: usize, mark: char) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(mark))
    }

    /// Somebody known, or anybody with `@`.
    fn who(&self, at: usize) -> Option<Who> {
        let word = self.word(at)?;
        match self.context.who(word) {
            Who::Unknown(_) if !word.starts_with('@') => None,
            Who::Unknown(_) if word[1..].contains('@') => None,
            who => Some(who),
        }
    }

    fn first(&self) -> Option<Who> {
        let bracketed = self.is(0, '[') && self.is(2, ']');
        let who = self.who(usize::from(bracketed))?;
        let at = usize::from(bracketed);
        let mention = self.word(at).is_some_and(|word| word.starts_with('@'));
        let follows =
            bracketed || self.is(1, ':') || (self.word(1) == Some("to") && !self.is(2, '-'));
        (mention || follows).then_some(who)
    }

    fn last(&self) -> Option<Who> {
        let quiet = |token: &Token| matches!(token.kind, Kind::Mark('.' | '!' | '*' | '_' | '~'));
        let end = self.tokens.iter().rposition(|token| !quiet(token))?;
        let closed = self.is(end, ')') || self.is(end, ']');
        let at = if closed { end.checked_sub(1)? } else { end };
        let who = self.who(at)?;
        let before = at.checked_sub(1)?;
        let owned = self.word(before).is_some_and(|word| word.eq_ignore_ascii_case("owner"))
            || (self.is(before, ':')
                && before > 0
                && self.word(before - 1).is_some_and(|w| w.eq_ignore_ascii_case("owner")));
        let apart = if closed {
            self.is(before, '(') || self.is(before, '[')
        } else {
            self.is(before, '-') || self.is(before, '–') || self.is(before, '—')
        };
        let mention = self.word(at).is_some_and(|word| word.starts_with('@'));
        ((apart || owned) || (mention && self.alone() && !self.told(before))).then_some(who)
    }

    /// Whether one name alone is mentioned with `@`.
    fn alone(&self) -> bool {
        let mentions = self.tokens.iter().filter_map(|token| token.word(self.text));
        mentions.filter(|word| word.starts_with('@')).count() == 1
    }

    fn mentioned(&self) -> Option<Who> {
        let mention = |at: &usize| self.word(*at).is_some_and(|word| word.starts_with('@'));
        let one = (1..self.tokens.len()).find(mention).filter(|_| self.alone())?;
        (!self.told(one - 1)).then(|| self.who(one)).flatten()
    }

    /// Whether the word before a name makes it somebody to be told.
    fn told(&self, before: usize) -> bool {
        self.word(before).is_some_and(|word| {
            let word = word.to_lowercase();
            matches!(
                word.as_str(),
                "ping"
                    | "pings"
                    | "from"
                    | "with"
                    | "to"
                    | "cc"
                    | "ask"
                    | "tell"
                    | "thanks"
                    | "after"
                    | "tbd"
                    | "notify"
                    | "remind"
                    | "see"
                    | "and"
                    | "via"
                    | "for"
                    | "than"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::people::Person;

    fn context() -> Context {
        let person = |name: &str, aliases: &[&str]| Person {
            name: name.parse().unwrap(),
            roles: BTreeSet::new(),
            aliases: aliases.iter().map(|a| (*a).to_owned()).collect(),
            email: None,
            irc: None,
            github: None,
        };
        let people = [
            person("kumar", &["kumar303"]),
            person("mat", &["diox"]),
            person("eviljeff", &[]),
            person("muffinresearch", &[]),
            person("Bob Silverberg", &[]),
        ];
        Context::new(&people, vec![], vec![], "UTC".parse().unwrap())
    }

    fn names(line: &str) -> (Vec<String>, Option<String>) {
        let hero = hero(line, 0..line.len(), &context());
        for name in &hero.names {
            assert_eq!(line[name.span.clone()], name.text);
        }
        (hero.names.iter().map(|n| n.text.clone()).collect(), hero.remark)
    }

    #[test]
    fn the_hero_s_line_as_people_write_it() {
        for (line, name, remark) in [
            ("kumar", "kumar", None),
            ("@kumar303", "kumar303", None),
            ("[@diox](https://github.com/diox)", "diox", None),
            (
                "[Will](https://github.com/willdurand/) (swapped with Stuart)",
                "Will",
                Some("swapped with Stuart"),
            ),
            ("~muffinresearch~ eviljeff", "eviljeff", None),
            ("~~[eviljeff](https://x.org/e)~~ [diox](https://x.org/d)", "diox", None),
            ("mat)", "mat", None),
            ("eviljeff (swapping for tofumatt)", "eviljeff", Some("swapping for tofumatt")),
            ("Bob Silverberg this week", "Bob Silverberg", None),
            ("**mat**", "mat", None),
        ] {
            let (names, said) = names(line);
            let expected = if line.starts_with("Bob") { line } else { name };
            assert_eq!(names, [expected], "{line}");
            assert_eq!(said.as_deref(), remark, "{line}");
        }
        assert_eq!(names("muffinresearch eviljeff").0, ["muffinresearch", "eviljeff"]);
        assert_eq!(names("mat, kumar and eviljeff").0, ["mat", "kumar", "eviljeff"]);
        for nobody in ["", "<push hero>", "TBD", "???"] {
            assert_eq!(names(nobody).0, [""; 0], "{nobody}");
        }
    }

    #[test]
    fn owners() {
        let owner = |text: &str| match owner(text, &tokens(text), &context()) {
            Some(Who::Person(name)) => name.to_string(),
            Some(Who::Role(role)) => role.word().to_owned(),
            Some(Who::Unknown(name)) => format!("?{name}"),
            None => "-".to_owned(),
        };
        for (text, who) in [
            ("@kumar login is broken", "kumar"),
            ("login is broken @kumar303", "kumar"),
            ("login is broken (diox)", "mat"),
            ("push nginx changes - mat", "mat"),
            ("[kumar](https://x.org/k) login is broken", "kumar"),
            ("[ops] Verify", "ops"),
            ("Kumar to enable waffles", "kumar"),
            ("mat: look into it", "mat"),
            ("fix by @nobody please", "?nobody"),
            ("Ideally ping @kumar before.", "-"),
            ("enable the flag (after go from @mat @kumar)", "-"),
            ("run [this script](https://x.org/1)", "-"),
            ("mat finish on the floor", "-"),
            ("on stage", "-"),
        ] {
            assert_eq!(owner(text), who, "{text}");
        }
    }
}
