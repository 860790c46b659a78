//! What carriers report by themselves.

use crate::carrier::Heard;
use crate::life::{Answer, Input};

use super::{Operations, Refusal};

impl Operations {
    /// Takes a report; false if it came before the record of the handing over, and is to be said
    /// again.
    ///
    /// # Errors
    ///
    /// A store that cannot be reached.
    pub async fn report(&self, heard: &Heard) -> Result<bool, Refusal> {
        let Some(stored) = self.store.life_of(heard.part).await? else {
            tracing::info!(part = %heard.part, "a report names a part that is not known");
            return Ok(true);
        };
        let input = Input::Reported {
            part: heard.part,
            attempt: heard.attempt,
            report: heard.report.clone(),
        };
        let step = self.apply(stored, &input).await?;
        Ok(step.answer != Answer::Later)
    }
}
