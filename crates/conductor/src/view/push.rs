//! `start`, `promote`, `rollback` and `finish` with `--json`: the run sheet, and what became of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::gates::Gate;
use train::id::{Oid, PersonName, PushDate, RepoName};

use super::Moment;
use super::notes::ItemView;
use super::status::ClaimView;

/// The run sheet: what ops does, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunSheetView {
    /// The push.
    pub push: PushDate,
    /// The attempt, from 1.
    pub attempt: u32,
    /// What `--if` binds.
    pub digest: String,
    /// The digest of all newest tags.
    pub tagset: Option<String>,
    /// Whether it may leave: every gate passes, or is let go.
    pub ready: bool,
    /// Whether it was started.
    pub done: bool,
    /// The gates, in the order in which they open.
    pub gates: Vec<Gate>,
    /// What leaves, in order.
    pub steps: Vec<StepView>,
    /// What leaves with it and has no repository here.
    pub components: Vec<ComponentView>,
    /// Tasks that are not done, by phase, in the notes' order.
    pub tasks: Vec<ItemView>,
    /// Lines of the notes that only inform.
    pub remarks: Vec<String>,
    /// Graphs to watch.
    pub monitors: Vec<MonitorView>,
    /// Who is on duty.
    pub hero: Option<PersonName>,
    /// Who takes it to production.
    pub claims: Vec<ClaimView>,
    /// The remote that could not be reached, and why, where what runs is followed all the same; null where all were.
    pub unreached: Option<String>,
}

/// One repository on the run sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepView {
    /// The repository.
    pub repo: RepoName,
    /// What production runs now, where it is known: where a rollback goes.
    pub from: Option<String>,
    /// The tag that leaves.
    pub to: String,
    /// The tag object.
    pub tag_object: Oid,
    /// The commit.
    pub commit: Oid,
    /// The repository that it comes after.
    pub after: Option<RepoName>,
    /// How many commits it brings, where that could be counted.
    pub commit_count: Option<usize>,
    /// Migrations that it brings: with them a rollback is not safe.
    pub migrations: Vec<String>,
    /// The program that deploys it, filled in; null where people do.
    pub command: Option<Vec<String>>,
    /// How far it is.
    pub state: StepWord,
    /// How its last deploy ended, or what keeps it; null where there is nothing to say.
    pub note: Option<String>,
}

/// How far a step is; a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepWord {
    /// It has not left.
    Planned,
    /// It was started, and is on its way.
    Started,
    /// Its program runs.
    Deploying,
    /// Its program ended well.
    Deployed,
    /// Its program did not end well, or nobody knows how.
    Failed,
    /// Production shows it.
    Live,
}

/// A part that has no repository here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComponentView {
    /// Its name.
    pub name: String,
    /// Where it is deployed.
    pub environments: Vec<String>,
}

/// A graph to watch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MonitorView {
    /// What it shows.
    pub name: String,
    /// Its address, with the times filled in.
    pub url: String,
}

/// What `rollback` would do, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RollbackView {
    /// The push.
    pub push: PushDate,
    /// The attempt that is over with it.
    pub attempt: u32,
    /// What `--if` binds.
    pub digest: String,
    /// Whether it is done; else it is a plan.
    pub done: bool,
    /// What goes back, in order.
    pub back: Vec<BackView>,
}

/// A repository that goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BackView {
    /// The repository.
    pub repo: RepoName,
    /// The tag that is taken back.
    pub tag: String,
    /// The tag that production goes back to; null where it ran nothing before.
    pub to: Option<String>,
    /// Migrations between them: what the older version may not bear.
    pub migrations: Vec<String>,
    /// How far it is.
    pub state: StepWord,
    /// How its last deploy ended; null where there is nothing to say.
    pub note: Option<String>,
}

/// `finish`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FinishView {
    /// The push.
    pub push: PushDate,
    /// Whether it is done; else it is a plan.
    pub done: bool,
    /// When it left.
    pub started_at: Option<Moment>,
    /// When it was in production.
    pub ended_at: Moment,
    /// What there is to tell.
    pub issues: Vec<String>,
    /// What is left for the next push.
    pub left: Vec<String>,
    /// What is unticked: blockers that are open and tasks that hold their phase, which can be settled before the end.
    #[serde(default)]
    pub unticked: Vec<ItemView>,
    /// The next push.
    pub next_push: Option<PushDate>,
    /// Its hero.
    pub next_hero: Option<PersonName>,
    /// The mail's subject.
    pub subject: String,
    /// The mail to the list.
    pub mail: String,
    /// The topic of the channel; null where no departure is to come.
    pub topic: Option<String>,
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use serde_json::json;

    use super::FinishView;
    use crate::view::read;

    #[test]
    fn an_end_that_was_kept_before_it_told_what_is_unticked_is_read() {
        let kept = json!({
            "push": "2026.11.26", "done": true, "ended_at": "2026-11-26T09:00:00-08:00",
            "issues": [], "left": [], "subject": "", "mail": "",
        });
        let view: FinishView = read(kept, &TimeZone::UTC).expect("it is a view of an end");
        assert!(view.done && view.unticked.is_empty());
    }
}
