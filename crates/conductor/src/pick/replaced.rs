//! What the tag that a new one replaces has: picks go onto another where production runs an older one, or where somebody
//! deleted the newest (P6).

use train::cut;
use train::facts::{Look, Picked};
use train::id::{Oid, PushDate, quoted};
use train::refusal::{Code, Refusal};
use train::state::State;
use train::tag::Revision;

use crate::bench::Order;
use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;

/// What a tag has that the tip which is built on lacks.
#[derive(Debug, Clone)]
pub(super) struct Replaced {
    /// The tag.
    tag: String,
    /// Its picks and reverts, without those that the order names to be left.
    lost: Vec<Picked>,
}

impl Conductor {
    /// The newest tag of `push` that upstream shows or that was given, with its commit.
    pub(crate) fn newest_known(
        &self,
        state: &State,
        aboard: &Aboard,
        look: &Look,
        push: PushDate,
    ) -> Option<(Revision, String, Oid)> {
        let repo = &aboard.settings;
        let given = state.pushes.get(&push).and_then(|p| p.tags.get(&repo.name));
        let given = given.into_iter().flatten().filter_map(|given| {
            let revision = repo.scheme.parse(&given.tag.tag)?;
            Some((revision, given.tag.tag.clone(), given.tag.commit.clone()))
        });
        given.chain(cut::newest(repo, look, push)).max_by_key(|(revision, ..)| *revision)
    }

    /// What a newer tag than the one at `tip` has and `tip` lacks. What the order drops of it is left, and no longer looked
    /// for on the tip.
    pub(super) async fn replaced(
        &self,
        (state, push): (&State, PushDate),
        aboard: &Aboard,
        look: &Look,
        tip: &Oid,
        order: &mut Order,
    ) -> Result<Option<Replaced>> {
        let Some((_, tag, newest)) = self.newest_known(state, aboard, look, push) else {
            return Ok(None);
        };
        if &newest == tip {
            return Ok(None);
        }
        let mut lost = self.uncarried(aboard, Some(&newest), tip).await?;
        // A newer tag of main has newer commits of main: they are no picks, and come with main.
        let made: Vec<Oid> = lost.iter().map(|p| p.made.id.clone()).collect();
        let picks = match &look.main {
            Some(main) => aboard.repo.outside(main, &made).await?,
            None => made,
        };
        lost.retain(|p| picks.contains(&p.made.id));
        let names = |id: &Oid, p: &Picked| p.is_of(id) || p.reverts.as_ref() == Some(id);
        let (left, drop): (Vec<_>, Vec<_>) = std::mem::take(&mut order.drop)
            .into_iter()
            .partition(|commit| lost.iter().any(|p| names(&commit.id, p)));
        order.drop = drop;
        lost.retain(|p| !left.iter().any(|commit| names(&commit.id, p)));
        Ok(Some(Replaced { tag, lost }))
    }
}

impl Replaced {
    /// Refuses where a new tag at `made` would drop something.
    pub(super) async fn carried_by(&self, aboard: &Aboard, made: &Oid) -> Result<()> {
        let lost = aboard.repo.uncarried(made, &self.lost).await?;
        let Some(first) = lost.first() else { return Ok(()) };
        let shown = lost
            .iter()
            .take(3)
            .map(|p| format!("{} {}", p.made.id.short(), quoted(&p.made.subject)));
        let more =
            if lost.len() > 3 { format!(" and {} more", lost.len() - 3) } else { String::new() };
        let shown: Vec<String> = shown.collect();
        let message =
            format!("the new tag would drop what {} has: {}{more}", self.tag, shown.join(", "));
        let name = first.origin.as_ref().unwrap_or(&first.made.id).short().to_owned();
        let hint = format!(
            "pick it too, or name each that may go: --drop {}:{name} --because TEXT",
            aboard.settings.name
        );
        Err(Refusal::new(Code::Refused, message, hint).in_repo(&aboard.settings.name))
    }
}
