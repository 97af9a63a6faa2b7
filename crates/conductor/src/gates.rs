//! The gates of a push: facts are gathered from what was recorded and last seen. `ready` looks first; `status` asks nobody.

use std::collections::BTreeSet;

use train::calendar::Departure;
use train::differences::Difference;
use train::facts::Picked;
use train::gates::{self, Facts, Gate, OnStage, OpenItem, RepoFacts, Security};
use train::id::{PersonName, PushDate, RepoName};
use train::notes::Phase;
use train::notes::page::Standing;
use train::people::Proof;
use train::pushes::Train;
use train::refusal::{Code, Refusal};
use train::signoff::{NewestTag, Signoff};
use train::versions::ServiceState;

use crate::conductor::Conductor;
use crate::dev::{DEV, on_dev};
use crate::environments::Answers;
use crate::failure::Result;
use crate::ports::Observation;
use crate::view::{
    BlockerView, ClaimView, EnvironmentView, HoldView, Moment, ProofWord, ReadyView, RepoStatus,
    ServiceView, SignoffView, StatusView, TaskView,
};

/// The environment that shows a push before production.
pub const STAGE: &str = "stage";

/// What a push was seen as, when its gates are judged.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub train: &'a Train<'a>,
    pub hero: Option<&'a PersonName>,
    pub departure: Option<&'a Departure>,
    pub repos: &'a [RepoStatus],
    pub environments: &'a [EnvironmentView],
    pub answers: &'a Answers,
    pub blockers: &'a [BlockerView],
    pub tasks: &'a [TaskView],
    pub judging: &'a Judging,
    pub differences: &'a [Difference],
}

/// How gates are to be judged.
#[derive(Debug, Default)]
pub(crate) struct Judging {
    /// How the private twins stand, where they were asked just now.
    pub security: Option<Security>,
    /// Only these repositories are to leave; all of them if empty.
    pub only: BTreeSet<RepoName>,
}

/// What `status` shows of push day.
#[derive(Debug, Default)]
pub(crate) struct DayView {
    pub hold: Option<HoldView>,
    pub claims: Vec<ClaimView>,
    pub signoffs: Vec<SignoffView>,
    pub gates: Vec<Gate>,
    pub answered: bool,
}

/// Of each blocker that the newest tags settle, how.
fn fixed(blockers: &[BlockerView]) -> Vec<String> {
    let fixed =
        blockers.iter().filter_map(|b| Some(format!("{}: {}", b.id, b.fixed.as_ref()?.sentence())));
    fixed.collect()
}

/// What somebody has to confirm of a blocker.
pub(crate) fn unconfirmed(blocker: &BlockerView) -> Option<String> {
    let by = blocker.ended_by.as_deref().unwrap_or("somebody");
    match blocker.state {
        Standing::Removed => Some(format!("removed by {by}, confirm")),
        Standing::Marked => Some(format!("marked as done by {by}, confirm")),
        Standing::Open | Standing::Done => None,
    }
}

/// The blockers that are open and meant as such: soft words hold nothing.
fn holding(blockers: &[BlockerView]) -> Vec<OpenItem> {
    let open = blockers.iter().filter(|blocker| blocker.open && blocker.holds);
    let item = |b: &BlockerView| OpenItem {
        id: b.id.clone(),
        text: b.text.clone(),
        owner: b.owner.clone(),
        unconfirmed: unconfirmed(b),
    };
    open.map(item).collect()
}

/// The tasks that are to be done before a push leaves, and are not.
fn due(tasks: &[TaskView]) -> Vec<OpenItem> {
    let before = [Some(Phase::BeforePush), Some(Phase::BeforeStart)];
    let left = tasks.iter().filter(|task| task.holds && before.contains(&task.when));
    let item = |t: &TaskView| OpenItem {
        id: t.id.clone(),
        text: t.text.clone(),
        owner: t.owner.clone(),
        unconfirmed: None,
    };
    left.map(item).collect()
}

