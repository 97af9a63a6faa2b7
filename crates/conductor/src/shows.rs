//! Whether what an environment shows has a commit: on all samples, on some, on none.

use train::base::Running;
use train::facts::{Look, SeenRef};
use train::id::Oid;
use train::refusal::Code;
use train::settings::{Environment, Service};
use train::trace::Stands;

use crate::conductor::{Aboard, Conductor};
use crate::environments::{Answers, fleet};
use crate::failure::Result;
use crate::traced::Traced;
use crate::view::{Moment, OnEnvironment, UnclearEnvironment};

/// A commit of one repository, and how it stands on its tags.
pub(crate) struct Sought<'a> {
    /// The repository.
    pub aboard: &'a Aboard,
    /// Its remote, as seen.
    pub look: &'a Look,
    /// The commit's trace.
    pub traced: &'a Traced,
    /// The commit.
    pub commit: &'a Oid,
}

/// What an environment says of a commit.
pub(crate) enum Shows {
    /// It shows one version, with it.
    It(OnEnvironment),
    /// It shows no version with it.
    Without,
    /// Its samples differ, and some show a version with it; or nothing is known: no answer, or a version that is neither
    /// tag nor commit of ours.
    Unclear(UnclearEnvironment),
}

impl Sought<'_> {
    /// The services of an environment that are built from the repository.
    fn services<'e>(&self, environment: &'e Environment) -> impl Iterator<Item = &'e Service> {
        let repo = &self.aboard.settings.name;
        environment.services.iter().filter(move |service| &service.repo == repo)
    }

    /// Whether a version has the commit: by the tag that it is, else by its own commit. None where it is neither.
    async fn is_in(&self, running: &Running) -> Result<Option<bool>> {
        let is_shown = |(name, seen): &(&String, &SeenRef)| match &running.commit {
            Some(tip) => *tip == seen.commit,
            None => **name == running.version,
        };
        if let Some((tag, _)) = self.look.tags.iter().find(is_shown) {
            return Ok(Some(matches!(self.traced.on(tag), Stands::There(_))));
        }
        let Some(tip) = &running.commit else { return Ok(None) };
        match self.aboard.repo.contains(tip, self.commit).await {
            Ok(has) => Ok(Some(has)),
            Err(unknown) if unknown.code == Code::NoSuchCommit => Ok(None),
            Err(failed) => Err(failed),
        }
    }
}

impl Conductor {
    /// The environments that show a version with the commit, and those of which that is not clear; each in the order of the
    /// configuration.
    pub(crate) async fn shown_on(
        &self,
        sought: &Sought<'_>,
        answers: &Answers,
    ) -> Result<(Vec<OnEnvironment>, Vec<UnclearEnvironment>)> {
        let (mut shown, mut unclear) = (Vec::new(), Vec::new());
        for environment in &self.settings.environments {
            if sought.services(environment).next().is_none() {
                continue;
            }
            match self.shows(sought, environment, answers).await? {
                Shows::It(on) => shown.push(on),
                Shows::Without => {}
                Shows::Unclear(environment) => unclear.push(environment),
            }
        }
        Ok((shown, unclear))
    }

    /// Whether what an environment shows of a repository has a commit.
    pub(crate) async fn shows(
        &self,
        sought: &Sought<'_>,
        environment: &Environment,
        answers: &Answers,
    ) -> Result<Shows> {
        let (name, repo) = (&environment.name, &sought.aboard.settings.name);
        let Some(last) = self.last_shown_in(answers, environment, repo).await? else {
            return counted(sought, environment, answers).await;
        };
        match sought.is_in(&last.running).await? {
            Some(true) => {}
            Some(false) => return Ok(Shows::Without),
            None => return Ok(Shows::Unclear(UnclearEnvironment::not_known(name.clone()))),
        }
        let since = self.shown_since(name, repo, &last.running.version).await?;
        Ok(Shows::It(OnEnvironment {
            name: name.clone(),
            version: last.running.version,
            since,
            observed_at: Moment(self.local(last.observed_at)),
            failing: last.failing,
        }))
    }
}

/// Where samples differ or fail: how many of them show a version with the commit.
async fn counted(
    sought: &Sought<'_>,
    environment: &Environment,
    answers: &Answers,
) -> Result<Shows> {
    let mut unclear = UnclearEnvironment::not_known(environment.name.clone());
    let (mut with, mut without, mut of) = (0, 0, 0);
    for service in sought.services(environment) {
        let key = (environment.name.clone(), service.name.clone());
        let Some(answer) = answers.get(&key) else { return Ok(Shows::Unclear(unclear)) };
        of += answer.samples.len();
        for shown in &fleet(answer).shown {
            let Some(running) = shown.running() else { continue };
            match sought.is_in(&running).await? {
                Some(true) => with += shown.samples,
                Some(false) => without += shown.samples,
                None => {}
            }
        }
    }
    if of > 0 && without == of {
        return Ok(Shows::Without);
    }
    if with > 0 {
        (unclear.with, unclear.of) = (Some(with), Some(of));
    }
    Ok(Shows::Unclear(unclear))
}
