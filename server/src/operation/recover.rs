//! What a process that is gone left with carriers that report to nobody else.

use crate::life::{Input, Life, Protocol, Report, Stage};
use crate::store::Stored;

use super::{Operations, Refusal};

impl Operations {
    /// Tells the parts with a carrier that forgets that nothing more will be heard of them.
    ///
    /// To be called before this process hands anything over. A store that cannot be reached is
    /// logged: the feedback timeout decides then.
    pub async fn recover(&self) {
        let carriers = self.carriers.iter();
        let forgetful = carriers.filter(|(_, carrier)| carrier.forgets());
        for (protocol, _) in forgetful {
            if let Err(refusal) = self.recover_all(protocol).await {
                let protocol = protocol.as_str();
                tracing::error!(
                    protocol,
                    ?refusal,
                    "what was in flight waits for its timeout"
                );
            }
        }
    }

    async fn recover_all(&self, protocol: Protocol) -> Result<(), Refusal> {
        let mut page = self.open_after(protocol, None).await?;
        while let Some(last) = page.last {
            for stored in page.downlinks {
                self.recover_one(stored).await?;
            }
            page = self.open_after(protocol, Some(last)).await?;
        }
        Ok(())
    }

    async fn recover_one(&self, stored: Stored) -> Result<(), Refusal> {
        if let Some(input) = lost(&stored.life) {
            self.apply(stored, &input).await?;
        }
        Ok(())
    }
}

/// Parts of one life are never in flight together, so there is one report at most.
fn lost(life: &Life) -> Option<Input> {
    let mut parts = life.parts.iter();
    let part = parts.find(|part| matches!(part.stage, Stage::Carried { .. }))?;
    let detail = "the process that would have heard is gone".to_owned();
    Some(Input::Reported {
        part: part.id,
        attempt: part.attempt,
        report: Report::Lost { detail },
    })
}