impl Conductor {
    /// Whether a push may be started: looks at remotes, services and the private twins, runs the team's own programs, and
    /// judges every gate.
    pub async fn ready(&self, asked: Option<PushDate>) -> Result<ReadyView> {
        let after = self.judged_now(asked, BTreeSet::new(), true).await?;
        let push = after.push.ok_or_else(no_push)?;
        if asked.is_none() {
            self.say_others_of(push).await?;
        }
        let ready = gates::ready(&after.gates);
        let seen_at = self.remembered_at(push).await?;
        Ok(ReadyView { push, ready, tagset: after.tagset, gates: after.gates, seen_at })
    }

    /// Since when nothing was asked of what a push is judged by: the time of what was seen longest ago; none where all of it
    /// was asked now.
    async fn remembered_at(&self, push: PushDate) -> Result<Option<Moment>> {
        if !self.remembers() {
            return Ok(None);
        }
        let mut times: Vec<_> = self.last_looks().await?.values().map(|l| l.observed_at).collect();
        times.extend(self.last_answers().await?.values().map(|answer| answer.observed_at));
        for told in [format!("gate/{push}/"), format!("built/{push}/")] {
            let kept = self.ledger.observations(&told).await?;
            times.extend(kept.iter().map(|kept| kept.observed_at));
        }
        Ok(times.into_iter().min().map(|at| Moment(self.local(at))))
    }

    /// The push as it is now: looks at everything and judges every gate, of all that leaves or of a part. The team's own
    /// programs are run where that is asked for; else what they said of these tags last counts.
    pub(crate) async fn judged_now(
        &self,
        asked: Option<PushDate>,
        only: BTreeSet<RepoName>,
        programs: bool,
    ) -> Result<StatusView> {
        match self.judged_as_seen(asked, only, programs).await? {
            (_, Some(unreached)) => Err(unreached),
            (judged, None) => Ok(judged),
        }
    }

    /// The same, whatever can be reached: with the first remote that could not be, which is judged as it was last seen.
    pub(crate) async fn judged_as_seen(
        &self,
        asked: Option<PushDate>,
        only: BTreeSet<RepoName>,
        programs: bool,
    ) -> Result<(StatusView, Option<Refusal>)> {
        let unreached = self.look(&[]).await.into_values().find_map(Result::err);
        let answers = self.ask(|_| true).await?;
        let mut before = self.status(asked).await?;
        let push = before.push.ok_or_else(no_push)?;
        if !self.remembers() {
            self.note_dev(&before, &answers).await?;
        }
        if !before.repos.iter().all(|repo| repo.settled) {
            before.repos.retain(|repo| !repo.settled);
        }
        if programs && !self.remembers() {
            self.ask_programs(push, &before).await?;
            self.ask_artifacts(push, &before.repos).await?;
        }
        let security = match self.remembers() {
            true => None,
            false => Some(self.security_seen(push).await?),
        };
        let judged = self.status_with(Some(push), &Judging { security, only }).await?.status;
        Ok((judged, unreached))
    }

