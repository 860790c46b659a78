//! What a process that is gone left with carriers that report to nobody else.

use crate::life::{Input, Life, Protocol, Report, Stage};
use crate::store::{Line, Stored};

use super::{Operations, Refusal};

/// Lines that are looked at in one go.
const LINES: u32 = 500;

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
        let mut last: Option<Line> = None;
        loop {
            let after = last.as_ref().map(|line| &*line.device);
            let lines = self.store.lines(protocol, after, LINES).await?;
            for line in &lines {
                for stored in self.store.open(line, self.bounds.line).await? {
                    self.recover_one(stored).await?;
                }
            }
            last = lines.last().cloned();
            if last.is_none() {
                return Ok(());
            }
        }
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
