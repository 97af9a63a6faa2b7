//! `ask`: a pick that somebody wants goes into the notes, and whoever asks is told at once what it comes to. And the no.

use std::collections::BTreeMap;

use train::asks::{AskState, Trial};
use train::command::{AskName, RepoCommit, Writing};
use train::facts::{Commit, Look};
use train::id::{PushDate, RepoName, quoted};
use train::links::{self, Target};
use train::notes::{Ask, SectionKind};
use train::pushes::Train;
use train::reason::unsaid;
use train::refusal::{Code, Refusal};
use train::state::State;

use super::gather::{Written, declined};
use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;
use crate::notes::{NotesPlan, Sheet, plan};
use crate::pick::no_commit;
use crate::view::{AskView, Moment};

impl Conductor {
    /// Looks at the repositories that an ask may be of: what was pushed a moment ago is there to be asked for.
    pub(crate) async fn look_for_ask(&self, writing: &Writing) -> Result<()> {
        let Writing::Ask { commit, .. } = writing else { return Ok(()) };
        let only: Vec<RepoName> = commit.repo.iter().cloned().collect();
        train::cut::check_names(&self.settings, only.iter().cloned())?;
        let kept = self.last_looks().await?;
        for (repo, look) in self.look(&only).await {
            // What was seen before is as good for what it had.
            if let (Err(refusal), false) = (look, kept.contains_key(&repo)) {
                return Err(refusal);
            }
        }
        Ok(())
    }

    /// The page with one more ask.
    pub(crate) async fn with_ask(
        &self,
        train: &Train<'_>,
        sheet: &Sheet,
        named: &RepoCommit,
        why: Option<&str>,
    ) -> Result<NotesPlan> {
        let (repo, commit) = self.asked_for(train, named).await?;
        let target = Target::Commit(commit.id.to_string());
        let open =
            self.asks_tried(train, &self.read_sheet(sheet)?).await?.into_iter().find(|(ask, _)| {
                ask.state.is_open()
                    && ask.repo.as_ref() == Some(&repo)
                    && ask.commit.as_ref() == Some(&commit.id)
            });
        let name = format!("{repo}@{}", commit.id.short());
        if let Some((ask, _)) = open {
            let words = format!("{name} is asked for already, by {}: {}", ask.by, ask.says);
            let item = ask.id.as_deref().and_then(|id| id.parse().ok());
            return Ok(NotesPlan {
                asks: vec![ask],
                item,
                ..plan(sheet, sheet.text.clone(), words)
            });
        }
        let trial = self.tried_beside(train, sheet, &repo, target.clone()).await?;
        let ask = self.new_view(&repo, &commit, why, &trial, train);
        if trial.state == AskState::Contained {
            let words = format!("{name} needs no pick: {}", trial.says);
            return Ok(NotesPlan { asks: vec![ask], ..plan(sheet, sheet.text.clone(), words) });
        }
        let link = self.settings.repo(&repo).and_then(|r| links::commit(r, commit.id.as_str()));
        let what = match link {
            Some(link) => format!("[{name}]({link})"),
            None => format!("{repo}@{}", commit.id),
        };
        let text = match why.map(str::trim).filter(|why| !why.is_empty()) {
            Some(why) => format!("{what} {why}"),
            None => what,
        };
        let written = self.with_item(sheet, SectionKind::Picks, &text, None)?;
        let words = format!("{name} {} is asked for in {}", quoted(&commit.subject), sheet.push);
        Ok(NotesPlan { asks: vec![ask], words, ..written })
    }

    /// What an ask comes to beside those of the page.
    async fn tried_beside(
        &self,
        train: &Train<'_>,
        sheet: &Sheet,
        repo: &RepoName,
        target: Target,
    ) -> Result<Trial> {
        let others = self.written_asks(train, &self.read_sheet(sheet)?).into_iter();
        let open = others.filter(|one| one.is_tried() && one.ask.repo.as_ref() == Some(repo));
        let mut targets: Vec<Target> = Vec::new();
        for what in open.map(|one| one.ask.what).chain([target.clone()]) {
            if !targets.contains(&what) {
                targets.push(what);
            }
        }
        let trials = self.tried_in(train, sheet.push, repo, &targets).await;
        let mut both = targets.iter().zip(trials);
        let own = both.find(|(what, _)| **what == target).map(|(_, trial)| trial);
        Ok(own.unwrap_or_else(|| Trial::of(AskState::Untried, "not tried")))
    }

    fn new_view(
        &self,
        repo: &RepoName,
        commit: &Commit,
        why: Option<&str>,
        trial: &Trial,
        train: &Train<'_>,
    ) -> AskView {
        AskView {
            id: None,
            repo: Some(repo.clone()),
            commit: Some(commit.id.clone()),
            pull_request: None,
            asked: format!("{repo}@{}", commit.id),
            why: why.unwrap_or_default().to_owned(),
            by: self.actor.name.clone(),
            at: Moment(self.local(train.now)),
            state: trial.state,
            says: trial.says.clone(),
            line: None,
            put_off: Vec::new(),
        }
    }