    /// What people decided about a push, and its gates.
    pub(crate) async fn day_view(&self, seen: Seen<'_>, push: Option<PushDate>) -> Result<DayView> {
        let Some(push) = push else { return Ok(DayView::default()) };
        let Seen { train, .. } = seen;
        let day = train.state.days.of(push);
        let mut repos = Vec::new();
        for repo in seen.repos {
            repos.push(self.gate_facts(seen, push, repo, &day.signoffs).await?);
        }
        let digest = self.settings.digest();
        let signoff = |signoff: &Signoff| {
            let newest = repos.iter().find(|repo| repo.name == signoff.word.repo);
            self.signoff_as_shown(signoff, newest.and_then(|r| r.newest.as_ref()), &digest)
        };
        let signoffs = day.signoffs.iter().map(signoff).collect();
        let hold = day.holding(train.now).first().map(|held| HoldView {
            by: held.by.clone(),
            because: held.hold.because.clone(),
            repo: held.hold.repo.clone(),
            at: Moment(self.local(held.at)),
            until: held.hold.until.map(|until| Moment(self.local(until))),
        });
        let claim = |claim: &train::pushday::Claim| ClaimView {
            by: claim.by.clone(),
            at: Moment(self.local(claim.at)),
        };
        let known = train.state.pushes.get(&push);
        let tagset = tagset(Some(push), seen.repos);
        let facts = Facts {
            given: &train.state.given,
            settings: &self.settings,
            push,
            now: train.now,
            hero: seen.hero,
            departure: seen.departure,
            overrides: known.map_or(&[], |known| known.overrides.as_slice()),
            day,
            tagset: tagset.as_deref(),
            only: &seen.judging.only,
            stage: stage(seen.environments, seen.repos),
            has_dev: seen.environments.iter().any(|e| e.name == DEV && !e.services.is_empty()),
            security: match &seen.judging.security {
                Some(security) => security.clone(),
                None => self.security_as_seen(train, push).await?,
            },
            blockers: holding(seen.blockers),
            fixed: fixed(seen.blockers),
            tasks: due(seen.tasks),
            built: self.told_of_artifacts(push, seen.repos).await?,
            told: self.told_of(push, seen.repos).await?,
            repos,
        };
        let claims = day.claims.iter().map(claim).collect();
        let answered = gates::is_answered_for(&facts);
        Ok(DayView { hold, claims, signoffs, gates: gates::report(&facts), answered })
    }

    async fn gate_facts(
        &self,
        seen: Seen<'_>,
        push: PushDate,
        repo: &RepoStatus,
        signoffs: &[Signoff],
    ) -> Result<RepoFacts> {
        let there = |tag: &NewestTag| is_there(seen.train, push, tag);
        let mut newest = newest(repo).filter(there);
        if let Some(tag) = &mut newest {
            let mut other = signoffs.iter().filter(|s| s.word.repo == tag.repo && !s.is_for(tag));
            if other.next().is_some() {
                // Another tag than they saw: whether it has the very same files (P7).
                tag.tree = self.aboard(&repo.name)?.repo.tree(&tag.commit).await.ok();
            }
        }
        let uncarried = match &newest {
            Some(tag) if !repo.stays => self.lost(seen, push, tag).await,
            _ => Some(Vec::new()),
        };
        let mut unseen = Vec::new();
        for pick in repo.picks.iter().filter(|pick| !pick.reverted) {
            if self.ledger.observation(&on_dev(&repo.name, &pick.commit)).await?.is_none() {
                unseen.push(pick.commit.clone());
            }
        }
        let day = seen.train.state.days.of(push);
        let has_left = newest.as_ref().is_some_and(|newest| {
            let (repo, tag) = (&newest.repo, &newest.tag);
            day.left_with(repo, tag).is_some() || day.ended_with(repo, tag)
        });
        let (name, stays, settled) = (repo.name.clone(), repo.stays, repo.settled);
        let moved = self.moved_of(seen, push, repo);
        Ok(RepoFacts { name, newest, stays, uncarried, unseen, has_left, settled, moved })
    }

    /// Picks and reverts of production that a tag lacks, by our mirror alone; none where that has not what it takes.
    async fn lost(&self, seen: Seen<'_>, push: PushDate, tag: &NewestTag) -> Option<Vec<Picked>> {
        let aboard = self.aboard(&tag.repo).ok()?;
        let look = seen.train.looks.get(&tag.repo)?;
        let state = seen.train.state;
        let base = self.base(state, &aboard.settings, push, &look.tags, seen.answers).tag;
        let Some((_, base)) = base else { return Some(Vec::new()) };
        let name = format!("carried/{}/{base}..{}", tag.repo, tag.commit);
        if let Ok(Some(kept)) = self.ledger.observation(&name).await {
            return serde_json::from_str(&kept.body).ok();
        }
        let lost = self.uncarried(aboard, Some(&base), &tag.commit).await.ok()?;
        // Two commits never change: found out once is found out for ever.
        let body = serde_json::to_string(&lost).ok()?;
        let kept = Observation { name, observed_at: self.clock.now(), body };
        self.ledger.observe(vec![kept]).await.ok()?;
        Some(lost)
    }

