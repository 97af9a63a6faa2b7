//! What somebody else did to the tags that a push rests on, as its gates are judged by (P2, P8).

use train::gates::MovedTags;
use train::id::PushDate;
use train::settings::PRODUCTION;

use crate::conductor::Conductor;
use crate::gates::Seen;
use crate::view::RepoStatus;

impl Conductor {
    /// What somebody did to the tags that a push rests on: to the one that leaves, or a newer one of it; to its base, to what
    /// production shows and to what stays there.
    pub(crate) fn moved_of(&self, seen: Seen<'_>, push: PushDate, repo: &RepoStatus) -> MovedTags {
        let revision = |name: &str| self.settings.repo(&repo.name)?.scheme.parse(name);
        let newest = repo.tags.last().and_then(|tag| revision(tag));
        let production = seen.environments.iter().filter(|on| on.name == PRODUCTION);
        let services = production.flat_map(|on| &on.services).filter(|on| on.repo == repo.name);
        let running: Vec<&str> =
            services.flat_map(|on| &on.versions).filter_map(|v| v.version.as_deref()).collect();
        let stays_on = repo.tag.as_deref().filter(|_| repo.stays);
        let mut moved = MovedTags::default();
        for difference in seen.differences.iter().filter(|differs| differs.repo == repo.name) {
            let Some(name) = difference.tag() else { continue };
            let of_push = revision(name).filter(|one| one.push == push);
            if of_push.is_some_and(|one| newest.is_none_or(|newest| one >= newest)) {
                moved.leaving = Some(difference.message.clone());
            } else if [repo.base.as_deref(), stays_on].contains(&Some(name))
                || running.contains(&name)
            {
                moved.before = Some(difference.message.clone());
            }
        }
        moved
    }
}
