//! The private twins of a train's repositories, branch by branch: for whoever holds the security role alone (P9).

use conductor::view::{BranchView, SecurityRepoView, SecurityView};
use train::security::BranchState;

use crate::pages::words::{self, Mark, When};

/// All of them.
pub(crate) struct Twins {
    pub says: String,
    pub repos: Vec<Twin>,
}

/// One of them.
pub(crate) struct Twin {
    pub repo: String,
    pub mark: Mark,
    /// How its main stands to upstream's, in a sentence.
    pub says: String,
    /// Whether it only has to be brought after.
    pub behind: bool,
    /// Whether it has what upstream's lacks.
    pub diverged: bool,
    pub branches: Vec<BranchRow>,
}

/// A branch of one.
pub(crate) struct BranchRow {
    pub n: u32,
    pub commit: (String, String),
    pub name: String,
    pub subject: String,
    pub author: String,
    pub commits: String,
    pub mark: Mark,
    pub public_since: Option<When>,
    pub deed: Option<Deed>,
}

/// What comes next for a branch: a form's command, and what its button says.
pub(crate) struct Deed {
    pub command: &'static str,
    pub label: &'static str,
}

impl Twins {
    pub fn of(view: &SecurityView) -> Self {
        let all = || view.repos.iter().flat_map(|repo| &repo.branches);
        let open = all().filter(|b| matches!(b.state, BranchState::Open | BranchState::Moved));
        let reviewed = all().filter(|b| b.state == BranchState::Reviewed);
        Self {
            says: format!("{} to review, {} to merge", open.count(), reviewed.count()),
            repos: view.repos.iter().map(twin).collect(),
        }
    }
}

fn twin(repo: &SecurityRepoView) -> Twin {
    let (mark, says) = match (repo.ahead, repo.in_sync) {
        (0, true) => (Mark { shape: "pass", word: "in sync" }, String::new()),
        (0, false) => {
            (Mark { shape: "odd", word: "behind" }, "Its main is behind upstream’s.".to_owned())
        }
        (n, _) => {
            let what = words::count(n, "commit");
            let says = format!("Its main has {what} that upstream’s lacks.");
            (Mark { shape: "fail", word: "diverged" }, says)
        }
    };
    Twin {
        repo: repo.name.to_string(),
        mark,
        says,
        behind: repo.ahead == 0 && !repo.in_sync,
        diverged: repo.ahead > 0,
        branches: repo.branches.iter().map(branch).collect(),
    }
}

fn branch(branch: &BranchView) -> BranchRow {
    let review = Deed { command: "security_approve", label: "Review…" };
    let (mark, deed) = match branch.state {
        BranchState::Open => (Mark { shape: "wait", word: "open" }, Some(review)),
        BranchState::Moved => (Mark { shape: "odd", word: "moved since its review" }, Some(review)),
        BranchState::Reviewed => {
            let merge = Deed { command: "security_merge", label: "Merge…" };
            (Mark { shape: "pass", word: "reviewed" }, Some(merge))
        }
        BranchState::Merged => (Mark { shape: "end", word: "merged" }, None),
    };
    BranchRow {
        n: branch.n,
        commit: (branch.commit.short().to_owned(), branch.commit.to_string()),
        name: branch.branch.clone().unwrap_or_default(),
        subject: branch.subject.clone().unwrap_or_default(),
        author: branch.author.clone().unwrap_or_default(),
        commits: branch.commit_count.map(|n| words::count(n, "commit")).unwrap_or_default(),
        mark,
        public_since: branch.public_since.as_ref().map(When::date),
        deed,
    }
}

#[cfg(test)]
mod tests {
    use conductor::view::Moment;
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::*;

    fn view(ahead: usize, in_sync: bool, states: &[BranchState]) -> SecurityView {
        let one = |(n, state): (u32, &BranchState)| BranchView {
            n,
            commit: "3f2a91c0aa3f2a91c0aa3f2a91c0aa3f2a91c0aa".parse().unwrap(),
            state: *state,
            branch: Some("hole".to_owned()),
            subject: Some("Close the hole".to_owned()),
            author: Some("iris".to_owned()),
            commit_count: Some(1),
            public_since: None,
            tag: None,
            production: None,
        };
        let branches = (1..).zip(states).map(one).collect();
        let observed_at = Moment::new(Timestamp::UNIX_EPOCH, TimeZone::UTC);
        let name = "web".parse().unwrap();
        SecurityView {
            repos: vec![SecurityRepoView { name, in_sync, ahead, branches, observed_at }],
        }
    }

    #[test]
    fn each_branch_has_the_deed_that_comes_next() {
        use BranchState::{Merged, Moved, Open, Reviewed};
        let twins = Twins::of(&view(0, true, &[Open, Reviewed, Moved, Merged]));
        assert_eq!(twins.says, "2 to review, 1 to merge");
        let deed = |row: &BranchRow| row.deed.as_ref().map(|deed| deed.command);
        let deeds: Vec<_> = twins.repos.iter().flat_map(|twin| &twin.branches).map(deed).collect();
        let (review, merge) = (Some("security_approve"), Some("security_merge"));
        assert_eq!(deeds, [review, merge, review, None]);
    }

    #[test]
    fn how_the_mains_stand_is_a_word_and_a_sentence() {
        let of = |ahead, in_sync| -> (&str, bool, String) {
            let mut twins = Twins::of(&view(ahead, in_sync, &[])).repos;
            let twin = twins.pop().unwrap();
            (twin.mark.word, twin.behind, twin.says)
        };
        assert_eq!(of(0, true), ("in sync", false, String::new()));
        assert_eq!(of(0, false), ("behind", true, "Its main is behind upstream’s.".to_owned()));
        let two = "Its main has 2 commits that upstream’s lacks.".to_owned();
        assert_eq!(of(2, false), ("diverged", false, two));
    }
}