    fn signoff_as_shown(
        &self,
        signoff: &Signoff,
        newest: Option<&NewestTag>,
        settings: &str,
    ) -> SignoffView {
        let word = &signoff.word;
        SignoffView {
            role: word.role,
            repo: word.repo.clone(),
            tag: word.tag.clone(),
            tag_object: word.object.clone(),
            by: signoff.by.clone(),
            at: Moment(self.local(signoff.at)),
            proof: match word.proof {
                Proof::Local(_) => ProofWord::Local,
                Proof::Token(_) => ProofWord::Token,
                Proof::Link(_) => ProofWord::Link,
                Proof::Oidc(_) => ProofWord::Oidc,
                Proof::Github(_) => ProofWord::Github,
                Proof::IrcAccount(_) => ProofWord::IrcAccount,
            },
            own: word.own,
            state: signoff.state(newest, settings),
            because: signoff.withdrawn.clone(),
        }
    }
}

fn no_push() -> Refusal {
    let what = "no departure runs in the coming year";
    Refusal::new(Code::BadDate, what, "name one with --push DATE")
}

/// What sign-offs and overrides are given for: the newest tags, by repository, name and object.
pub(crate) fn tagset(push: Option<PushDate>, repos: &[RepoStatus]) -> Option<String> {
    let tagged: Vec<_> = repos
        .iter()
        .filter_map(|r| Some((&r.name, r.tag.as_ref()?, r.tag_object.as_ref()?)))
        .collect();
    (!tagged.is_empty()).then(|| train::digest::of(&(push, tagged)))
}

pub(crate) fn newest(repo: &RepoStatus) -> Option<NewestTag> {
    let (tag, object) = (repo.tags.last()?.clone(), repo.tag_object.clone()?);
    let commit = repo.commit.clone()?;
    Some(NewestTag { repo: repo.name.clone(), tag, object, commit, tree: None })
}

/// Whether a tag is on the remote, as a later look than its record shows: else it is gone (P15).
fn is_there(train: &Train<'_>, push: PushDate, tag: &NewestTag) -> bool {
    let Some(look) = train.looks.get(&tag.repo) else { return true };
    let known = train.state.pushes.get(&push).and_then(|known| known.tags.get(&tag.repo));
    let mut given = known.into_iter().flatten().filter(|given| given.tag.tag == tag.tag);
    look.tags.contains_key(&tag.tag) || given.any(|given| given.at >= look.observed_at)
}

fn stage(environments: &[EnvironmentView], repos: &[RepoStatus]) -> Option<Vec<OnStage>> {
    let stage = environments.iter().find(|environment| environment.name == STAGE)?;
    let state = |service: &ServiceView| match service.state {
        ServiceState::Current if !service.has_arrived(repos) => ServiceState::Unknown,
        state => state,
    };
    let on = |service: &ServiceView| OnStage {
        service: service.name.clone(),
        repo: service.repo.clone(),
        state: state(service),
        shows: shows(service),
    };
    Some(stage.services.iter().map(on).collect())
}

/// What a service shows, for people: every version of a mixed fleet, or why there is none.
fn shows(service: &ServiceView) -> String {
    if let Some(why) = service.failures.first() {
        return why.clone();
    }
    let version =
        |v: &crate::view::VersionView| v.version.clone().unwrap_or("no version".to_owned());
    let versions: Vec<String> = service.versions.iter().map(version).collect();
    if versions.is_empty() {
        "nothing yet: it was not asked".to_owned()
    } else {
        versions.join(" and ")
    }
}
