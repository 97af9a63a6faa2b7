//! The parts that every use case works with, put together once by the binary.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{Timestamp, ZonedDateTime};
use train::calendar::Changes;
use train::differences::{self, Difference};
use train::facts::{Look, SeenFence};
use train::id::{PersonName, RepoName};
use train::notes::embargo::Embargoed;
use train::people::{Actor, Role};
use train::pushes::Train;
use train::refusal::{Code, Refusal};
use train::settings::{Addresses, Repo, Settings};
use train::state::State;

use crate::failure::Result;
use crate::journal::{self, Journal, Seen};
use crate::looking::Looking;
use crate::outgoing::Outgoing;
use crate::ports::{
    Artifacts, Clock, Deploys, Guesser, Ident, Ledger, Observation, Programs, Progress, Repository,
    SecurityRepository, SharedTexts, Stamp, Typing, Versions,
};
use crate::remembered::{Looks, Remembered};

/// Of how many pushes the tags are kept with a look: most of a year of weekly ones.
pub(crate) const KEPT_PUSHES: usize = 40;

/// A repository aboard, with its private twin where there is one.
#[derive(Clone)]
pub struct Aboard {
    /// Its settings.
    pub settings: Repo,
    /// Its public side.
    pub repo: Arc<dyn Repository>,
    /// Its private side.
    pub security: Option<Arc<dyn SecurityRepository>>,
}

/// Everything a use case needs.
#[derive(Clone)]
pub struct Conductor {
    /// What the team configured.
    pub settings: Arc<Settings>,
    /// The record.
    pub ledger: Arc<dyn Ledger>,
    /// The repositories, in the order of the run sheet.
    pub aboard: Vec<Aboard>,
    /// What services run.
    pub versions: Arc<dyn Versions>,
    /// The team's own programs.
    pub programs: Arc<dyn Programs>,
    /// What is built from tags.
    pub artifacts: Arc<dyn Artifacts>,
    /// The programs that deploy.
    pub deploys: Arc<dyn Deploys>,
    /// What people are shown beside a push.
    pub addresses: Arc<Addresses>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Whether the clock was set by hand (`PUSHDUTY_NOW`).
    pub clock_set: bool,
    /// Whether every remote is a local path.
    pub all_local: bool,
    /// Who acts; roles as configured, before duty is added.
    pub actor: Actor,
    /// How objects made for the actor are signed.
    pub ident: Ident,
    /// Who is asked when somebody looks.
    pub looking: Looking,
    /// Who is told what goes on.
    pub progress: Arc<dyn Progress>,
    /// Who counts the commits that the actor's words name; none where commands are run by whoever has the record itself.
    pub guesser: Option<Arc<dyn Guesser>>,
    /// This machine's name, for people.
    pub node: String,
    /// Absences read from external calendars, beside those in the ledger.
    pub absences: Vec<train::changes::Absence>,
    /// Holidays read from external calendars, by day.
    pub holidays: Vec<(jiff::civil::Date, String)>,
    /// The texts that several people write at once.
    pub texts: Arc<dyn SharedTexts>,
    /// What people are typing in pages.
    pub typing: Arc<dyn Typing>,
    /// What a push's notes begin as, or why that can't be read.
    pub template: Result<String>,
    /// Where work trees for conflicts are opened.
    pub scratch: std::path::PathBuf,
    /// Where announcements go.
    pub outgoing: Arc<Outgoing>,
    /// How long to wait for another process that writes.
    pub patience: Duration,
    /// What was read of the record last.
    pub remembered: Arc<Remembered>,
    /// Whether a server asks, to which anybody may come.
    pub serves: bool,
}

impl Conductor {
    /// The same, with `progress` told what goes on: what upstreams say to git is part of it, what security remotes say never
    /// is (P9).
    #[must_use]
    pub fn telling(mut self, progress: Arc<dyn Progress>) -> Self {
        for aboard in &mut self.aboard {
            aboard.repo = aboard.repo.told_to(&progress);
        }
        self.progress = progress;
        self
    }

