//! What commits a person means by a text.
//!
//! Only commits on upstream's branches and tags count. Whatever else the store may hold is refused in the same words
//! as a typing error (P9). No text from a person reaches git but as a ref's name that was checked, or as hexadecimal
//! digits.

use conductor::failure::{Failure, Result};
use futures_util::future::join;
use gix_object::Kind;
use train::facts::Commit;
use train::id::{Oid, quoted};
use train::refusal::Code;

use crate::batch::{self, Answer, strange};
use crate::history::History;
use crate::process::Git;
use crate::{read, refs, told};

/// Shortest abbreviation of a hash, as git has it.
const SHORTEST: usize = 4;

/// The most commits of a range: nobody picks more, and whoever may look may ask for any range.
const MOST: usize = 1_000;

/// The commits that `text` means: one, or those of a range, oldest first.
pub(crate) async fn resolve(git: &Git, text: &str) -> Result<Vec<Commit>> {
    let Some(wish) = wish(text) else { return Err(none(text)) };
    match wish {
        Wish::One(name) => {
            let found = candidates(git, &name.base).await?;
            if let ([only], 0) = (&found[..], name.before) {
                // The usual case: asked and read at once.
                let both = join(is_shown(git, only), read::commit(git, &only.id)).await;
                return if both.0? { Ok(vec![both.1?]) } else { Err(none(text)) };
            }
            let id = chosen(git, found, &name, text).await?;
            Ok(vec![read::commit(git, &id).await?])
        }
        Wish::Range(from, to) => {
            let from = chosen(git, candidates(git, &from.base).await?, &from, text).await?;
            let to = chosen(git, candidates(git, &to.base).await?, &to, text).await?;
            range(git, &from, &to, text).await
        }
    }
}

/// The commits that `to` has and `from` has not, oldest first. Of more than are taken no more is read than shows it.
async fn range(git: &Git, from: &Oid, to: &Oid, text: &str) -> Result<Vec<Commit>> {
    let most = format!("--max-count={}", MOST + 1);
    let options = ["--topo-order", "--reverse", &most];
    let found = told::commits(git, &options, &format!("{to}\n^{from}\n")).await?;
    if found.len() <= MOST {
        return Ok(found);
    }
    Err(Failure::new(
        Code::Usage,
        format!("{} is more than {MOST} commits", quoted(text)),
        "name a shorter range, or one commit",
    ))
}

/// No such commit: in the same words whether it is a typing error or something that is not for everybody (P9).
fn none(text: &str) -> Failure {
    Failure::new(
        Code::NoSuchCommit,
        format!("{} names no commit on upstream's branches or tags", quoted(text)),
        "give a hash (4 digits or more), a tag or branch of upstream, or a range A..B; a commit pushed just now needs a fetch",
    )
}

/// What a text asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    One(Name),
    Range(Name, Name),
}

/// One revision: a ref's name or a hash, and how many first parents before it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// The ref's name, or hexadecimal digits.
    pub base: String,
    /// How many first parents before it.
    pub before: u32,
}

/// Reads what a person wrote. None where git could make anything else of it.
pub(crate) fn wish(text: &str) -> Option<Wish> {
    match text.split_once("..") {
        Some((from, to)) => Some(Wish::Range(name(from)?, name(to)?)),
        None => Some(Wish::One(name(text)?)),
    }
}

/// Takes `~`, `~3`, `^` and their repetition; nothing else that git makes of a name.
fn name(text: &str) -> Option<Name> {
    let end = text.find(['~', '^']).unwrap_or(text.len());
    let (base, mut rest) = text.split_at(end);
    let mut before: u32 = 0;
    while !rest.is_empty() {
        let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
        let step = match (rest.as_bytes()[0], digits) {
            (_, 0) => 1,
            (b'~', 1..=6) => rest[1..=digits].parse().ok()?,
            _ => return None,
        };
        before = before.checked_add(step)?;
        rest = rest.get(1 + digits..)?;
        if !rest.is_empty() && !rest.starts_with(['~', '^']) {
            return None;
        }
    }
    is_ref_name(base).then(|| Name { base: base.to_owned(), before })
}

