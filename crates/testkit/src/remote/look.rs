//! What a test sees of a remote: its refs, its history, its files, and a picture of them all.

use std::collections::BTreeMap;

use super::Remote;

/// A tag as it is on the remote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TagSeen {
    /// What the ref names: a tag object, or the commit itself where the tag is lightweight.
    pub object: String,
    /// The commit it comes to.
    pub commit: String,
}

impl TagSeen {
    /// Whether it has a tag object of its own.
    #[must_use]
    pub fn is_annotated(&self) -> bool {
        self.object != self.commit
    }
}

impl Remote {
    /// The full name of what a revision names.
    ///
    /// # Panics
    /// When it names nothing.
    #[must_use]
    pub fn oid(&self, revision: &str) -> String {
        self.git(&["rev-parse", "--verify", "--end-of-options", revision])
    }

    /// The full name of the commit that a revision comes to.
    ///
    /// # Panics
    /// When it comes to none.
    #[must_use]
    pub fn commit_of(&self, revision: &str) -> String {
        self.oid(&format!("{revision}^{{commit}}"))
    }

    /// The full name of what a revision names, if it names anything.
    #[must_use]
    pub fn find(&self, revision: &str) -> Option<String> {
        // Without `^{object}` any 40 digits would do, whether or not there is such an object.
        let object = format!("{revision}^{{object}}");
        let output =
            self.try_git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &object]);
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    }

    /// Every tag by its name without `refs/tags/`.
    #[must_use]
    pub fn tags(&self) -> BTreeMap<String, TagSeen> {
        let form = "%(objectname) %(*objectname) %(refname:strip=2)";
        let listed = self.git(&["for-each-ref", "--format", form, "refs/tags"]);
        let seen = |line: &str| {
            let mut parts = line.splitn(3, ' ');
            let (object, peeled, name) = (parts.next()?, parts.next()?, parts.next()?);
            let commit = if peeled.is_empty() { object } else { peeled };
            let tag = TagSeen { object: object.to_owned(), commit: commit.to_owned() };
            Some((name.to_owned(), tag))
        };
        listed.lines().filter_map(seen).collect()
    }

    /// Every ref by its full name, with the object it names: everything that another process could
    /// have changed. Compare two of these to show that nothing was.
    #[must_use]
    pub fn refs(&self) -> BTreeMap<String, String> {
        let listed = self.git(&["for-each-ref", "--format", "%(refname) %(objectname)"]);
        let pair = |line: &str| line.split_once(' ').map(|(n, o)| (n.to_owned(), o.to_owned()));
        listed.lines().filter_map(pair).collect()
    }

    /// The subjects of a range or a tip's history, newest first.
    #[must_use]
    pub fn log(&self, range: &str) -> Vec<String> {
        let listed = self.git(&["log", "--topo-order", "--format=%s", "--end-of-options", range]);
        listed.lines().map(str::to_owned).collect()
    }

    /// One commit in a form of `git log --format`, such as `%an <%ae> %ad` or `%B`.
    #[must_use]
    pub fn about(&self, revision: &str, form: &str) -> String {
        let form = format!("--format={form}");
        self.git(&["log", "-1", "--date=raw", &form, "--end-of-options", revision])
    }

    /// A file's content at a revision.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    pub fn show(&self, revision: &str, path: &str) -> String {
        let output = self.try_git(&["cat-file", "blob", &format!("{revision}:{path}")]);
        assert!(output.status.success(), "{path} is in {revision} of {}", self.name());
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The files of a revision, in order.
    #[must_use]
    pub fn files(&self, revision: &str) -> Vec<String> {
        let listed = self.git(&["ls-tree", "-r", "-z", "--name-only", &self.commit_of(revision)]);
        listed.split('\0').filter(|p| !p.is_empty()).map(str::to_owned).collect()
    }

    /// The tree of a revision, to compare contents without their histories.
    #[must_use]
    pub fn tree(&self, revision: &str) -> String {
        self.oid(&format!("{revision}^{{tree}}"))
    }

    /// A picture of branches and tags for snapshots, by subjects, without hashes or dates. A
    /// lightweight tag is marked; other refs (fences) are left out.
    ///
    /// ```text
    /// * Fix the form (2026.11.26-1)
    /// | * Add a page (main)
    /// |/
    /// * Start (2026.11.26)
    /// ```
    #[must_use]
    pub fn graph(&self) -> String {
        let names = self.names_by_commit();
        let drawn = self.git(&[
            "log",
            "--graph",
            "--topo-order",
            "--no-color",
            "--format=%H %s",
            "--branches",
            "--tags",
        ]);
        let mut picture = String::new();
        for line in drawn.lines() {
            let hash = line.split(' ').find(|word| word.len() >= 40 && names_an_object(word));
            let line = match hash {
                Some(hash) => {
                    let line = line.replacen(&format!("{hash} "), "", 1);
                    match names.get(hash) {
                        Some(names) => format!("{line} ({})", names.join(", ")),
                        None => line,
                    }
                }
                None => line.to_owned(),
            };
            picture.push_str(line.trim_end());
            picture.push('\n');
        }
        picture
    }

    fn names_by_commit(&self) -> BTreeMap<String, Vec<String>> {
        let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, object) in self.refs() {
            if let Some(branch) = name.strip_prefix("refs/heads/") {
                names.entry(object).or_default().push(branch.to_owned());
            }
        }
        for (name, tag) in self.tags() {
            let shown = if tag.is_annotated() { name } else { format!("{name}, lightweight") };
            names.entry(tag.commit).or_default().push(shown);
        }
        names
    }
}

fn names_an_object(word: &str) -> bool {
    matches!(word.len(), 40 | 64) && word.bytes().all(|b| b.is_ascii_hexdigit())
}
