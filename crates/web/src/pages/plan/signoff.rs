//! The plan of `approve`: what one puts one's name to, and what changed since the last time.

use conductor::view::{ApproveView, ToSignView};
use train::people::Role;

use super::laid::{Brought, Compare, Ladder, Laid, Look, ODD, Rung, listed, migration};
use crate::pages::words;

/// Laid out.
pub(super) fn laid(view: &ApproveView) -> Laid {
    let role = if view.role == Role::Qa { "QA" } else { view.role.word() };
    let says = match view.repos.is_empty() {
        true => format!("{}, as {role}: every repository stays.", view.push),
        false => format!("{}, as {role}.", view.push),
    };
    let changed = (!view.configuration.is_empty())
        .then(|| ("Configuration, changed since your last sign-off", view.configuration.clone()));
    Laid {
        says,
        looks: looks(view),
        name: "Tags",
        ladders: view.repos.iter().map(ladder).collect(),
        brought: view.repos.iter().filter_map(brought).collect(),
        lists: changed.into_iter().collect(),
        ..Laid::default()
    }
}

fn ladder(repo: &ToSignView) -> Ladder {
    let since = match repo.since_signed {
        true => "which you signed off",
        false => "what it is compared with",
    };
    let already = if repo.already { "signed off already" } else { "" };
    let to = Rung {
        tag: repo.tag.clone(),
        mark: if repo.already { "pass" } else { "here" },
        planned: false,
        says: listed([changed(repo), already.to_owned(), repo.commit.short().to_owned()]),
        picks: Vec::new(),
    };
    let (url, base) = (repo.compare_url.as_deref(), repo.since.as_deref());
    Ladder {
        name: repo.name.to_string(),
        compare: Compare::of(url, base, Some(repo.tag.as_str())),
        from: repo.since.clone().map(|tag| (tag, since.to_owned())),
        to: Some(to),
        ..Ladder::default()
    }
}

/// How much is another since then.
fn changed(repo: &ToSignView) -> String {
    if repo.commit_count + repo.behind_count + repo.files == 0 {
        return "nothing changed".to_owned();
    }
    let lines = format!("+{} −{}", repo.insertions, repo.deletions);
    listed([words::count(repo.commit_count, "commit"), words::count(repo.files, "file"), lines])
}

fn brought(repo: &ToSignView) -> Option<Brought> {
    let says = words::count(repo.commit_count, "commit");
    Brought::of(repo.name.as_str(), &repo.commits, repo.commit_count, says)
}

fn looks(view: &ApproveView) -> Vec<Look> {
    let mut looks = Vec::new();
    if view.own {
        looks.push(Look::of(ODD, "you are the hero of this push: that is in the record"));
    }
    for repo in &view.repos {
        let name = &repo.name;
        if repo.behind_count > 0 {
            let gone = words::count(repo.behind_count, "commit");
            looks.push(Look::of(ODD, &format!("{name}: {gone} on it no more")));
        }
        looks.extend(repo.migrations.iter().map(|path| migration(name, path)));
    }
    looks
}
