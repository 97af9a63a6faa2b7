//! Objects that we make ourselves, tags and fences, and the refs that keep them until an intent is settled.

use std::path::Path;

use conductor::failure::{Failure, Result};
use conductor::ports::{Ident, Stamp, TagDraft};
use gix_object::Kind;
use train::facts::Fence;
use train::id::Oid;
use train::intent::IntentId;
use train::refusal::Code;
use train::settings::Tagging;

use crate::environment::Environment;
use crate::guard::Guard;
use crate::refs::{self, At, Edit};
use crate::store::Store;

/// Writes a tag object. The same annotated draft gives the same object; a signature is new each time.
pub(crate) async fn tag(store: &Store, draft: &TagDraft) -> Result<Oid> {
    match draft.tagging {
        Tagging::Lightweight => Ok(draft.commit.clone()),
        Tagging::Annotated => {
            let objects = store.computing().objects()?;
            if objects.existing(std::slice::from_ref(&draft.commit))?.is_empty() {
                return Err(crate::objects::no_such(&draft.commit));
            }
            check(draft)?;
            objects.write(Kind::Tag, payload(draft).as_bytes())
        }
        Tagging::Signed => {
            signed(store, draft).await.map_err(|f| f.in_repo(&store.settings().name))
        }
    }
}

/// Refuses what `git mktag` would, and with it a remote that checks what it is sent. The rest of a tag is ours.
fn check(draft: &TagDraft) -> Result<()> {
    refs::full(&format!("refs/tags/{}", draft.name))?;
    if draft.stamp.at.as_second() < 0 {
        let message = "a tag can't be dated before 1970";
        return Err(Failure::new(Code::Refused, message, "set this machine's clock"));
    }
    Ok(())
}

/// A tag object's bytes.
fn payload(draft: &TagDraft) -> String {
    let TagDraft { name, commit, message, stamp, .. } = draft;
    format!("object {commit}\ntype commit\ntag {name}\ntagger {}\n\n{message}", signature(stamp))
}

/// `Name <mail> seconds zone`, as objects carry it.
pub(crate) fn signature(stamp: &Stamp) -> String {
    let Ident { name, email } = cleaned(&stamp.by);
    format!("{name} <{email}> {} {}", stamp.at.as_second(), zone(stamp.offset))
}

/// A name and mail address without what would break an object's line, as git itself drops it. Nobody is nameless.
pub(crate) fn cleaned(by: &Ident) -> Ident {
    let clean = |text: &str| {
        let kept: String =
            text.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).collect();
        kept.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, '.' | ',' | ':' | ';' | '"' | '\\' | '\'')
        })
        .to_owned()
    };
    let (name, email) = (clean(&by.name), clean(&by.email));
    let name = if name.is_empty() { email.clone() } else { name };
    Ident { name: if name.is_empty() { "pushduty".to_owned() } else { name }, email }
}

/// Seconds east of UTC as `+hhmm`.
fn zone(offset: i32) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.unsigned_abs() / 60;
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}

/// Lets git sign: it knows how the user does (`gpg.format`, `user.signingKey`). It makes a local ref with the tag, which
/// is taken away again; what the remote has is under `refs/upstream/` and is not touched.
async fn signed(store: &Store, draft: &TagDraft) -> Result<Oid> {
    let guard = store.guard().await?;
    let by = cleaned(&draft.stamp.by);
    let git = store
        .upstream(Environment::Sign)
        .variable("GIT_COMMITTER_NAME", &by.name)
        .variable("GIT_COMMITTER_EMAIL", &by.email)
        .variable(
            "GIT_COMMITTER_DATE",
            format!("@{} {}", draft.stamp.at.as_second(), zone(draft.stamp.offset)),
        );
    let args = [
        "tag",
        "--sign",
        "--force",
        "--cleanup=verbatim",
        "-F",
        "-",
        "--end-of-options",
        &draft.name,
        draft.commit.as_str(),
    ];
    let output = guard.run(&git, &args, draft.message.as_bytes()).await?;
    if !output.ok() {
        let message = format!(
            "the tag {} could not be signed (git: {})",
            train::id::quoted(&draft.name),
            output.words
        );
        let hint = "make `git tag --sign` work by itself (user.signingKey, gpg.format, an agent), or set `tags = \"annotated\"`";
        return Err(Failure::new(Code::Git, message, hint));
    }
    let name = format!("refs/tags/{}", draft.name);
    let dir = store.upstream_dir();
    let named = refs::below(&dir, "refs/tags/")?.into_iter().find(|(found, _)| *found == name);
    let Some((_, At::Object(made))) = named else { return Err(crate::batch::strange("tag")) };
    guard.change(&dir, &[Edit::Remove(name)])?;
    Ok(made)
}

/// Writes a fence's blob.
pub(crate) async fn fence(store: &Store, fence: &Fence) -> Result<Oid> {
    let json = serde_json::to_vec(fence).map_err(|e| {
        Failure::new(
            Code::Io,
            format!("the fence could not be written: {e}"),
            "report this with `pushduty check`",
        )
    })?;
    store.computing().objects()?.write(Kind::Blob, &json)
}

/// Keeps objects from being collected: refs under `refs/keep/<intent>/`.
pub(crate) fn keep(dir: &Path, guard: &Guard, intent: &IntentId, objects: &[Oid]) -> Result<()> {
    let named = objects.iter().enumerate();
    let edits: Vec<Edit> = named
        .map(|(n, o)| Edit::Set(format!("refs/keep/{intent}/{n}"), At::Object(o.clone())))
        .collect();
    guard.change(dir, &edits)
}

/// Lets them go.
pub(crate) fn release(dir: &Path, guard: &Guard, intent: &IntentId) -> Result<()> {
    remove(dir, guard, &format!("refs/keep/{intent}/"))
}

/// Removes all refs below `prefix`.
pub(crate) fn remove(dir: &Path, guard: &Guard, prefix: &str) -> Result<()> {
    let kept = refs::below(dir, prefix)?;
    let edits: Vec<Edit> = kept.into_iter().map(|(name, _)| Edit::Remove(name)).collect();
    if edits.is_empty() { Ok(()) } else { guard.change(dir, &edits) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_written_as_git_does() {
        assert_eq!(
            (zone(0), zone(-8 * 3600), zone(5 * 3600 + 1800)),
            ("+0000".into(), "-0800".into(), "+0530".into())
        );
    }

    #[test]
    fn a_name_can_not_break_the_line() {
        let by = Ident { name: "A <b>\n\"C\" .".into(), email: "x>\n@y".into() };
        assert_eq!(cleaned(&by), Ident { name: "A b\"C".into(), email: "x@y".into() });
        assert_eq!(cleaned(&Ident { name: " ".into(), email: "m@x".into() }).name, "m@x");
    }
}
