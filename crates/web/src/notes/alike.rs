//! That everybody reads alike what a go brought, before it is kept.
//!
//! The order of words that are put in one place at once follows from the neighbours that each names (YATA: Nicolaescu et al.,
//! 2016). It is the same for everybody where these stood side by side for whoever wrote; an editor that says otherwise makes a
//! page of two texts, one for those who follow it and one for those who come later.

use conductor::LivePage;
use conductor::failure::Result;
use conductor::ports::Typed;
use train::refusal::{Code, Refusal};

use super::room::{News, Room};

impl Room {
    /// What of `news` everybody reads alike. Whoever sent the rest is let go, and it is as if it was never sent.
    pub(super) async fn alike(&mut self, live: &mut LivePage, mut news: News) -> Result<News> {
        if live.is_read_alike()? {
            return Ok(news);
        }
        let typed = std::mem::take(&mut news.typed);
        self.reopen(live).await?;
        for (id, one) in typed {
            match take_in(live, &one) {
                Ok(()) => news.typed.push((id, one)),
                Err(refusal) => {
                    self.lets_go(id, &refusal, &mut news);
                    self.reopen(live).await?;
                    for (_, kept) in &news.typed {
                        live.take_in(&kept.update, &kept.by.name)?;
                    }
                }
            }
        }
        Ok(news)
    }
}

fn take_in(live: &mut LivePage, typed: &Typed) -> Result<()> {
    live.take_in(&typed.update, &typed.by.name)?;
    match live.is_read_alike()? {
        true => Ok(()),
        false => Err(Refusal::new(
            Code::Refused,
            "what this editor sends can't be taken: others would read it in another order",
            "open the page anew; what you wrote here can be copied from it",
        )),
    }
}
