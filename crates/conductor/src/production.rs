//! What deserves a word about production: a tag that no start allowed, a blocker that came after the start, tags of earlier
//! pushes that were rolled back and not cleared.

use train::attempt::Leaving;
use train::id::{PushDate, quoted};
use train::pushes::Train;

use crate::run_sheet::is_live;
use crate::view::{EnvironmentView, RepoStatus, StatusView};

/// All of it, a sentence each, without full stops.
pub(crate) fn remarks(train: &Train<'_>, view: &StatusView) -> Vec<String> {
    let Some(push) = view.push else { return Vec::new() };
    let mut remarks = unstarted(train, push, &view.repos, &view.environments);
    let day = train.state.days.of(push);
    if day.attempt().is_some() {
        let late = view.blockers.iter().filter(|blocker| blocker.open && blocker.holds);
        remarks.extend(late.map(|late| {
            format!("{} is open though the push has started: {}", late.id, quoted(&late.text))
        }));
    }
    let earlier = train.state.days.newest_first().filter(|(date, _)| *date < push);
    remarks.extend(earlier.flat_map(|(date, day)| day.bad.iter().map(move |b| b.warning(date))));
    remarks
}

/// Tags that we gave and that production shows, though they left with no attempt (P15).
fn unstarted(
    train: &Train<'_>,
    push: PushDate,
    repos: &[RepoStatus],
    environments: &[EnvironmentView],
) -> Vec<String> {
    let attempts = &train.state.days.of(push).attempts;
    let left = |repo: &RepoStatus, tag: &str| {
        let mut leaving = attempts.iter().flat_map(|attempt| &attempt.leaving);
        leaving.any(|one| one.repo == repo.name && one.tag == tag)
    };
    let given = |repo: &RepoStatus, tag: &str| {
        let known = train.state.pushes.get(&push).and_then(|known| known.tags.get(&repo.name));
        known.into_iter().flatten().any(|given| given.tag.tag == tag)
    };
    let finished = train.state.over(push).is_some();
    let tagged = repos.iter().filter(|repo| !repo.stays && !finished);
    tagged
        .flat_map(|repo| repo.tags.iter().map(move |tag| (repo, tag)))
        .filter(|(repo, tag)| given(repo, tag) && !left(repo, tag))
        .filter_map(|(repo, tag)| {
            let (object, commit) = (repo.tag_object.clone()?, repo.commit.clone()?);
            let (name, tag) = (repo.name.clone(), tag.clone());
            let one = Leaving { repo: name, tag, object, commit, from: None };
            is_live(environments, &one).then(|| {
                format!("production shows {} {}, which no start allowed", one.repo, one.tag)
            })
        })
        .collect()
}
