//! `approve`: signs tags off, after showing what changed since that person's last sign-off; or takes that back (P7).

use std::collections::BTreeMap;

use futures_util::future::join_all;
use train::command::ApproveWish;
use train::cut;
use train::event::Event;
use train::facts::{Comparison, Look};
use train::gates::Security;
use train::id::{Oid, PushDate, RepoName};
use train::links;
use train::people::{Actor, Role};
use train::refusal::{Code, Refusal};
use train::signoff::{self, NewestTag, Signoff, SignoffState, Word};
use train::state::State;
use train::which::Want;

use crate::bound::same_plan;
use crate::conductor::{Aboard, Conductor};
use crate::environments::Answers;
use crate::failure::Result;
use crate::view::{ApproveView, ToSignView};

/// How many of the commits are listed: the newest.
const SHOWN_COMMITS: usize = 20;

/// How many entries are read at once.
const PAGE: usize = 1_000;

/// What somebody reads before they put their name to it.
#[derive(Debug, Clone)]
pub struct SignoffPlan {
    /// The push.
    pub push: PushDate,
    /// In which role.
    pub role: Role,
    /// Whether it is the hero's own word.
    pub own: bool,
    /// The repositories, in the order of the run sheet.
    pub repos: Vec<ToSign>,
    /// What changed in the configuration since their last sign-off, a line each.
    pub configuration: Vec<String>,
    /// The digest of the configuration.
    settings: String,
    looks: BTreeMap<RepoName, Look>,
}

/// One repository's tag.
#[derive(Debug, Clone)]
pub struct ToSign {
    /// The tag.
    pub tag: NewestTag,
    /// Whether they have signed it off already.
    pub already: bool,
    /// What it is compared with: a tag of their last sign-off, or the base; none on a first push.
    pub since: Option<String>,
    /// Whether that is the tag of their last sign-off.
    pub since_signed: bool,
    /// What changed since.
    pub changed: Comparison,
}

impl SignoffPlan {
    /// What `--if` binds: each repository's tag, object and commit, under which configuration.
    #[must_use]
    pub fn digest(&self) -> String {
        let bound: Vec<_> = self
            .repos
            .iter()
            .map(|one| (&one.tag.repo, &one.tag.tag, &one.tag.object, &one.tag.commit))
            .collect();
        train::digest::of(&("approve", self.push, self.role, bound, &self.settings))
    }

    /// Whether there is anything to put one's name to.
    #[must_use]
    pub fn changes_something(&self) -> bool {
        self.repos.iter().any(|one| !one.already)
    }

    fn events(&self, actor: &Actor) -> Vec<Event> {
        let new = self.repos.iter().filter(|one| !one.already);
        let word = |NewestTag { repo, tag, object, commit, tree }: NewestTag| Word {
            role: self.role,
            repo,
            tag,
            object,
            tree: tree.unwrap_or_else(|| commit.clone()),
            commit,
            own: self.own,
            settings: self.settings.clone(),
            proof: actor.proof.clone(),
        };
        new.map(|one| Event::SignedOff { push: self.push, word: Box::new(word(one.tag.clone())) })
            .collect()
    }
}

impl Conductor {
    /// Plans sign-offs without recording any.
    pub async fn plan_signoff(&self, wish: &ApproveWish) -> Result<SignoffPlan> {
        let state = self.state().await?;
        self.signing(&state, wish).await
    }

    /// Signs off: plans again under the lock, and refuses what is not what the person saw (`saw`: that plan's digest).
    pub async fn sign_off(&self, wish: &ApproveWish, saw: Option<&str>) -> Result<SignoffPlan> {
        // Who may not is told so before the lock is taken.
        self.may_sign(&*self.state().await?, wish, None)?;
        let mut journal = self.journal().await?;
        let state = self.with_external(journal.state().clone());
        let plan = self.signing(&state, wish).await?;
        same_plan(saw, &plan.digest())?;
        self.notice(&mut journal, &plan.looks).await?;
        let at = self.now(journal.state());
        journal.append(at, plan.events(&self.actor)).await?;
        Ok(plan)
    }

    /// The role that is meant, and whether it is the hero's own word, where the actor may give it.
    fn may_sign(
        &self,
        state: &State,
        wish: &ApproveWish,
        push: Option<PushDate>,
    ) -> Result<(Role, bool)> {
        let actor = self.acting(state);
        let role = signoff::role_of(&self.settings, &actor, wish.role)?;
        let hero = push.and_then(|push| self.hero_of(state, push));
        let own = signoff::may_sign(&self.settings, &actor, role, hero.as_ref())?;
        Ok((role, own))
    }

