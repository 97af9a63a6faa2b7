//! What happens to one repository in a cut, and every reason for which it gets no tag.

use super::{Cut, Fate, RepoFacts, SecurityFacts, newest, next_tag, stays};
use crate::command::{RepoCommit, TagWish};
use crate::facts::Picked;
use crate::id::{Oid, RepoName};
use crate::intent::PickRecord;
use crate::refusal::{Code, Refusal};
use crate::security::diverged;
use crate::settings::Repo;

/// What happens to `repo`.
pub(super) fn of(cut: &Cut<'_>, repo: &Repo, facts: &RepoFacts) -> Result<Fate, Refusal> {
    if let Some(why) = &facts.earlier.unknown {
        return Ok(Fate::Unknown(why.clone()));
    }
    let look = facts.look.as_ref().map_err(Clone::clone)?;
    let there = newest(repo, look, cut.push);
    if stays(cut.state, cut.wish, cut.push, &repo.name) {
        return match there {
            Some((_, tag, _)) => Err(Refusal::new(
                Code::Refused,
                format!("{} has the tag {tag} for this push, so it can't stay", repo.name),
                "leave --stay out, or `pushduty cancel` the push",
            )),
            None => Ok(Fate::Stays { tag: facts.base.tag.as_ref().map(|(name, _)| name.clone()) }),
        };
    }
    let target = facts.target.as_ref().map_err(Clone::clone)?;
    if let Some((_, tag, commit)) = &there
        && !cut.wish.again
    {
        if *commit == target.commit || cut.unfinished || was_asked_for(cut, repo, facts, tag) {
            return Ok(Fate::Already { tag: tag.clone(), commit: commit.clone() });
        }
        let (there, asked) = (commit.short(), target.commit.short());
        let what = if look.main.as_ref() == Some(&target.commit) {
            format!("{} has moved on to {asked}", look.branch)
        } else {
            format!("{asked} is another commit")
        };
        return Err(Refusal::new(
            Code::Refused,
            format!("{tag} is on {there} already and {what}"),
            format!(
                "`pushduty tag --again` makes the next suffix there; `pushduty pick COMMIT` takes single commits onto {tag}"
            ),
        ));
    }
    if let Some((_, tag, commit)) = &there
        && *commit == target.commit
        && cut.wish.because.is_none()
    {
        if cut.moved_on {
            return Ok(Fate::Already { tag: tag.clone(), commit: commit.clone() });
        }
        return Err(Refusal::new(
            Code::Refused,
            format!("{tag} is on this very commit ({})", commit.short()),
            "say why it needs another tag: --again --because \"kick the build\"",
        ));
    }
    security(cut.wish, &repo.name, &facts.security)?;
    carried(cut.wish, repo, facts)?;
    let suffixed = target.from.is_some();
    Ok(Fate::Tag {
        tag: next_tag(cut.state, repo, look, cut.push, suffixed)?,
        target: target.clone(),
    })
}

/// Whether `tag` is what an earlier run was asked for, which this one ends: wherever main has gone since. What is named by
/// `--at` is another commit; what is put on a tag are the same commits, made at another time.
fn was_asked_for(cut: &Cut<'_>, repo: &Repo, facts: &RepoFacts, tag: &str) -> bool {
    let (true, Ok(target), Ok(look)) = (cut.resumed, &facts.target, &facts.look) else {
        return false;
    };
    if target.from.is_none() {
        return look.main.as_ref() == Some(&target.commit);
    }
    let pushes = cut.state.pushes.get(&cut.push);
    let given = pushes.and_then(|push| push.tags.get(&repo.name)).into_iter().flatten();
    let mut known = given.map(|given| &given.tag).chain(&facts.earlier.begun);
    let commits = |picks: &[PickRecord]| picks.iter().map(|p| p.commit.clone()).collect::<Vec<_>>();
    known.any(|known| known.tag == tag && commits(&known.picks) == commits(&target.picks))
}

/// P1 and the reviewed fixes: both stop a cut. Whoever lacks the role hears the same sentence whatever there is.
fn security(wish: &TagWish, repo: &RepoName, facts: &SecurityFacts) -> Result<(), Refusal> {
    let because = "--without-security --because TEXT cuts without them, and is recorded";
    match facts {
        SecurityFacts::NotSetUp => Ok(()),
        SecurityFacts::Hidden { .. } | SecurityFacts::Unreachable(_) if wish.without_security => {
            Ok(())
        }
        SecurityFacts::Hidden { ask } => {
            let who = ask
                .as_ref()
                .map_or_else(|| "someone with the security role".to_owned(), ToString::to_string);
            Err(Refusal::new(
                Code::Refused,
                format!("security: ask {who}"),
                format!("{who} can tell whether anything waits; {because}"),
            ))
        }
        SecurityFacts::Unreachable(refusal) => Err(refusal.clone()),
        SecurityFacts::Seen { ahead, .. } if *ahead > 0 => Err(diverged(repo, *ahead)),
        SecurityFacts::Seen { waiting, .. }
            if !waiting.is_empty() && !wish.without_security && !wish.with_security =>
        {
            let numbers: Vec<String> = waiting.iter().map(ToString::to_string).collect();
            Err(Refusal::new(
                Code::Refused,
                format!("reviewed security branches are not merged yet: {}", numbers.join(", ")),
                format!("`pushduty security merge` merges them; {because}"),
            ))
        }
        SecurityFacts::Seen { .. } => Ok(()),
    }
}

/// P6: what production runs by pick or revert, and what the tag has that this one replaces, must be in the new tag, unless a
/// person names what to leave.
fn carried(wish: &TagWish, repo: &Repo, facts: &RepoFacts) -> Result<(), Refusal> {
    let lost: Vec<&Picked> = facts
        .uncarried
        .iter()
        .filter(|p| !wish.leave.iter().any(|l| leaves(l, &repo.name, p)))
        .collect();
    if lost.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = lost
        .iter()
        .map(|p| format!("{} {}", p.made.id.short(), crate::id::quoted(&p.made.subject)))
        .collect();
    Err(Refusal::new(
        Code::Refused,
        format!("the new tag would drop what is on a tag already: {}", list.join(", ")),
        format!(
            "`pushduty pick` adds to a tag and keeps what it has; else bring it to main first, or name what may go: --leave {} --because TEXT",
            lost[0].made.id.short()
        ),
    ))
}

/// Whether `--leave` names what a tag would drop: the commit on the tag, the one it was picked from, or the one it reverts.
pub(crate) fn leaves(leave: &RepoCommit, repo: &RepoName, picked: &Picked) -> bool {
    let names = |id: &Oid| leave.commit.len() >= 4 && id.as_str().starts_with(&leave.commit);
    leave.repo.as_ref().is_none_or(|of| of == repo)
        && (names(&picked.made.id)
            || picked.origin.as_ref().is_some_and(names)
            || picked.reverts.as_ref().is_some_and(names))
}