    /// The one commit that is asked for, in the repository that has it. Merges are refused with their own commits.
    async fn asked_for(&self, train: &Train<'_>, named: &RepoCommit) -> Result<(RepoName, Commit)> {
        let looked: BTreeMap<RepoName, Result<Look>> =
            train.looks.iter().map(|(name, look)| (name.clone(), Ok(look.clone()))).collect();
        let (repo, found) = match named.commit.strip_prefix('#').map(str::parse) {
            Some(Ok(number)) => self.brought_by_pull(train, named, number).await?,
            _ => {
                let (repo, found) = self.find(named, &looked).await?;
                let found = self.without_merges(self.aboard(&repo)?, &named.commit, found).await?;
                (repo, found)
            }
        };
        match <[Commit; 1]>::try_from(found) {
            Ok([commit]) => Ok((repo, commit)),
            Err(several) => {
                let names: Vec<String> =
                    several.iter().take(12).map(|c| format!("{repo}:{}", c.id.short())).collect();
                Err(Refusal::new(
                    Code::Usage,
                    format!("{} are {} commits", quoted(&named.commit), several.len()),
                    format!("ask for each: {}", names.join(", ")),
                ))
            }
        }
    }

    /// What a pull request brought, in the one repository named, or the only one aboard.
    async fn brought_by_pull(
        &self,
        train: &Train<'_>,
        named: &RepoCommit,
        number: u64,
    ) -> Result<(RepoName, Vec<Commit>)> {
        let repo = match (&named.repo, &self.aboard[..]) {
            (Some(repo), _) => repo.clone(),
            (None, [only]) => only.settings.name.clone(),
            (None, _) => {
                let what = format!("#{number} could be of any repository");
                return Err(Refusal::new(
                    Code::Ambiguous,
                    what,
                    "say which: REPO:#12, or the link",
                ));
            }
        };
        let aboard: &Aboard = self.aboard(&repo)?;
        let main = train.looks.get(&repo).and_then(|look| look.main.clone());
        let found = match main {
            Some(main) => self.of_pull(aboard, &main, number).await?,
            None => return Err(no_commit(&named.commit)),
        };
        found.map(|commits| (repo.clone(), commits)).map_err(|trial| {
            let hint = "ask when it is merged, or put its link under To pick";
            Refusal::new(Code::NoSuchCommit, trial.says, hint).in_repo(&repo)
        })
    }

    /// A no to an ask: its raiser, the hero, QA and ops may say it.
    pub(crate) fn with_decline(
        &self,
        train: &Train<'_>,
        sheet: &Sheet,
        named: &AskName,
        because: Option<&str>,
    ) -> Result<NotesPlan> {
        let all = self.written_asks(train, &self.read_sheet(sheet)?);
        let found: Vec<&Written> = all.iter().filter(|one| one.is_meant(named)).collect();
        let one = one_of(&found, sheet, &all)?;
        let (id, push) = (one.item, sheet.push);
        let what = match &one.ask.repo {
            Some(repo) => format!("{id}, {repo}@{}", short(&one.ask)),
            None => format!("{id}, {}", quoted(&one.asked)),
        };
        self.may_decline(train.state, push, one, &what)?;
        if let Some(settled) = one.settled() {
            let words = format!("{what}, of {push} is settled already: {}", settled.says);
            return Ok(NotesPlan { item: Some(id), ..plan(sheet, sheet.text.clone(), words) });
        }
        let of = match named {
            AskName::Item(_) => (None, String::new()),
            AskName::Commit(_) => (one.ask.repo.clone(), one.ask.name()),
        };
        let because = because.ok_or_else(unsaid)?;
        let event = declined((push, sheet.key), id, of, because);
        let words = format!("no to {what}, of {push}: {because}");
        Ok(NotesPlan {
            item: Some(id),
            event: Some(event),
            ..plan(sheet, sheet.text.clone(), words)
        })
    }

    fn may_decline(&self, state: &State, push: PushDate, one: &Written, what: &str) -> Result<()> {
        let actor = self.acting(state);
        if self.settles(state, push) || one.by == actor.name {
            return Ok(());
        }
        Err(Refusal::new(
            Code::NotAllowed,
            format!("{} may not decline {what}", quoted(&actor.name)),
            format!("ask {}, who asked for it, the hero, QA or ops", one.by),
        ))
    }
}

fn short(ask: &Ask) -> String {
    ask.name().chars().take(10).collect()
}

/// The one ask that is meant: of the same commit in several lines the first that is open.
fn one_of<'w>(found: &[&'w Written], sheet: &Sheet, all: &[Written]) -> Result<&'w Written> {
    if let Some(one) = found.iter().find(|one| one.settled().is_none()).or(found.first()) {
        return Ok(one);
    }
    let open: Vec<String> = all
        .iter()
        .filter(|one| one.settled().is_none())
        .take(12)
        .map(|one| format!("{} {}", one.item, quoted(&one.asked)))
        .collect();
    let hint = match open.is_empty() {
        true => "nobody asks for a pick there".to_owned(),
        false => format!("there are {}", open.join(", ")),
    };
    let what = format!("nobody asks for that in the notes of {}", sheet.push);
    Err(Refusal::new(Code::NotFound, what, hint))
}
