//! Builds the objects that an intent names, before it is written (P11): tag, fence, and the intent itself.

use train::facts::{Anchor, Head, Look, SeenFence};
use train::fence::{self, Mover};
use train::id::{Oid, PushDate, RepoName};
use train::intent::{FenceMove, Intent, IntentId, Purpose, Remote, Tagged, Update};

use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;
use crate::ports::{Stamp, TagDraft};

/// A tag to be published, before its object exists.
#[derive(Debug, Clone)]
pub struct NewTag {
    /// The push.
    pub push: PushDate,
    /// The tag as it will be recorded; `object` is filled in by building.
    pub tagged: Tagged,
    /// Whether it is a pick's.
    pub picked: bool,
}

impl Conductor {
    /// The intent that publishes `new` in `aboard`, with its objects in the store.
    pub(crate) async fn build_tag(
        &self,
        aboard: &Aboard,
        look: &Look,
        head: &Head,
        stamp: &Stamp,
        new: NewTag,
    ) -> Result<Intent> {
        let repo = &aboard.settings.name;
        let id = IntentId::after(head, repo, Remote::Upstream);
        let draft = TagDraft {
            name: new.tagged.tag.clone(),
            commit: new.tagged.commit.clone(),
            message: self.tag_message(head, &new),
            stamp: stamp.clone(),
            tagging: self.settings.tagging,
        };
        let object = aboard.repo.write_tag(&draft).await?;
        let update = Update::new_tag(&new.tagged.tag, object.clone(), new.tagged.commit.clone());
        let fence = match aboard.settings.fence {
            true => Some(
                self.fence_for(head, repo, look, id.as_str(), &[new.tagged.tag.as_str()]).await?,
            ),
            false => None,
        };
        let tagged = Tagged { object, ..new.tagged };
        let purpose = if new.picked { Purpose::Pick(tagged) } else { Purpose::Tag(tagged) };
        Ok(Intent {
            id,
            push: Some(new.push),
            repo: repo.clone(),
            remote: Remote::Upstream,
            purpose,
            updates: vec![update],
            fence,
            settings: self.settings.digest(),
        })
    }

    /// What an annotated tag says: train and push for people, the ledger's head for `verify` (P10).
    fn tag_message(&self, head: &Head, new: &NewTag) -> String {
        let because =
            new.tagged.because.as_ref().map(|why| format!("{why}\n\n")).unwrap_or_default();
        format!(
            "{train} {push}\n\n{because}Train: {train}\nPush: {push}\nLedger: {ledger} {hash}\n",
            train = self.settings.train,
            push = new.push,
            ledger = self.ledger.identity().id,
            hash = head.anchor().hash,
        )
    }

    /// The fence's next move in `repo` after a look, its blob written.
    pub(crate) async fn fence_for(
        &self,
        head: &Head,
        repo: &RepoName,
        look: &Look,
        what: &str,
        tags: &[&str],
    ) -> Result<FenceMove> {
        self.next_fence(head, repo, look.fence.as_ref(), what, tags).await
    }

    /// The fence's next move in `repo` after `before`, its blob written.
    pub(crate) async fn next_fence(
        &self,
        head: &Head,
        repo: &RepoName,
        before: Option<&SeenFence>,
        what: &str,
        tags: &[&str],
    ) -> Result<FenceMove> {
        let aboard = self.aboard(repo)?;
        let mover = Mover { ledger: &self.ledger.identity().id, url: None, node: &self.node, head };
        let body = mover.body(before, what, &aboard.settings.scheme, tags);
        let to: Oid = aboard.repo.write_fence(&body).await?;
        Ok(fence::moved(&self.settings.train, before, to))
    }
}

/// Reads the anchor out of a tag's message: the ledger's id, and the entry's hash. Between them older versions told the
/// entry's number.
#[must_use]
pub fn anchor_in(message: &str) -> Option<(String, Anchor)> {
    let line = message.lines().rev().find_map(|line| line.strip_prefix("Ledger: "))?;
    let words: Vec<&str> = line.split(' ').collect();
    let (ledger, seq, hash) = match words[..] {
        [ledger, hash] => (ledger, None, hash),
        [ledger, seq, hash] => (ledger, Some(seq.parse().ok()?), hash),
        _ => return None,
    };
    (hash.len() == 64).then(|| (ledger.to_owned(), Anchor { hash: hash.to_owned(), seq }))
}
