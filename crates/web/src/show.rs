//! A week that is played before visitors: what the demo brings to a server. Its pages say where the week is and let whoever
//! reads be anybody of the cast. The process that plays one is the only one to bring it; no other server has its addresses.

use async_trait::async_trait;
use tokio::sync::watch;
use train::id::PersonName;

/// Somebody of the cast, as whom a visitor may look and act.
#[derive(Debug, Clone)]
pub struct Part {
    /// Their name.
    pub name: PersonName,
    /// What they do, in a word.
    pub does: &'static str,
    /// Whether they hold the security role: whoever does not hears nothing of a scene under embargo (P9).
    pub security: bool,
}

/// A scene, as it is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToldScene {
    /// When it is, in the train's zone: “Tue 09:02”.
    pub at: String,
    /// Who acts.
    pub who: String,
    /// What they type; none where they do something that no command of ours does.
    pub types: Option<String>,
    /// What happens, and why it matters.
    pub says: String,
}

/// How a week stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stands {
    /// It waits until somebody asks for the next scene.
    Waits,
    /// One scene after another is played.
    Plays,
    /// The last one was played.
    Over,
}

/// What a visitor is told of the week.
#[derive(Debug, Clone)]
pub struct Told {
    /// The day and time that it is in the week: “Tuesday 24 November, 09:02”.
    pub clock: String,
    /// Where that clock hangs: the train's zone, by its name.
    pub zone: String,
    /// How it stands.
    pub stands: Stands,
    /// The scene that is being played.
    pub now: Option<ToldScene>,
    /// The scene that was played last.
    pub last: Option<ToldScene>,
    /// The scene that comes next; none while one is played, and where it is not for this visitor to know.
    pub next: Option<ToldScene>,
    /// Whether it goes another way than it was written.
    pub astray: bool,
    /// Whether it can be played anew.
    pub again: bool,
}

/// A week that is played before visitors.
#[async_trait]
pub trait Show: Send + Sync {
    /// Whom a visitor may be.
    fn cast(&self) -> &[Part];

    /// Whether whoever comes plays somebody who holds the security role.
    fn knows(&self, name: Option<&PersonName>) -> bool {
        self.cast().iter().any(|part| part.security && Some(&part.name) == name)
    }

    /// What a visitor is told; `security` is whether they hold that role.
    fn told(&self, security: bool) -> Told;

    /// Somebody is here: a week that waited for the first visitor begins.
    fn seen(&self);

    /// Plays on to the end of the next scene that this visitor may hear of.
    async fn next(&self, security: bool);

    /// Plays one scene after another from now on, or waits after this one.
    fn plays(&self, on: bool);

    /// Plays the week anew, with other repositories.
    fn anew(&self);

    /// A number that is another one whenever something else is told.
    fn changes(&self) -> watch::Receiver<u64>;
}
