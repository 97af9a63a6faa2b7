//! What services show, beside what they should: the push's tag, or between pushes what the last one left in production.

use std::collections::{BTreeMap, BTreeSet};

use train::expected::expected;
use train::id::{Oid, PushDate, RepoName, quoted};
use train::pushes::Train;
use train::settings::{Environment, Service};
use train::versions::{Fleet, ServiceState, Shown};

use crate::conductor::Conductor;
use crate::environments::{Answers, fleet};
use crate::failure::Result;
use crate::view::{EnvironmentView, LastShownView, Moment, RepoStatus, ServiceView, VersionView};

/// What is known of one repository's tags.
struct Beside {
    /// The tag that is expected, with its commit.
    tag: Option<(String, Oid)>,
    /// Whether that is what the last push left, since this one has none yet.
    is_left: bool,
    /// Every tag that there is; none where its remote was never seen.
    tags: Option<BTreeSet<String>>,
}

impl Beside {
    fn is_tag(&self, version: &str) -> bool {
        self.tags.as_ref().is_none_or(|tags| tags.contains(version))
    }
}

impl Conductor {
    /// What runs where, by what was last answered.
    pub(crate) async fn environment_views(
        &self,
        train: &Train<'_>,
        push: Option<PushDate>,
        answers: &Answers,
        repos: &[RepoStatus],
    ) -> Result<Vec<EnvironmentView>> {
        let mut beside = BTreeMap::new();
        for repo in repos {
            let shown = self.versions_of(&repo.name, answers);
            beside.insert(&repo.name, self.beside(train, push, repo, &shown).await?);
        }
        let mut views = Vec::new();
        for environment in &self.settings.environments {
            let mut services = Vec::new();
            for service in &environment.services {
                let beside = beside.get(&service.repo);
                services.push(self.service_view(environment, service, answers, beside).await?);
            }
            views.push(EnvironmentView { name: environment.name.clone(), services });
        }
        Ok(views)
    }

    /// Every version that services of a repository show.
    fn versions_of(&self, repo: &RepoName, answers: &Answers) -> BTreeSet<String> {
        let environments = self.settings.environments.iter();
        let services = environments.flat_map(|e| e.services.iter().map(move |s| (e, s)));
        let own = services.filter(|(_, service)| service.repo == *repo);
        let answers = own.filter_map(|(e, s)| answers.get(&(e.name.clone(), s.name.clone())));
        let fleets = answers.flat_map(|answer| fleet(answer).shown);
        fleets.filter_map(|shown| shown.tag().map(str::to_owned)).collect()
    }

    /// What a repository's services are held beside: the push's tag, else what the last push left there; and its tags. The mirror
    /// is read where a version is shown that is not among the tags kept.
    async fn beside(
        &self,
        train: &Train<'_>,
        push: Option<PushDate>,
        repo: &RepoStatus,
        shown: &BTreeSet<String>,
    ) -> Result<Beside> {
        let look = train.looks.get(&repo.name);
        let given = train.state.pushes.values().filter_map(|known| known.tags.get(&repo.name));
        let given: BTreeMap<&str, &Oid> =
            given.flatten().map(|g| (g.tag.tag.as_str(), &g.tag.commit)).collect();
        let commit_of = |tag: &str| {
            let seen = look.and_then(|look| look.tags.get(tag)).map(|seen| &seen.commit);
            seen.or_else(|| given.get(tag).copied()).cloned()
        };
        let own = repo.tag.clone().zip(repo.commit.clone());
        let left = expected(train.state, &repo.name);
        let left = left.and_then(|left| Some((left.to_owned(), commit_of(left)?)));
        let is_left = own.is_none() || (left.is_some() && is_past(train, push, repo));
        let tag = if is_left { left } else { own };
        let tags = look.map(|look| {
            let seen = look.tags.keys().map(String::as_str);
            seen.chain(given.keys().copied()).map(str::to_owned).collect::<BTreeSet<String>>()
        });
        let Some(mut tags) = tags else { return Ok(Beside { tag, is_left, tags: None }) };
        if !shown.is_subset(&tags) {
            // What is kept of a look are the newest pushes' tags: an older one is a tag all the same.
            let aboard = self.aboard(&repo.name)?;
            let all = aboard.repo.last_look(self.clock.now()).await?;
            tags.extend(all.into_iter().flat_map(|look| look.tags.into_keys()));
        }
        Ok(Beside { tag, is_left, tags: Some(tags) })
    }

    async fn service_view(
        &self,
        environment: &Environment,
        service: &Service,
        answers: &Answers,
        beside: Option<&Beside>,
    ) -> Result<ServiceView> {
        let answer = answers.get(&(environment.name.clone(), service.name.clone()));
        let fleet = answer.map(fleet).unwrap_or_default();
        let tag = beside.and_then(|beside| beside.tag.as_ref());
        let is_tag = |version: &str| beside.is_none_or(|beside| beside.is_tag(version));
        let state = fleet.state(tag.map(|(name, commit)| (name.as_str(), commit)), is_tag);
        let last = match state {
            ServiceState::Failing => self.showed_last(&environment.name, &service.name).await?,
            _ => None,
        };
        Ok(ServiceView {
            name: service.name.clone(),
            repo: service.repo.clone(),
            state,
            expected: tag.map(|(name, _)| name.clone()),
            note: note(&fleet, state, &service.repo, beside),
            last: last.map(|(running, at)| LastShownView {
                version: running.version,
                commit: running.commit,
                observed_at: Moment(self.local(at)),
            }),
            versions: fleet.shown.into_iter().map(version_view).collect(),
            failures: fleet.failures,
            observed_at: answer.map(|a| Moment(self.local(a.observed_at))),
        })
    }
}

/// Whether production is past the push's tag of a repository: another push took its place, or what it stays on got a hot-fix.
fn is_past(train: &Train<'_>, push: Option<PushDate>, repo: &RepoStatus) -> bool {
    let Some((push, left)) = push.zip(train.state.left.of(&repo.name)) else { return false };
    if repo.stays {
        let known = train.state.pushes.get(&push);
        return known.is_some_and(|known| known.opened_at <= left.at) && repo.tag != left.tag;
    }
    repo.settled && train.state.left.is_of_another(&repo.name, push)
}

fn version_view(shown: Shown) -> VersionView {
    VersionView { version: shown.version, commit: shown.commit, samples: shown.samples }
}

/// That a service shows what is no tag of its repository, or the right tag's name at another commit, or between pushes another tag than the last one left; in a sentence
/// without its full stop.
fn note(
    fleet: &Fleet,
    state: ServiceState,
    repo: &RepoName,
    beside: Option<&Beside>,
) -> Option<String> {
    let beside = beside?;
    let strange = fleet.shown.iter().filter_map(Shown::tag).find(|version| !beside.is_tag(version));
    let strange =
        strange.map(|version| format!("it shows {}, which is no tag of {repo}", quoted(version)));
    let left = beside.tag.as_ref().filter(|_| beside.is_left && state != ServiceState::Current);
    let left = left.filter(|_| !fleet.shown.is_empty());
    let left = left.map(|(tag, _)| format!("the last push left {tag}"));
    let elsewhere = beside.tag.as_ref().and_then(|(tag, commit)| fleet.elsewhere(tag, commit));
    let said: Vec<String> = [strange, elsewhere, left].into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join("; "))
}