    /// Who serves a push: as its cut recorded it, or as the calendar has it.
    pub(crate) fn hero_of(&self, state: &State, push: PushDate) -> Option<train::id::PersonName> {
        let recorded = state.pushes.get(&push).and_then(|known| known.hero.clone());
        recorded.or_else(|| {
            let (timetable, order) = (&self.settings.timetable, &self.settings.rotation);
            train::calendar::departure_of(timetable, order, &state.changes, push)?.hero
        })
    }

    async fn signing(&self, state: &State, wish: &ApproveWish) -> Result<SignoffPlan> {
        self.may_sign(state, wish, None)?;
        cut::check_names(&self.settings, wish.repos.iter().cloned())?;
        let (looked, answers) = self.look_around(&[]).await?;
        let mut looks = BTreeMap::new();
        for (name, look) in looked {
            looks.insert(name, look?);
        }
        let recorded = self.recorded_by_now().await?;
        for (name, look) in &looks {
            self.check_fence(name, look.fence.as_ref(), &recorded).await?;
        }
        let train = self.train(state, &looks);
        let push = train.meant(Want::Cut, wish.push)?;
        let (role, own) = self.may_sign(state, wish, Some(push))?;
        if role == Role::Security {
            self.twins_are_well(push).await?;
        }
        let settings = self.settings.digest();
        let signing = Signing { state, push, role, settings: &settings, answers: &answers };
        let mut tags = Vec::new();
        for repo in train::settings::chosen(&self.settings, &wish.repos) {
            match newest(state, repo, &looks[&repo.name], push) {
                Some(tag) => tags.push(tag),
                None if wish.repos.contains(&repo.name) => return Err(no_tag(&repo.name, push)),
                None => {}
            }
        }
        let repos = tags.into_iter().map(|tag| {
            let look = &looks[&tag.repo];
            async move { self.to_sign(signing, tag, look).await }
        });
        let repos: Vec<ToSign> = join_all(repos).await.into_iter().collect::<Result<_>>()?;
        let configuration = self.configured_since(state, role, &settings).await?;
        Ok(SignoffPlan { push, role, own, repos, configuration, settings, looks })
    }

    /// Refuses to answer for private twins that are not well: whoever asks has the role, and is told why.
    async fn twins_are_well(&self, push: PushDate) -> Result<()> {
        let why = match self.security_seen(push).await? {
            Security::Seen { unwell, late } if unwell.is_empty() && late.is_empty() => {
                return Ok(());
            }
            Security::NotSetUp => "no repository has a security remote".to_owned(),
            Security::Seen { unwell, late } => match unwell.into_iter().next() {
                Some(why) => why,
                None => format!("security's main of {} lags behind", late[0]),
            },
            Security::Hidden { .. } | Security::NotAsked => "they were not asked".to_owned(),
        };
        let hint = "`pushduty security list` shows them, `pushduty security merge` and `pushduty security sync` mend them";
        Err(Refusal::new(Code::Refused, format!("nobody can answer for security now: {why}"), hint))
    }

    async fn to_sign(&self, signing: Signing<'_>, tag: NewestTag, look: &Look) -> Result<ToSign> {
        let Signing { state, push, role, settings, answers } = signing;
        let name = tag.repo.clone();
        let aboard = self.aboard(&name)?;
        let tree = aboard.repo.tree(&tag.commit).await.map_err(|r| r.in_repo(&name))?;
        let tag = NewestTag { tree: Some(tree), ..tag };
        let mine = |s: &&Signoff| s.by == self.actor.name && s.word.role == role;
        let given = state.days.of(push).signoffs.iter().filter(mine);
        let already = given.clone().any(|s| s.state(Some(&tag), settings) == SignoffState::Given);
        let last = self.last_signed(state, role, &name);
        let seen = match last {
            Some(last) => self.changed_since(aboard, &last.word.commit, &tag.commit).await,
            None => None,
        };
        let (since, since_signed, changed) = match (last, seen) {
            (Some(last), Some(changed)) => (Some(last.word.tag.clone()), true, changed),
            _ => {
                let base = self.base(state, &aboard.settings, push, &look.tags, answers).tag;
                let from = base.as_ref().map(|(_, commit)| commit);
                let compared = aboard.repo.compare(from, &tag.commit, SHOWN_COMMITS).await;
                (
                    base.as_ref().map(|(tag, _)| tag.clone()),
                    false,
                    compared.map_err(|r| r.in_repo(&name))?,
                )
            }
        };
        Ok(ToSign { tag, already, since, since_signed, changed })
    }

