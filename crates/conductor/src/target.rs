//! What a cut tags in one repository: main, what `--at` or `--from` with `--pick` name, or the newest tag once more.

use std::collections::{BTreeMap, BTreeSet};

use train::base::{self, Base};
use train::command::{RepoCommit, TagWish};
use train::cut::{self, Target};
use train::expected::{came_past, expected};
use train::facts::{Look, SeenRef};
use train::id::{Oid, PushDate, RepoName};
use train::refusal::{Code, Refusal};
use train::settings::Repo;
use train::state::State;

use crate::conductor::{Aboard, Conductor};
use crate::environments::Answers;
use crate::failure::Result;

impl Conductor {
    /// The tag that `push` is compared with in `repo`, among `tags` of its upstream: the same wherever it is asked.
    pub(crate) fn base(
        &self,
        state: &State,
        repo: &Repo,
        push: PushDate,
        tags: &BTreeMap<String, SeenRef>,
        answers: &Answers,
    ) -> Base {
        let running = self.running(answers, &repo.name);
        let ended = |push: PushDate| state.days.of(push).finished.is_some();
        let finished = state.pushes.range(..push).rev().find(|(push, _)| ended(**push));
        let last = finished.and_then(|(_, p)| p.tags.get(&repo.name)?.last());
        let last = last.map(|given| given.tag.tag.as_str());
        let cancelled = &state.changes.cancelled;
        base::choose(&repo.scheme, push, tags, running.as_ref(), last, cancelled)
    }

    /// The same of a push's newest tag, among the tags there are: one that got to production past us, or that somebody else
    /// made, is not compared with itself, but with what left there before.
    pub(crate) fn base_of(
        &self,
        state: &State,
        repo: &Repo,
        push: PushDate,
        (tags, newest): (&BTreeMap<String, SeenRef>, Option<&str>),
        answers: &Answers,
    ) -> Base {
        let base = self.base(state, repo, push, tags, answers);
        let Some(own) = newest.filter(|own| base.tag.as_ref().is_some_and(|(tag, _)| tag == own))
        else {
            return base;
        };
        let day = state.days.of(push);
        let given = state.pushes.get(&push).and_then(|known| known.tags.get(&repo.name));
        if came_past(state, repo, own).is_none()
            && given.into_iter().flatten().any(|given| given.tag.tag == own)
        {
            return base;
        }
        let left =
            day.left().get(&repo.name).filter(|left| left.tag == own).map(|l| l.from.clone());
        let before = left.unwrap_or_else(|| expected(state, &repo.name).map(str::to_owned));
        let before = before.filter(|before| before != own);
        let cancelled = &state.changes.cancelled;
        base::choose(&repo.scheme, push, tags, None, before.as_deref(), cancelled)
    }

    /// What the wish says to tag: `--at`, `--from` with `--pick`, or main.
    pub(crate) async fn target(
        &self,
        state: &State,
        aboard: &Aboard,
        wish: &TagWish,
        push: PushDate,
        look: &Look,
    ) -> Result<Target> {
        let name = &aboard.settings.name;
        let main = look.main.clone().ok_or_else(|| {
            let what = format!("{name} has no commit on {}", look.branch);
            Refusal::new(
                Code::NotFound,
                what,
                "push a first commit, or set `branch` in the configuration",
            )
            .in_repo(name)
        })?;
        if let Some(from) = wish.from.get(&Some(name.clone())) {
            return self.target_from(aboard, wish, look, &main, from).await;
        }
        let Some(text) = wish.at.get(&Some(name.clone())) else {
            let kicked = kicked(state, aboard, wish, push, look);
            return Ok(kicked.unwrap_or(Target { commit: main, from: None, picks: Vec::new() }));
        };
        let [commit] = &aboard.repo.resolve(text).await.map_err(|f| f.in_repo(name))?[..] else {
            return Err(Refusal::new(
                Code::Usage,
                "--at takes one commit, not a range",
                "name one commit",
            )
            .in_repo(name));
        };
        if !aboard.repo.contains(&main, &commit.id).await? {
            let what = format!("{} is not on {}", commit.id.short(), look.branch);
            let hint = "--from TAG --pick COMMIT builds a tag when main can't go";
            return Err(Refusal::new(Code::Refused, what, hint).in_repo(name));
        }
        Ok(Target { commit: commit.id.clone(), from: None, picks: Vec::new() })
    }

