//! A scene set up once and played many times, and what its remotes show.

use std::collections::BTreeMap;

use testkit::Remote;

use crate::scene::Scene;

/// Every ref of every remote but the fences: its full name, the object, and the commit it comes to.
pub type Shown = Vec<BTreeMap<String, (String, String)>>;

impl Scene {
    /// The same again, at a place of its own.
    pub fn again(&self) -> Self {
        let mut remotes: Vec<Remote> = self.remotes.iter().map(Remote::copied).collect();
        let twin = self.twin.map(|place| remotes.remove(place));
        let again = Self::of(remotes, twin);
        let again = match &self.production {
            Some(services) => again.running_on(services),
            None => again,
        };
        if self.world.data_path().exists() {
            again.world.take_data_of(&self.world);
        }
        again
    }

    /// What the remotes show.
    pub fn shown(&self) -> Shown {
        self.remotes.iter().map(shown).collect()
    }

    /// What the open intent for a remote means, by the name of the remote's folder.
    pub fn pushing_to(&self, folder: &str) -> Option<String> {
        let server = folder.trim_end_matches(".git");
        let (repo, remote) = match server.strip_suffix("-security") {
            Some(repo) => (repo, "security"),
            None => (server, "upstream"),
        };
        let events = self.events();
        let open = Self::unsettled(&events).find(|e| e["repo"] == repo && e["remote"] == remote)?;
        Some(open["purpose"]["is"].as_str().expect("an intent means something").to_owned())
    }
}

fn shown(remote: &Remote) -> BTreeMap<String, (String, String)> {
    let form = "--format=%(refname) %(objectname) %(*objectname)";
    let listed = remote.git(&["for-each-ref", form, "refs/heads", "refs/tags"]);
    let seen = listed.lines().map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let commit = if words[2].is_empty() { words[1] } else { words[2] };
        (words[0].to_owned(), (words[1].to_owned(), commit.to_owned()))
    });
    seen.collect()
}