/// Whether git takes it as part of a ref's name (`git check-ref-format`), and it is no option.
fn is_ref_name(text: &str) -> bool {
    let bad = |c: char| c.is_control() || c.is_whitespace() || ":?*[\\~^".contains(c);
    let part = |p: &str| !p.is_empty() && !p.starts_with('.') && !p.ends_with(".lock");
    let shape = text.len() <= 250 && text != "@" && !text.starts_with('-') && !text.ends_with('.');
    shape
        && !text.contains("..")
        && !text.contains("@{")
        && !text.contains(bad)
        && text.split('/').all(part)
}

fn is_hash(text: &str) -> bool {
    (SHORTEST..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A commit that a name may mean.
#[derive(Debug)]
struct Candidate {
    /// How else to name it.
    what: String,
    id: Oid,
    /// Whether a branch or tag of upstream is called so: then it is on upstream.
    named: bool,
}

/// The one commit that a name means, of its candidates.
async fn chosen(git: &Git, found: Vec<Candidate>, name: &Name, text: &str) -> Result<Oid> {
    let mut shown = Vec::new();
    for candidate in found {
        if is_shown(git, &candidate).await? {
            shown.push(candidate);
        }
    }
    let mut meant: Vec<&Oid> = shown.iter().map(|c| &c.id).collect();
    meant.sort_unstable();
    meant.dedup();
    match meant[..] {
        [] => Err(none(text)),
        [id] => ancestor(git, id, name.before).await?.ok_or_else(|| none(text)),
        _ => Err(ambiguous(&name.base, &shown)),
    }
}

fn ambiguous(name: &str, found: &[Candidate]) -> Failure {
    let shown = found.iter().take(5).map(|c| format!("{} ({})", quoted(&c.what), c.id.short()));
    let more = if found.len() > 5 { " and others" } else { "" };
    Failure::new(
        Code::Ambiguous,
        format!("{} could be {}{more}", quoted(name), shown.collect::<Vec<_>>().join(", ")),
        "give more digits of the hash, or write tags/NAME or heads/NAME",
    )
}

/// Everything in the store that may be meant, on upstream or not.
async fn candidates(git: &Git, base: &str) -> Result<Vec<Candidate>> {
    if !is_hash(base) {
        return by_ref(git, base).await;
    }
    let digits = base.to_ascii_lowercase();
    let objects = git.objects()?;
    if let Ok(full) = digits.parse::<Oid>()
        && objects.may_have(&full)?
    {
        let commit = objects.peeled(&full)?.filter(|(_, kind)| *kind == Kind::Commit);
        let meant = |(id, _)| Candidate { what: full.short().to_owned(), id, named: false };
        return Ok(commit.into_iter().map(meant).collect());
    }
    // Digits alone may be a name too, and as part of a ref's name they mean nothing else to git.
    let names = [format!("tags/{base}"), format!("heads/{base}")];
    let mut asked = names.each_ref().map(|n| format!("refs/upstream/{n}^{{commit}}")).to_vec();
    asked.push(format!("{digits}^{{commit}}"));
    let mut answers = batch::kinds(git, &asked).await?;
    let by_hash = match answers.pop().and_then(Answer::found) {
        Some(object) => vec![object.id],
        // None, or several: git says the same of both here.
        None => all_by_hash(git, &digits).await?,
    };
    let unnamed = |id: Oid| Candidate { what: id.short().to_owned(), id, named: false };
    let by_name = names
        .into_iter()
        .zip(answers)
        .filter_map(|(what, answer)| Some(Candidate { what, id: answer.found()?.id, named: true }));
    Ok(by_name.chain(by_hash.into_iter().map(unnamed)).collect())
}

/// Upstream's tag and branch of that name. The name reaches git as a pattern to match refs by: as a revision, one
/// ending in `-g` and digits would mean the hash of these digits, on upstream or not.
async fn by_ref(git: &Git, name: &str) -> Result<Vec<Candidate>> {
    let name = name.strip_prefix("refs/").unwrap_or(name);
    let mut wanted: Vec<String> =
        ["tags/", "heads/"].iter().map(|kind| format!("refs/upstream/{kind}{name}")).collect();
    if name.starts_with("tags/") || name.starts_with("heads/") {
        wanted.push(format!("refs/upstream/{name}"));
    }
    let args = ["for-each-ref", "--format=%(refname)%00%(objectname)"];
    let listed = git.text(args.into_iter().chain(wanted.iter().map(String::as_str))).await?;
    // A pattern also matches what lies below it, as in a directory.
    let exact = listed.lines().filter_map(|line| line.split_once('\0'));
    let exact: Vec<_> = exact.filter(|(full, _)| wanted.iter().any(|w| w == full)).collect();
    let peeled: Vec<String> = exact.iter().map(|(_, id)| format!("{id}^{{commit}}")).collect();
    let answers = batch::kinds(git, &peeled).await?;
    let found = exact.iter().zip(answers).filter_map(|((full, _), answer)| {
        let what = full.trim_start_matches("refs/upstream/").to_owned();
        Some(Candidate { what, id: answer.found()?.id, named: true })
    });
    Ok(found.collect())
}

async fn all_by_hash(git: &Git, digits: &str) -> Result<Vec<Oid>> {
    let listed = git.text(["rev-parse", &format!("--disambiguate={digits}")]).await?;
    let peeled: Vec<String> = listed.lines().map(|id| format!("{id}^{{commit}}")).collect();
    let answers = batch::kinds(git, &peeled).await?;
    Ok(answers.into_iter().filter_map(Answer::found).map(|o| o.id).collect())
}

/// Whether a candidate is on a branch or tag of upstream: anything else nobody is to hear of.
async fn is_shown(git: &Git, candidate: &Candidate) -> Result<bool> {
    if candidate.named {
        return Ok(true);
    }
    let (id, dir) = (candidate.id.clone(), git.dir().to_owned());
    git.apart(move |objects| {
        if objects.existing(std::slice::from_ref(&id))?.is_empty() {
            return Ok(false);
        }
        let history = History::of(objects);
        // Branches answer most questions, and quickly.
        for place in ["refs/upstream/heads/", "refs/upstream/tags/"] {
            if history.is_in(&id, &refs::commits(objects, &dir, place)?)? {
                return Ok(true);
            }
        }
        Ok(false)
    })
    .await
}

/// The commit `before` first parents earlier.
async fn ancestor(git: &Git, id: &Oid, before: u32) -> Result<Option<Oid>> {
    if before == 0 {
        return Ok(Some(id.clone()));
    }
    let answer = batch::kinds(git, &[format!("{id}~{before}")]).await?.pop();
    Ok(answer.ok_or_else(|| strange("cat-file"))?.found().map(|o| o.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_could_be_an_option_or_a_trick_is_no_name() {
        for bad in [
            "",
            "..",
            "a..",
            "..a",
            "a...b",
            "-x",
            "--upload-pack=x",
            "--all..main",
            "main..-x",
            "a b",
            "a\nb",
            "\u{1b}[m",
            "main@{1}",
            "@",
            "@{-1}",
            ":/fix",
            "main:README",
            ":0:x",
            "^main",
            "main^2",
            "main^{tree}",
            "main~x",
            "main~9999999",
            "a*",
            "a?",
            "a[b]",
            "a\\b",
            "/a",
            "a//b",
            "a/",
            "a.lock",
            ".a",
            "a/.b",
            "a.",
        ] {
            assert_eq!(wish(bad), None, "{bad:?} was taken");
        }
    }

    #[test]
    fn parents_are_counted() {
        for (text, before) in [("v1", 0), ("v1~", 1), ("v1^", 1), ("v1~3", 3), ("v1^^~2", 4)] {
            assert_eq!(name(text), Some(Name { base: "v1".to_owned(), before }), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in ".*") {
            if let Some(Wish::One(name)) = wish(&text) {
                prop_assert!(!name.base.starts_with('-') && !name.base.contains(['\0', '\n', ':']));
            }
        }

        #[test]
        fn suffixes_never_panic(text in "[a~^0-9.é]{0,12}") {
            let _ = wish(&text);
        }
    }
}
