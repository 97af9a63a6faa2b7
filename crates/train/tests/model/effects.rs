//! What lands on a remote, and whether it breaks a promise by landing.

use train::id::Oid;
use train::intent::{Intent, Remote};
use train::publish::Pushed;

use crate::remote::{Flight, contains};
use crate::world::World;
use crate::{BASE, BUTTON, ELSEWHERE, FIX, MOVED, Model, remote};

impl World {
    /// A push reaches its remote, whoever still waits for it.
    pub(crate) fn land(&mut self, model: &Model, flight: &Flight) -> Pushed {
        let before = self.remotes.clone();
        let said = self.remotes.land(flight, model.bug);
        if before == self.remotes {
            return said;
        }
        let owner = self.ghost.owner.filter(|_| model.fence && flight.remote == Remote::Upstream);
        if let Some((ledger, run)) = owner {
            let replaced = if ledger == flight.by { run > flight.run } else { !flight.adopting };
            if replaced {
                self.ghost.broken.insert("P12");
            }
        }
        for update in &flight.updates {
            let was = before.at(flight.remote, &update.name);
            self.judge(flight.remote, &update.name, was.map(|w| w.object), &update.new);
        }
        if flight.fence.is_some() {
            self.ghost.owner = Some((flight.by, flight.run));
        }
        said
    }

    fn judge(&mut self, remote: Remote, name: &str, was: Option<Oid>, new: &Oid) {
        if remote == Remote::Security {
            if !contains(&self.remotes.main, new) {
                self.ghost.broken.insert("P1");
            }
            return;
        }
        let Some(tag) = name.strip_prefix("refs/tags/") else { return };
        if was.is_some_and(|was| &was != new) {
            self.ghost.broken.insert("P2");
        }
        if self.ghost.given.insert(tag.to_owned(), new.clone()).is_some_and(|old| &old != new) {
            self.ghost.broken.insert("P3");
        }
    }

    /// What is recorded as published is there; a tag that somebody deleted was.
    pub(crate) fn recorded(&mut self, intent: &Intent, object: bool) {
        for update in &intent.updates {
            let tag = update.name.strip_prefix("refs/tags/");
            if tag.is_some_and(|tag| self.ghost.deleted.contains(tag)) {
                continue;
            }
            let there = match self.remotes.at(intent.remote, &update.name) {
                None => false,
                Some(at) if tag.is_some() && object => at.object == update.new,
                Some(at) if tag.is_some() => at.commit == update.commit,
                Some(at) => contains(&at.commit, &update.commit),
            };
            if !there {
                self.ghost.broken.insert("there");
            }
        }
    }

    /// Somebody moves upstream's main.
    pub(crate) fn somebody_moves(&mut self) {
        self.left.moves -= 1;
        self.remotes.main = remote::commit(remote::bits(&self.remotes.main) | MOVED);
    }

    /// Somebody makes the push's first tag by hand.
    pub(crate) fn somebody_tags(&mut self, name: &str, same: bool) {
        self.left.hand_tags -= 1;
        let commit = if same { self.remotes.main.clone() } else { remote::commit(ELSEWHERE) };
        let seen = train::facts::SeenRef { object: commit.clone(), commit };
        self.remotes.tags.insert(name.to_owned(), seen);
    }

    /// Somebody deletes the newest tag.
    pub(crate) fn somebody_deletes(&mut self) {
        self.left.deletions -= 1;
        if let Some((name, _)) = self.remotes.tags.pop_last() {
            self.ghost.deleted.insert(name);
        }
    }

    /// Somebody merges the fix on the security repository.
    pub(crate) fn somebody_merges(&mut self) {
        self.left.buttons -= 1;
        let bits = remote::bits(&self.remotes.security);
        self.remotes.security = remote::commit(bits | BASE | FIX | BUTTON);
    }
}
