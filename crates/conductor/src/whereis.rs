//! `where COMMIT|PR`: on main since when, in which tag, on which environment; and what comes next.

use std::collections::BTreeMap;

use train::command::RepoCommit;
use train::cut;
use train::facts::{Commit, Look};
use train::id::{Oid, PushDate, RepoName};
use train::pushes::Train;
use train::refusal::{Code, Refusal};
use train::settings::PRODUCTION;
use train::state::State;
use train::tag::{Revision, TagScheme};
use train::trace::Stands;
use train::which::Want;

use crate::compare::reached;
use crate::conductor::{Aboard, Conductor};
use crate::environments::Answers;
use crate::failure::Result;
use crate::pick::no_commit;
use crate::production::{PAST_US, PastUs};
use crate::shows::Sought;
use crate::traced::Traced;
use crate::view::{Moment, OnEnvironment, OnTag, UnclearEnvironment, WhereRepo, WhereView};

/// What stands before the number of a pull request.
const MARKS: [char; 2] = ['#', '!'];
/// How a command that picks begins.
const PICK: &str = "pushduty pick";
/// How many commits of a merge a command names: more are not for one line.
const MANY: usize = 12;

impl Conductor {
    /// Looks for a commit in every repository, or in the one named; and says which could not be looked at.
    pub async fn find_commit(&self, named: &RepoCommit) -> Result<(WhereView, Vec<Refusal>)> {
        let state = self.state().await?;
        let only: Vec<_> = named.repo.iter().cloned().collect();
        for repo in &only {
            self.aboard(repo)?;
        }
        let (looks, failed) = reached(self.look(&only).await);
        let answers = self.ask(|_| true).await?;
        let train = self.train(&state, &looks);
        let mut repos = Vec::new();
        for aboard in &self.aboard {
            let name = &aboard.settings.name;
            let Some(look) = looks.get(name) else { continue };
            let meant = meant(aboard, look, &named.commit).await.map_err(|r| r.in_repo(name))?;
            for commit in &meant {
                repos.push(self.place(&train, &state, aboard, look, commit, &answers).await?);
            }
        }
        if repos.is_empty() && failed.is_empty() {
            return Err(nothing_by(&named.commit));
        }
        repos.extend(failed.iter().map(|(name, refusal)| WhereRepo {
            error: Some(refusal.into()),
            ..WhereRepo::unknown(name.clone())
        }));
        Ok((WhereView { repos }, failed.into_values().collect()))
    }

    async fn place(
        &self,
        train: &Train<'_>,
        state: &State,
        aboard: &Aboard,
        look: &Look,
        commit: &Commit,
        answers: &Answers,
    ) -> Result<WhereRepo> {
        let traced = self.traced(state, aboard, look, &commit.id).await?;
        let brought = traced.on_main(aboard, look.main.as_ref()).await?;
        let (tags, taken_off) = tags_with(&aboard.settings.scheme, look, &traced, &commit.id);
        let sought = Sought { aboard, look, traced: &traced, commit: &commit.id };
        let (environments, unclear) = self.shown_on(&sought, answers).await?;
        let mut place = WhereRepo {
            commit: Some(commit.id.clone()),
            subject: Some(commit.subject.clone()),
            author: Some(commit.author.clone()),
            on_main: Some(brought.is_some()),
            on_main_since: brought.as_ref().map(|(_, c)| Moment(self.local(c.committed_at))),
            on_main_as: brought.map(|(name, _)| name).filter(|name| *name != commit.id),
            push: tags.first().map(|t| t.push),
            tags,
            taken_off,
            environments,
            unclear,
            seen_at: self.remembers().then(|| Moment(self.local(look.observed_at))),
            ..WhereRepo::unknown(aboard.settings.name.clone())
        };
        let past_us = self.past_us(train, train.shown(), answers);
        answer(train, look, &past_us, &mut place);
        let picks = place.command.as_ref().filter(|command| command.starts_with(PICK));
        if let Some(pick) =
            picks.filter(|_| commit.is_merge()).and_then(|pick| pick.rsplit_once(' '))
        {
            let brought = aboard.repo.merged_by(&commit.id).await?;
            place.answer.push_str("; as a merge it is not picked, its own commits are");
            place.command = Some(picking(pick.0, &place.name, brought.iter().map(|c| &c.id)))
                .filter(|_| (1..=MANY).contains(&brought.len()));
        }
        Ok(place)
    }
}