    async fn target_from(
        &self,
        aboard: &Aboard,
        wish: &TagWish,
        look: &Look,
        main: &Oid,
        from: &str,
    ) -> Result<Target> {
        let name = &aboard.settings.name;
        let start = look.tags.get(from).ok_or_else(|| {
            let what = format!("upstream of {name} has no tag {}", train::id::quoted(from));
            Refusal::new(Code::NotFound, what, "name a tag as it is on the remote").in_repo(name)
        })?;
        let ours = wish.picks.iter().filter(|pick| pick.repo.as_ref() == Some(name));
        let wanted: Vec<_> = ours.cloned().collect();
        let put = self.put_named(aboard, (main, &look.branch), &start.commit, &wanted).await?;
        Ok(Target { commit: put.tip, from: Some(from.to_owned()), picks: put.picks })
    }

    /// The wish with a repository beside each commit and tag that was named without one: the only one that can be meant.
    pub(crate) async fn with_repos(
        &self,
        wish: &TagWish,
        looked: &BTreeMap<RepoName, Result<Look>>,
    ) -> Result<TagWish> {
        let mut wish = wish.clone();
        for pick in wish.picks.iter_mut().filter(|pick| pick.repo.is_none()) {
            pick.repo = Some(self.find(pick, looked).await?.0);
        }
        if let Some(commit) = wish.at.remove(&None) {
            let named = RepoCommit { repo: None, commit };
            let (repo, _) = self.find(&named, looked).await?;
            place("--at", &mut wish.at, repo, named.commit)?;
        }
        if let Some(tag) = wish.from.remove(&None) {
            let repo = started_from(&tag, &wish.picks, looked)?;
            place("--from", &mut wish.from, repo, tag)?;
        }
        cut::check_options(&wish)?;
        Ok(wish)
    }
}

/// Puts a value beside the values that came with their repositories.
fn place(
    option: &str,
    given: &mut BTreeMap<Option<RepoName>, String>,
    repo: RepoName,
    value: String,
) -> Result<()> {
    let what = format!("{option} is given twice for {repo}: once without its name");
    match given.insert(Some(repo), value) {
        None => Ok(()),
        Some(_) => Err(Refusal::new(Code::Usage, what, format!("leave one {option} out"))),
    }
}

/// The repository of a tag to start from: that of the commits to be picked onto it, or the only one that has the tag.
fn started_from(
    tag: &str,
    picks: &[RepoCommit],
    looked: &BTreeMap<RepoName, Result<Look>>,
) -> Result<RepoName> {
    let picked: BTreeSet<&RepoName> = picks.iter().filter_map(|pick| pick.repo.as_ref()).collect();
    let has = |look: &Result<Look>| look.as_ref().is_ok_and(|look| look.tags.contains_key(tag));
    let meant: Vec<&RepoName> = if picked.is_empty() {
        looked.iter().filter(|(_, look)| has(look)).map(|(name, _)| name).collect()
    } else {
        picked.into_iter().collect()
    };
    match &meant[..] {
        [one] => Ok((*one).clone()),
        [] => {
            let what = format!("no upstream has a tag {}", train::id::quoted(tag));
            Err(Refusal::new(Code::NotFound, what, "name a tag as it is on the remote"))
        }
        several => {
            let names: Vec<String> = several.iter().map(|name| format!("{name}:{tag}")).collect();
            let what =
                format!("{} could be of {} repositories", train::id::quoted(tag), names.len());
            Err(Refusal::new(Code::Ambiguous, what, format!("say which: {}", names.join(" or "))))
        }
    }
}

/// `--again --because`: the newest tag's own commit once more, picks and all, while main has nothing that it was not cut from.
fn kicked(
    state: &State,
    aboard: &Aboard,
    wish: &TagWish,
    push: PushDate,
    look: &Look,
) -> Option<Target> {
    let revisions = cut::revisions(&aboard.settings, look, push);
    let ((_, _, first), (_, tag, newest)) = (revisions.first()?, revisions.last()?);
    if !wish.again || wish.because.is_none() || look.main.as_ref() != Some(first) {
        return None;
    }
    let given = state.pushes.get(&push).and_then(|p| p.tags.get(&aboard.settings.name)?.last());
    let picks = given.filter(|given| &given.tag.tag == tag).map(|given| given.tag.picks.clone());
    Some(Target { commit: newest.clone(), from: None, picks: picks.unwrap_or_default() })
}
