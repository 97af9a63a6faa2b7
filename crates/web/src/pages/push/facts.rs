//! The facts of a push, as a printed timetable: repositories, environments, gates, blockers, tasks, asks, sign-offs.

use conductor::view::{
    AskView, BlockerView, EnvironmentView, RepoStatus, ServiceView, SignoffView, StatusView,
    TaskView,
};
use train::asks::AskState;
use train::base::BaseFrom;
use train::notes::Phase;
use train::notes::page::Standing;
use train::signoff::SignoffState;
use train::versions::ServiceState;

use crate::pages::hints;
use crate::pages::scene::Scene;
use crate::pages::words::{self, Mark, When};

/// All of them.
pub(crate) struct Facts {
    pub repos: Vec<Ladder>,
    pub repos_say: String,
    pub environments: Vec<String>,
    pub fleet: Vec<FleetRow>,
    pub asked_at: Option<When>,
    pub gates: Vec<GateRow>,
    pub gates_say: String,
    pub blockers: Vec<BlockerRow>,
    pub blockers_say: String,
    pub tasks: Vec<(&'static str, Vec<TaskRow>)>,
    pub tasks_say: String,
    pub asks: Vec<AskRow>,
    pub signoffs: Vec<SignoffRow>,
    /// How the authors stand, in a sentence; empty where nobody is asked.
    pub authors: String,
    pub push: Option<String>,
}

/// A repository: from what production runs to its newest tag.
pub(crate) struct Ladder {
    pub name: String,
    pub base: Option<(String, &'static str)>,
    pub rungs: Vec<Rung>,
    pub compare: Option<(String, String, String)>,
    pub says: String,
}

pub(crate) struct Rung {
    pub tag: String,
    pub mark: &'static str,
    pub last: bool,
    pub says: String,
    pub picks: Vec<Picked>,
}

pub(crate) struct Picked {
    pub sign: &'static str,
    pub commit: String,
    pub subject: String,
    pub author: String,
}

pub(crate) struct FleetRow {
    pub service: String,
    pub cells: Vec<Cell>,
}

/// What a service shows on an environment.
pub(crate) struct Cell {
    pub versions: Vec<Version>,
    pub mark: Mark,
    pub says: String,
    pub mixed: bool,
}

pub(crate) struct Version {
    pub name: String,
    /// Where each sample's square begins, and whether it showed this version.
    pub squares: Vec<(usize, bool)>,
    pub width: usize,
    pub of: String,
}

pub(crate) struct GateRow {
    pub name: String,
    pub mark: Mark,
    pub why: String,
    pub ask: Option<String>,
}

pub(crate) struct BlockerRow {
    pub id: String,
    pub text: String,
    pub owner: String,
    pub says: String,
    pub mark: Mark,
    pub open: bool,
}

pub(crate) struct TaskRow {
    pub id: String,
    pub text: String,
    pub owner: Option<String>,
    pub done: bool,
}

pub(crate) struct AskRow {
    pub name: String,
    /// The item that it stands in; none of one that was answered.
    pub id: Option<String>,
    /// How the form of picks names it; none where it can't be picked.
    pub pick: Option<String>,
    pub why: String,
    pub by: String,
    pub says: String,
}

pub(crate) struct SignoffRow {
    pub role: &'static str,
    pub by: String,
    pub saw: String,
    pub at: When,
    pub mark: Mark,
    pub says: String,
}

impl Facts {
    pub fn of(status: &StatusView, scene: &Scene) -> Self {
        let done = status.tasks.iter().filter(|task| task.done).count();
        let open = status.blockers.iter().filter(|blocker| blocker.open).count();
        Self {
            repos: status.repos.iter().map(ladder).collect(),
            repos_say: repos_say(&status.repos),
            environments: status.environments.iter().map(|e| e.name.clone()).collect(),
            fleet: fleet(&status.environments),
            asked_at: asked_at(&status.environments, scene),
            gates: status.gates.iter().map(|one| gate(one, &scene.names)).collect(),
            gates_say: gates_say(status),
            blockers: status.blockers.iter().map(blocker).collect(),
            blockers_say: format!("{open} open, {} settled", status.blockers.len() - open),
            tasks: tasks(&status.tasks),
            tasks_say: format!("{done} of {} done", status.tasks.len()),
            asks: status.asks.iter().map(|one| ask(one, scene)).collect(),
            signoffs: status.signoffs.iter().map(|one| signoff(one, scene)).collect(),
            authors: authors(status),
            push: status.push.map(|push| push.to_string()),
        }
    }
}

fn repos_say(repos: &[RepoStatus]) -> String {
    let tagged = repos.iter().filter(|repo| !repo.tags.is_empty()).count();
    let commits: usize = repos.iter().filter_map(|repo| repo.commit_count).sum();
    let picks: usize = repos.iter().map(|repo| repo.picks.len()).sum();
    format!("{tagged} tagged, {}, {}", words::count(commits, "commit"), words::count(picks, "pick"))
}

fn ladder(repo: &RepoStatus) -> Ladder {
    let from = match repo.base_from {
        BaseFrom::Production => "what production runs",
        BaseFrom::LastPush => "what the last push left",
        BaseFrom::OlderTag => "the newest older tag",
        BaseFrom::Nothing => "nothing before",
    };
    let rung = |(at, tag): (usize, &String)| {
        let of_it = repo.picks.iter().filter(|pick| &pick.tag == tag);
        let picks: Vec<Picked> = of_it
            .map(|pick| Picked {
                sign: if pick.reverted { "−" } else { "" },
                commit: pick.commit.short().to_owned(),
                subject: pick.subject.clone(),
                author: pick.author.clone(),
            })
            .collect();
        let last = at + 1 == repo.tags.len();
        let says = match (picks.len(), at) {
            (0, 0) => repo.commit_count.map(|n| words::count(n, "commit")).unwrap_or_default(),
            (0, _) => String::new(),
            (n, _) => words::count(n, "pick"),
        };
        Rung { tag: tag.clone(), mark: if last { "here" } else { "stop" }, last, says, picks }
    };
    let ends = repo.base.clone().zip(repo.tag.clone()).zip(repo.compare_url.clone());
    Ladder {
        name: repo.name.to_string(),
        base: repo.base.clone().map(|base| (base, from)),
        rungs: repo.tags.iter().enumerate().map(rung).collect(),
        compare: ends.map(|((base, head), url)| (url, base, head)),
        says: match (repo.stays, &repo.tag) {
            (true, _) => "stays on its production tag".to_owned(),
            (false, None) => "no tag yet".to_owned(),
            (false, Some(_)) => String::new(),
        },
    }
}

/// Services by environments: a row for each name.
fn fleet(environments: &[EnvironmentView]) -> Vec<FleetRow> {
    let mut names: Vec<&str> = Vec::new();
    for service in environments.iter().flat_map(|environment| &environment.services) {
        if !names.contains(&service.name.as_str()) {
            names.push(&service.name);
        }
    }
    let cell = |environment: &EnvironmentView, name: &str| {
        environment.services.iter().find(|service| service.name == name).map_or_else(nowhere, cell)
    };
    let row = |name: &str| FleetRow {
        service: name.to_owned(),
        cells: environments.iter().map(|environment| cell(environment, name)).collect(),
    };
    names.into_iter().map(row).collect()
}

fn nowhere() -> Cell {
    let mark = Mark { shape: "skip", word: "no such service" };
    Cell { versions: Vec::new(), mark, says: String::new(), mixed: false }
}

fn cell(service: &ServiceView) -> Cell {
    let mark = match service.state {
        ServiceState::Current => Mark { shape: "pass", word: "as tagged" },
        ServiceState::Mixed => Mark { shape: "odd", word: "mixed" },
        ServiceState::Old => Mark { shape: "stop", word: "another tag" },
        ServiceState::Unknown => Mark { shape: "skip", word: "not known" },
        ServiceState::Failing => Mark { shape: "fail", word: "failing" },
    };
    let all: usize =
        service.versions.iter().map(|v| v.samples).sum::<usize>() + service.failures.len();
    let mut before = 0;
    let versions = service.versions.iter().map(|version| {
        let squares = (0..all)
            .map(|at| (at * 12, (before..before + version.samples).contains(&at)))
            .collect();
        before += version.samples;
        Version {
            name: version.version.clone().unwrap_or_else(|| "no version".to_owned()),
            squares,
            width: all * 12,
            of: format!("{} of {all}", version.samples),
        }
    });
    let says = service.note.clone().or_else(|| service.failures.first().cloned());
    Cell {
        versions: versions.collect(),
        mark,
        says: says.unwrap_or_default(),
        mixed: service.state == ServiceState::Mixed,
    }
}

fn asked_at(environments: &[EnvironmentView], scene: &Scene) -> Option<When> {
    let services = environments.iter().flat_map(|environment| &environment.services);
    let times = services.filter_map(|service| service.observed_at.as_ref());
    times.min_by_key(|at| at.0.timestamp()).map(|at| scene.near(at))
}

/// A gate as a row; why may begin with one of these names.
pub(crate) fn gate(gate: &train::gate::Gate, names: &[String]) -> GateRow {
    let said = words::sentence_of(names, &hints::said(&gate.why));
    let why = match &gate.overridden {
        Some(by) => format!("{said} Overridden by {by}."),
        None => said,
    };
    GateRow { name: gate.name.clone(), mark: words::gate(gate.state), why, ask: gate.ask.clone() }
}

fn gates_say(status: &StatusView) -> String {
    let open = status.gates.iter().filter(|gate| gate.is_open()).count();
    match status.gates.len() {
        0 => "none before the cut".to_owned(),
        all if open == all => "all pass".to_owned(),
        all => format!("{open} of {all} pass. Start opens when all do."),
    }
}

fn blocker(blocker: &BlockerView) -> BlockerRow {
    let by = blocker.ended_by.as_deref().unwrap_or("somebody");
    let says = match (&blocker.fixed, blocker.state) {
        (Some(fix), _) => words::sentence(&fix.sentence()),
        (None, Standing::Marked) => format!("Marked as done by {by}: to be confirmed."),
        (None, Standing::Removed) => format!("Removed by {by}: to be confirmed."),
        _ if blocker.open && !blocker.holds => "A warning: it does not hold the push.".to_owned(),
        _ => String::new(),
    };
    let mark = match (blocker.open, blocker.holds) {
        (true, true) => Mark { shape: "fail", word: "open" },
        (true, false) => Mark { shape: "odd", word: "warning" },
        (false, _) => Mark { shape: "pass", word: "settled" },
    };
    let proposed = blocker.propose.as_ref().map(|p| format!("{}?", p.owner));
    BlockerRow {
        id: blocker.id.clone(),
        text: blocker.text.clone(),
        owner: blocker.owner.clone().or(proposed).unwrap_or_default(),
        says,
        mark,
        open: blocker.open,
    }
}

fn tasks(tasks: &[TaskView]) -> Vec<(&'static str, Vec<TaskRow>)> {
    let titles = ["Before we push", "Before we start", "Before we promote", "After we’re done"];
    let of = |phase: Phase| {
        let of_it = tasks.iter().filter(move |task| task.when == Some(phase));
        let row = |task: &TaskView| TaskRow {
            id: task.id.clone(),
            text: task.text.clone(),
            owner: task.owner.clone(),
            done: task.done,
        };
        of_it.map(row).collect::<Vec<_>>()
    };
    let lists = titles.into_iter().zip(Phase::ALL).map(|(title, phase)| (title, of(phase)));
    lists.filter(|(_, rows)| !rows.is_empty()).collect()
}

fn ask(ask: &AskView, scene: &Scene) -> AskRow {
    let later = ask.put_off.iter().map(|one| {
        let until = When::zoned(&one.until, scene.now.0.timestamp());
        format!(" {} says later, until {}.", one.by, until.shown)
    });
    AskRow {
        name: ask.name(),
        id: ask.id.clone(),
        pick: to_pick(ask),
        why: ask.why.clone(),
        by: ask.by.clone(),
        says: scene.sentence(&ask.says) + &later.collect::<String>(),
    }
}

fn to_pick(ask: &AskView) -> Option<String> {
    let goes = matches!(ask.state, AskState::Applies | AskState::Needs);
    let (repo, commit) = ask.repo.as_ref().zip(ask.commit.as_ref()).filter(|_| goes)?;
    Some(format!("{repo}:{}", commit.short()))
}

/// `5 of 7 authors confirmed on stage; waiting for kumar, eva.`
fn authors(status: &StatusView) -> String {
    let says = status.authors.as_ref().and_then(|authors| authors.says.as_deref());
    says.map(words::sentence).unwrap_or_default()
}

fn signoff(signoff: &SignoffView, scene: &Scene) -> SignoffRow {
    let (mark, says) = match signoff.state {
        SignoffState::Given => (Mark { shape: "pass", word: "given" }, String::new()),
        SignoffState::Withdrawn => {
            let because = signoff.because.clone().unwrap_or_default();
            (Mark { shape: "odd", word: "withdrawn" }, because)
        }
        SignoffState::Overtaken => {
            (Mark { shape: "odd", word: "void" }, "another tag since".to_owned())
        }
        SignoffState::Reconfigured => {
            (Mark { shape: "odd", word: "void" }, "the configuration changed since".to_owned())
        }
    };
    SignoffRow {
        role: signoff.role.word(),
        by: signoff.by.clone(),
        saw: format!("{} {}", signoff.repo, signoff.tag),
        at: scene.near(&signoff.at),
        mark,
        says,
    }
}