    /// What changed since a commit; none where that one is not there any more.
    async fn changed_since(&self, aboard: &Aboard, from: &Oid, to: &Oid) -> Option<Comparison> {
        aboard.repo.compare(Some(from), to, SHOWN_COMMITS).await.ok()
    }

    /// The actor's last sign-off of a repository that they did not take back, of whichever push.
    fn last_signed<'s>(
        &self,
        state: &'s State,
        role: Role,
        repo: &RepoName,
    ) -> Option<&'s Signoff> {
        let all = state.days.newest_first().flat_map(|(_, day)| day.signoffs.iter().rev());
        let mut mine = all.filter(|s| s.by == self.actor.name && s.withdrawn.is_none());
        mine.find(|s| s.word.role == role && &s.word.repo == repo)
    }

    /// What changed in the configuration since the actor's last sign-off in a role.
    async fn configured_since(
        &self,
        state: &State,
        role: Role,
        settings: &str,
    ) -> Result<Vec<String>> {
        let mut mine = state
            .days
            .newest_first()
            .flat_map(|(_, day)| day.signoffs.iter().rev())
            .filter(|s| s.by == self.actor.name && s.word.role == role);
        let Some(last) = mine.next().filter(|last| last.word.settings != settings) else {
            return Ok(Vec::new());
        };
        let (mut changes, mut after) = (Vec::new(), 0);
        loop {
            let entries = self.ledger.read(after, PAGE, Some("train")).await?;
            let Some(end) = entries.last() else { break };
            after = end.seq;
            for (_, event) in entries.iter().filter_map(|entry| entry.content.as_ref()) {
                let Event::Configured { digest, changes: lines, .. } = event else { continue };
                // As it was then: what was changed and changed back is no difference.
                match *digest == last.word.settings {
                    true => changes.clear(),
                    false => changes.extend(lines.iter().cloned()),
                }
            }
        }
        changes.extend(self.settings.differences(state.configured.as_deref()));
        Ok(changes)
    }
}

impl Conductor {
    /// What is shown of a plan, before and after.
    #[must_use]
    pub fn signoff_view(&self, plan: &SignoffPlan, done: bool) -> ApproveView {
        ApproveView {
            push: plan.push,
            role: plan.role,
            digest: plan.digest(),
            done,
            own: plan.own,
            configuration: plan.configuration.clone(),
            repos: plan.repos.iter().map(|one| self.to_sign_view(one)).collect(),
        }
    }

    fn to_sign_view(&self, one: &ToSign) -> ToSignView {
        let ToSign { tag, changed, since, .. } = one;
        let repo = self.settings.repo(&tag.repo);
        let link = repo.zip(since.as_deref().filter(|since| *since != tag.tag));
        ToSignView {
            name: tag.repo.clone(),
            tag: tag.tag.clone(),
            tag_object: tag.object.clone(),
            commit: tag.commit.clone(),
            already: one.already,
            since: since.clone(),
            since_signed: one.since_signed,
            compare_url: link.and_then(|(repo, base)| links::compare(repo, base, &tag.tag)),
            commits: changed.commits.iter().map(|commit| self.commit_view(commit)).collect(),
            commit_count: changed.commit_count,
            behind_count: changed.behind_count,
            files: changed.files,
            insertions: changed.insertions,
            deletions: changed.deletions,
            migrations: changed.migrations.clone(),
        }
    }
}

/// What one repository's part of a plan is made from that is the same for all of them.
#[derive(Clone, Copy)]
struct Signing<'a> {
    state: &'a State,
    push: PushDate,
    role: Role,
    settings: &'a str,
    answers: &'a Answers,
}

/// The newest tag of `push` as the remote shows it; none where the repository stays or has none.
fn newest(
    state: &State,
    repo: &train::settings::Repo,
    look: &Look,
    push: PushDate,
) -> Option<NewestTag> {
    if state.pushes.get(&push).is_some_and(|known| known.stays.contains_key(&repo.name)) {
        return None;
    }
    let (_, tag, commit) = cut::newest(repo, look, push)?;
    let object = look.tags.get(&tag)?.object.clone();
    Some(NewestTag { repo: repo.name.clone(), tag, object, commit, tree: None })
}

fn no_tag(repo: &RepoName, push: PushDate) -> Refusal {
    let what = format!("{repo} has no tag of {push} to sign off");
    Refusal::new(Code::WrongState, what, "`pushduty status` shows which repositories have one")
        .in_repo(repo)
}
