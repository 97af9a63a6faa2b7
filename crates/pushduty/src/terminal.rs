//! The terminal as a channel: announcements for whoever runs the command, on standard error. It can't tell a repeat, so a
//! repeat is said to be one.

use std::sync::Arc;

use async_trait::async_trait;
use conductor::ports::{Channel, Examined, Handed, Undelivered};
use train::announce::Announcement;

use crate::screen::Screen;
use crate::words;

/// A terminal.
pub struct Terminal {
    screen: Screen,
}

impl Terminal {
    /// The one that a screen is on.
    #[must_use]
    pub fn of(screen: &Screen) -> Arc<dyn Channel> {
        Arc::new(Self { screen: screen.clone() })
    }
}

#[async_trait]
impl Channel for Terminal {
    async fn hand_over(
        &self,
        announcement: &Announcement,
        repeat: bool,
    ) -> Result<Handed, Undelivered> {
        let lines = words::announcement(announcement, repeat);
        match self.screen.aloud(&lines) {
            Ok(()) => Ok(Handed::Now),
            Err(error) => {
                Err(Undelivered::Unknown(format!("standard error can't be written: {error}")))
            }
        }
    }

    async fn examine(&self) -> Examined {
        Examined {
            what: "terminal".to_owned(),
            well: true,
            warn: false,
            sentence: "whoever runs a command reads announcements on standard error".to_owned(),
            mend: String::new(),
        }
    }
}