/// The commits of a repository that somebody means: of a range its newest; of a pull request those of main that name it.
async fn meant(aboard: &Aboard, look: &Look, text: &str) -> Result<Vec<Commit>> {
    let mut found = match (pull_request(text), &look.main) {
        (Some(number), Some(main)) => aboard.repo.of_pull_request(main, number).await?,
        _ => Vec::new(),
    };
    if text.starts_with(MARKS) {
        return Ok(found);
    }
    match aboard.repo.resolve(text).await {
        Ok(commits) => {
            let newest = commits.into_iter().next_back();
            found.extend(newest.filter(|commit| found.iter().all(|known| known.id != commit.id)));
        }
        Err(refusal) if refusal.code == Code::NoSuchCommit => {}
        // A number is rather a pull request's than the beginning of several hashes.
        Err(refusal) if refusal.code == Code::Ambiguous && !found.is_empty() => {}
        Err(refusal) => return Err(refusal),
    }
    Ok(found)
}

/// The number of a pull request: `3333`, `#3333`, `!3333`.
fn pull_request(text: &str) -> Option<u64> {
    let digits = text.strip_prefix(MARKS).unwrap_or(text);
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// That nothing goes by what somebody typed.
fn nothing_by(text: &str) -> Refusal {
    if !text.starts_with(MARKS) {
        return no_commit(text);
    }
    Refusal::new(
        Code::NoSuchCommit,
        format!("no commit on main names the pull request {}", train::id::quoted(text)),
        "check the number; a pull request that is merged without a word of it is found by its commit alone",
    )
}

/// Of each push whose newest tag has the commit, the tag that has it since; and the tag that took it off, where no later push has
/// it again.
pub(crate) fn tags_with(
    scheme: &TagScheme,
    look: &Look,
    traced: &Traced,
    commit: &Oid,
) -> (Vec<OnTag>, Option<String>) {
    let mut pushes: BTreeMap<PushDate, Vec<(Revision, &String)>> = BTreeMap::new();
    for (revision, tag) in look.tags.keys().filter_map(|tag| Some((scheme.parse(tag)?, tag))) {
        pushes.entry(revision.push).or_default().push((revision, tag));
    }
    let of_it = traced.tags();
    let (mut tags, mut off) = (Vec::new(), None);
    for (push, mut revisions) in pushes {
        if !revisions.iter().any(|(_, tag)| of_it.contains(tag)) {
            continue;
        }
        revisions.sort();
        let Some(newest) = revisions.last().map(|(_, tag)| (*tag).clone()) else { continue };
        let there = |tag: &String| matches!(traced.on(tag), Stands::There(_));
        if !there(&newest) {
            off = Some(newest);
            continue;
        }
        off = None;
        let first = revisions.into_iter().rev().take_while(|(_, tag)| there(tag)).last();
        tags.extend(first.map(|(_, tag)| {
            let picked_as = match traced.on(tag) {
                Stands::There(name) if name != *commit => Some(name),
                _ => None,
            };
            OnTag { tag: tag.clone(), newest, push, picked_as }
        }));
    }
    (tags, off)
}

/// Since when an environment shows it; of one that fails, when it last did.
fn since(on: &OnEnvironment) -> String {
    let since = on.since.as_ref().map(|at| format!(" since {}", at.words())).unwrap_or_default();
    let seen = on.observed_at.words();
    let failing = on.failing.as_ref();
    let failing = failing.map(|_| format!(", as it showed {seen}; it gives no good answer now"));
    since + &failing.unwrap_or_default()
}

/// What is shown on some samples.
fn on_some(unclear: &[UnclearEnvironment]) -> String {
    let counted = unclear.iter().filter(|environment| environment.with.is_some());
    counted.map(|one| format!("; {} shows it {}", one.name, one.says())).collect()
}

/// The answer in a sentence, and the command that comes next.
fn answer(train: &Train<'_>, look: &Look, past_us: &[PastUs], place: &mut WhereRepo) {
    if let Some(on) = place.environments.iter().find(|e| e.name == PRODUCTION) {
        let by = past_us.iter().find(|one| one.repo == place.name && one.tag == on.version);
        let by = by.map(|_| format!(", {PAST_US}")).unwrap_or_default();
        place.answer = format!("in production with {}{}{by}", on.version, since(on));
        return;
    }
    if let Some(tag) = place.taken_off.clone() {
        return taken_off(train, look, &tag, place);
    }
    if let Some(tag) = place.tags.last() {
        let leaves = train.departure(tag.push).filter(|d| d.push_at.timestamp() > train.now);
        let leaves = leaves.map(|departure| Moment(departure.push_at));
        let when = leaves.as_ref().map(|at| format!(", which leaves {}", at.words()));
        let when = when.unwrap_or_default();
        let stage = place
            .environments
            .first()
            .map(|on| format!("; on {}{}", on.name, since(on)))
            .unwrap_or_default();
        let first = Some(&tag.tag).filter(|first| **first != tag.newest);
        let first = first.map(|first| format!("; first in {first}")).unwrap_or_default();
        let some = on_some(&place.unclear);
        place.answer = format!("in {}{when}{first}{stage}{some}", tag.newest);
        place.leaves_at = leaves;
        return;
    }
    if place.on_main != Some(true) {
        place.answer = format!("on upstream, but not on {}", look.branch);
        place.command = Some("merge it first".to_owned());
        return;
    }
    let cut = train.nearest_cut().filter(|push| {
        train.looks.get(&place.name).is_some_and(|l| {
            train.settings.repo(&place.name).is_some_and(|r| cut::newest(r, l, *push).is_some())
        })
    });
    let coming = train.meant(Want::Tag, None).ok();
    match (cut, coming) {
        (Some(push), next) => {
            let after =
                next.filter(|n| *n > push).or_else(|| train.following(push).map(|d| d.push));
            place.push = after;
            let with = after.map(|p| format!("ships with {p}; ")).unwrap_or_default();
            place.answer = format!("on {}; {with}it came after the cut of {push}", look.branch);
            place.command = Some(pick_command(train, push, &place.name, place.to_pick()));
        }
        (None, Some(push)) => {
            place.push = Some(push);
            place.answer = format!("on {}; {push} will carry it", look.branch);
        }
        (None, None) => place.answer = format!("on {}; no departure is in sight", look.branch),
    }
}

fn taken_off(train: &Train<'_>, look: &Look, tag: &str, place: &mut WhereRepo) {
    let main = if place.on_main == Some(true) {
        format!("; it is on {}", look.branch)
    } else {
        String::new()
    };
    place.answer = format!("taken off again with {tag}{main}");
    let of = train.settings.repo(&place.name).and_then(|repo| repo.scheme.parse(tag));
    let cut = of.map(|revision| revision.push).filter(|push| train.live().contains(push));
    place.command = cut.map(|push| pick_command(train, push, &place.name, place.to_pick()));
}

/// The command that picks commits onto a push: which one is said where several could be meant.
fn pick_command<'a>(
    train: &Train<'_>,
    push: PushDate,
    repo: &RepoName,
    commits: impl IntoIterator<Item = &'a Oid>,
) -> String {
    picking(&train.saying(PICK, push), repo, commits)
}

fn picking<'a>(
    command: &str,
    repo: &RepoName,
    commits: impl IntoIterator<Item = &'a Oid>,
) -> String {
    let named = commits.into_iter().map(|commit| format!(" {repo}:{}", commit.short()));
    format!("{command}{}", named.collect::<String>())
}
