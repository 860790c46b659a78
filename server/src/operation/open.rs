//! Walking over all downlinks that are open, and ending them in a store that was restored.

use crate::clock::Moment;
use crate::life::{Input, Protocol};
use crate::store::{Line, Stored};

use super::{Operations, Refusal};

/// Lines that are looked at in one go.
const LINES: u32 = 64;

impl Operations {
    /// Ends the downlinks that were accepted before a moment and are open, without handing anything
    /// over: in a store that was restored from a backup, nobody knows what became of them. Answers
    /// how many there were.
    ///
    /// # Errors
    ///
    /// A store that cannot be reached.
    pub async fn hold(&self, before: Moment) -> Result<u64, Refusal> {
        let mut held = 0;
        for protocol in Protocol::ALL {
            let mut page = self.open_after(protocol, None).await?;
            while let Some(last) = page.last {
                for stored in page.downlinks {
                    if stored.life.created_at < before {
                        self.apply(stored, &Input::Cancel { forced: true }).await?;
                        held += 1;
                    }
                }
                page = self.open_after(protocol, Some(last)).await?;
            }
        }
        Ok(held)
    }

    /// The open downlinks of the lines of a protocol that come after one.
    pub(super) async fn open_after(
        &self,
        protocol: Protocol,
        after: Option<Line>,
    ) -> Result<Open, Refusal> {
        let after = after.as_ref().map(|line| &*line.device);
        let lines = self.store.lines(protocol, after, LINES).await?;
        let mut downlinks = Vec::new();
        for line in &lines {
            downlinks.extend(self.store.open(line, self.bounds.line).await?);
        }
        Ok(Open {
            downlinks,
            last: lines.last().cloned(),
        })
    }
}

/// Open downlinks of some lines.
pub(super) struct Open {
    pub(super) downlinks: Vec<Stored>,
    /// The last of the lines; none if there are no more.
    pub(super) last: Option<Line>,
}
