//! What is told, for somebody at a page: what they may want of it. Whoever types `tell` has the machine; of others it takes a role.

use train::people::Role;

use crate::conductor::Conductor;
use crate::failure::Result;

/// Who says what becomes of announcements that did not arrive.
const MAY: &[Role] = &[Role::Hero, Role::Ops, Role::Admin];

impl Conductor {
    /// Whether whoever acts may say what becomes of announcements.
    pub async fn may_tell(&self) -> Result<bool> {
        Ok(self.acting(&*self.state().await?).holds(MAY))
    }

    /// Refuses whoever may not.
    pub async fn must_tell(&self) -> Result<()> {
        self.must_hold(MAY, "say what becomes of announcements").await
    }
}
