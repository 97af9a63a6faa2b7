//! What is open when a push is to start, or to end: each is settled from the plan, and whoever does that is led back there.

use conductor::carry::Shown;
use conductor::view::ItemView;
use train::notes::Phase;

/// What is open.
pub(crate) struct Left {
    /// What goes with the settling of each: the push, and the wish that one is led back to.
    pub fields: Vec<(&'static str, String)>,
    /// By what it is, or when it is due.
    pub lists: Vec<(&'static str, Vec<TaskRow>)>,
}

pub(crate) struct TaskRow {
    pub id: String,
    pub text: String,
    pub owner: Option<String>,
    /// Its further lines and commands.
    pub more: Vec<String>,
}

impl Left {
    /// Of the plan of `wish`, as it is written down; none where nothing is open.
    pub fn of(shown: &Shown, wish: &str) -> Option<Self> {
        let (push, items) = match shown {
            Shown::RunSheet(view) => (view.push, &view.tasks),
            Shown::Finish(view) => (view.push, &view.unticked),
            _ => return None,
        };
        let fields = vec![("push", push.to_string()), ("then", wish.to_owned())];
        let lists = lists(items);
        (!lists.is_empty()).then_some(Self { fields, lists })
    }
}

/// Blockers first, then tasks by when they are due.
fn lists(items: &[ItemView]) -> Vec<(&'static str, Vec<TaskRow>)> {
    let titles = ["Before we push", "Before we start", "Before we promote", "After we’re done"];
    let of = |when: Option<Phase>| {
        items.iter().filter(|item| item.when == when).map(row).collect::<Vec<_>>()
    };
    let tasks = titles.into_iter().zip(Phase::ALL).map(|(title, phase)| (title, of(Some(phase))));
    let lists = std::iter::once(("Blockers", of(None))).chain(tasks);
    lists.filter(|(_, rows)| !rows.is_empty()).collect()
}

fn row(item: &ItemView) -> TaskRow {
    TaskRow {
        id: item.id.clone(),
        text: item.text.clone(),
        owner: item.owner.clone(),
        more: item.details.iter().chain(&item.commands).cloned().collect(),
    }
}