    /// The same, with the commits counted that somebody names in what they say.
    #[must_use]
    pub fn counting(self, guesser: Option<Arc<impl Guesser + 'static>>) -> Self {
        let guesser = guesser.map(|guesser| guesser as Arc<dyn Guesser>);
        Self { guesser, ..self }
    }

    /// Now, in the train's zone; never before the ledger's last entry.
    #[must_use]
    pub fn now(&self, state: &State) -> Timestamp {
        let now = self.clock.now();
        state.last_at.map_or(now, |last| last.max(now))
    }

    /// The train as it stands now, by what was decided and what the remotes showed.
    #[must_use]
    pub(crate) fn train<'t>(&'t self, state: &'t State, looks: &'t Looks) -> Train<'t> {
        Train { settings: &self.settings, state, looks, now: self.now(state) }
    }

    /// A time in the train's zone.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> ZonedDateTime {
        at.to_zoned_datetime(self.settings.timetable.zone())
    }

    /// Committer and time for objects made now.
    #[must_use]
    pub fn stamp(&self, at: Timestamp) -> Stamp {
        Stamp { by: self.ident.clone(), at, offset: self.local(at).offset().seconds() }
    }

    /// Where a repository stands on the run sheet.
    #[must_use]
    pub(crate) fn rank(&self, name: &RepoName) -> usize {
        self.settings.repos.iter().position(|r| &r.name == name).unwrap_or(usize::MAX)
    }

    /// The repository of that name.
    pub fn aboard(&self, name: &RepoName) -> Result<&Aboard> {
        train::cut::check_names(&self.settings, [name.clone()])?;
        self.aboard.iter().find(|a| &a.settings.name == name).ok_or_else(|| {
            Refusal::new(
                Code::NotFound,
                format!("{name} is not open"),
                "name one of the configured repositories",
            )
            .in_repo(name)
        })
    }

    /// The state, for looking: a ledger that has not begun gives an empty one.
    pub async fn state(&self) -> Result<Arc<State>> {
        journal::check_clock(self.clock_set, self.ledger.identity().rehearsal, self.all_local)?;
        if let Some(known) = self.remembered.state(&self.ledger.head().await?) {
            return Ok(self.as_read(known));
        }
        let Seen { mut state, head } = journal::read(self.ledger.as_ref()).await?;
        if state.began.is_none() {
            let began = self.local(self.clock.now()).date();
            state.changes = Changes::since(began);
            return Ok(Arc::new(self.with_external(state)));
        }
        Ok(self.as_read(self.remembered.keep_state(head, self.with_external(state))))
    }

    /// The state with what external calendars say: known while planning, never recorded.
    pub(crate) fn with_external(&self, mut state: State) -> State {
        state.changes.edit().absences.extend(self.absences.iter().cloned());
        state
    }

    /// Opens the ledger for writing: takes the lock, begins the ledger if need be, notes a changed configuration, and what
    /// people typed meanwhile: whoever acts has all of it before them.
    pub async fn journal(&self) -> Result<Journal> {
        let mut journal = self.journal_before_typed().await?;
        self.record_typed(&mut journal).await;
        Ok(journal)
    }

    /// The same without what people typed.
    pub(crate) async fn journal_before_typed(&self) -> Result<Journal> {
        let mut journal = self.journal_alone().await?;
        self.outgoing.written();
        self.note_settings(&mut journal).await?;
        self.notice_kept(&mut journal).await?;
        Ok(journal)
    }

    /// The same with nothing noted beside what is to come: takes the lock, and begins the ledger if need be.
    pub(crate) async fn journal_alone(&self) -> Result<Journal> {
        let rehearsal = self.ledger.identity().rehearsal;
        journal::check_clock(self.clock_set, rehearsal, self.all_local)?;
        // It is looked at before the lock is taken: nobody waits for that.
        let embargoed = match self.has_twins() {
            true => self.embargoed().await.ok(),
            false => Some(Embargoed::default()),
        };
        let opened = Journal::open(Arc::clone(&self.ledger), self.actor.clone(), self.patience);
        let mut journal = opened.await?.keeping(embargoed);
        let at = self.now(journal.state());
        journal::begin(&mut journal, at, self.local(at).date(), rehearsal).await?;
        Ok(journal)
    }

    async fn note_settings(&self, journal: &mut Journal) -> Result<()> {
        let digest = self.settings.digest();
        if journal.state().settings.as_deref() == Some(digest.as_str()) {
            return Ok(());
        }
        let changes = self.settings.differences(journal.state().configured.as_deref());
        let settings = Box::new((*self.settings).clone());
        let event = train::event::Event::Configured { digest, changes, settings };
        journal.append(self.now(journal.state()), vec![event]).await
    }

    /// The actor with what admins gave them and with what duty adds: the hero on duty holds the security role from the day before the cut until the
    /// push is over, and the hero's.
    #[must_use]
    pub fn acting(&self, state: &State) -> Actor {
        let mut actor = self.actor.clone();
        actor.roles.extend(state.given.of(&self.settings, &actor.name));
        if self.on_duty(state).is_some_and(|hero| hero.as_str() == actor.name) {
            actor.roles.extend([Role::Hero, Role::Security]);
        }
        actor
    }

    /// Refuses unless the actor holds one of these roles: asked before anything is written, settled or pushed.
    pub(crate) async fn must_hold(&self, roles: &[Role], to: &str) -> Result<()> {
        self.acting(&*self.state().await?).must_hold(roles, to)
    }

    /// Who is on duty now, if now is between the day before a cut and that push's end.
    #[must_use]
    pub fn on_duty(&self, state: &State) -> Option<PersonName> {
        let now = self.now(state);
        let coming = train::calendar::next(
            &self.settings.timetable,
            &self.settings.rotation,
            &state.changes,
            now,
        )?;
        let from = coming.cut_at.date().yesterday().ok()?;
        let begins = from.to_zoned_datetime(self.settings.timetable.zone()).ok()?;
        if now >= begins.timestamp() {
            return coming.hero;
        }
        // Between a departure and the next cut, the last push's hero still has it until it is finished.
        state
            .pushes
            .iter()
            .next_back()
            .filter(|(push, _)| state.over(**push).is_none())
            .and_then(|(_, p)| p.hero.clone())
    }

    /// Asks every repository's upstream at once, and keeps what was seen.
    pub async fn look(&self, only: &[RepoName]) -> BTreeMap<RepoName, Result<Look>> {
        if self.remembers() {
            return self.remembered_looks(only).await;
        }
        let at = self.clock.now();
        let chosen =
            self.aboard.iter().filter(|a| only.is_empty() || only.contains(&a.settings.name));
        let looks = chosen.map(|aboard| async move {
            let name = aboard.settings.name.clone();
            self.progress.step(&name, "fetching");
            let look = self.seen_repo(&name, aboard.repo.fetch(at)).await;
            let look = look.map_err(|f| f.in_repo(&name));
            self.progress.done(&name, if look.is_ok() { "fetched" } else { "not reached" });
            (name, look)
        });
        let mut looks: BTreeMap<RepoName, Result<Look>> =
            join_all(looks).await.into_iter().collect();
        let seen = looks.iter().filter_map(|(name, look)| Some((name, look.as_ref().ok()?)));
        if let Err(failure) = self.keep_looks(seen).await {
            looks.values_mut().filter(|look| look.is_ok()).for_each(|l| *l = Err(failure.clone()));
        }
        looks
    }

    /// Keeps what `status` and `schedule` read again: the tags of the newest pushes, so that years of tags cost nothing.
    pub(crate) async fn keep_looks(
        &self,
        looks: impl IntoIterator<Item = (&RepoName, &Look)>,
    ) -> Result<()> {
        let kept = looks.into_iter().map(|(name, look)| {
            let scheme = &self.aboard(name)?.settings.scheme;
            let kept = look.with_tags(scheme.newest_pushes(&look.tags, KEPT_PUSHES));
            let body = serde_json::to_string(&kept).unwrap_or_default();
            Ok(Observation { name: format!("look/{name}"), observed_at: look.observed_at, body })
        });
        self.ledger.observe(kept.collect::<Result<_>>()?).await
    }

    /// The looks as last kept, without asking anybody.
    pub async fn last_looks(&self) -> Result<Arc<Looks>> {
        let kept = self.ledger.observations("look/").await?;
        Ok(self.remembered.looks(kept, |kept| {
            let read = |o: &Observation| {
                let name = o.name.strip_prefix("look/")?.parse().ok()?;
                Some((name, serde_json::from_str(&o.body).ok()?))
            };
            kept.iter().filter_map(read).collect()
        }))
    }

    /// Records what remotes show otherwise than the ledger has it: each difference once (P2, P15).
    pub(crate) async fn notice(
        &self,
        journal: &mut Journal,
        looks: &BTreeMap<RepoName, Look>,
    ) -> Result<()> {
        self.notice_by(journal, looks, differences::of).await
    }

    /// The same of what commands saw that only look: they write nothing, and leave it to the next one that does.
    async fn notice_kept(&self, journal: &mut Journal) -> Result<()> {
        let looks = self.last_looks().await?;
        self.notice_by(journal, &looks, differences::by_then).await
    }

    async fn notice_by(
        &self,
        journal: &mut Journal,
        looks: &BTreeMap<RepoName, Look>,
        judged: fn(&State, &Repo, &Look) -> Vec<Difference>,
    ) -> Result<()> {
        let state = journal.state();
        let aboard =
            looks.iter().filter_map(|(name, look)| Some((self.settings.repo(name)?, look)));
        let all = aboard.flat_map(|(repo, look)| judged(state, repo, look));
        let new = all.filter(|difference| !difference.is_known(state));
        let events = new.filter_map(|difference| difference.event()).collect();
        let at = self.now(state);
        journal.append(at, events).await
    }

    /// Refuses a remote that this ledger never published to, under a name that it knows: another team's train of the same name,
    /// most likely. A remote that has moved brings its fence along, or is taken on by `adopt`.
    fn is_this_train(&self, repo: &RepoName, state: &State) -> Result<()> {
        let upstream = |settings: &Settings| settings.repo(repo).map(|repo| repo.upstream.clone());
        let before = state.published_to.get(repo);
        if before.is_none() || before == upstream(&self.settings).as_ref() {
            return Ok(());
        }
        Err(Refusal::new(
            Code::Configuration,
            format!(
                "the state kept for the train {} is of another one of that name, whose {repo} is {}",
                self.settings.train,
                train::id::quoted(before.map_or("", String::as_str))
            ),
            "give this train another name, or a folder of its own with --data; if the remote has moved, `pushduty adopt --because TEXT` takes it on",
        )
        .in_repo(repo))
    }

    /// What the ledger has by now. Read after a look, it has whatever another process of ours had published by then: what
    /// fences are checked against.
    pub(crate) async fn recorded_by_now(&self) -> Result<State> {
        Ok(journal::read(self.ledger.as_ref()).await?.state)
    }

    /// Refuses unless the fence seen in `repo` is free or ours (P12), and names nothing that our ledger lacks (P10).
    /// `recorded` is what the ledger had after the look.
    pub(crate) async fn check_fence(
        &self,
        repo: &RepoName,
        fence: Option<&SeenFence>,
        recorded: &State,
    ) -> Result<()> {
        let ledger = &self.ledger.identity().id;
        let has_head = match fence.and_then(|seen| seen.body.as_ref()) {
            Some(body) if &body.ledger == ledger => {
                self.ledger.seq_of(&body.head.hash).await?.is_some()
            }
            _ => false,
        };
        if fence.is_none() && recorded.fenced.contains_key(repo) {
            self.is_this_train(repo, recorded)?;
        }
        let ours = train::fence::Ours { ledger, has_head, state: recorded };
        train::fence::check(repo, fence, ours).map_err(|r| r.in_repo(repo))
    }
}
