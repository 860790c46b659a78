//! What carriers report by themselves.

use crate::carrier::Heard;
use crate::id::PartId;
use crate::life::{Answer, Input, Step, step};
use crate::store::{Change, Committed, EarlyReport, KeptReport, Stored};

use super::{Operations, Refusal, change, count, is_to_be_written};

/// How often it is looked for kept reports of a part, before that is a fault.
const LOOKS: usize = 256;

impl Operations {
    /// Takes a report. Once it is taken, it is on disk: in the life of its part or, if it came
    /// before the record of the handing over, beside it.
    ///
    /// # Errors
    ///
    /// A store that cannot be reached.
    pub async fn report(&self, heard: &Heard) -> Result<(), Refusal> {
        let Some(stored) = self.store.life_of(heard.part).await? else {
            tracing::info!(part = %heard.part, "a report names a part that is not known");
            return Ok(());
        };
        let input = Input::Reported {
            part: heard.part,
            attempt: heard.attempt,
            report: heard.report.clone(),
        };
        let step = self.apply(stored, &input).await?;
        if step.answer != Answer::Later {
            return Ok(());
        }
        let early = EarlyReport {
            part: heard.part,
            attempt: heard.attempt,
            report: heard.report.clone(),
            heard_at: self.clock.now(),
        };
        self.store.keep_report(early).await?;
        // The record may have been written since the life was read.
        self.take_kept_reports(heard.part).await
    }

    /// Takes the reports that waited for the record of a handing over: to be called once it is
    /// written. Others may do so at the same time; each report is taken once.
    ///
    /// # Errors
    ///
    /// A store that cannot be reached.
    pub(crate) async fn take_kept_reports(&self, part: PartId) -> Result<(), Refusal> {
        for _ in 0..LOOKS {
            let Some(kept) = self.store.kept_report(part).await? else {
                return Ok(());
            };
            let Some(stored) = self.store.life_of(part).await? else {
                self.store.remove_report(kept.key).await?;
                continue;
            };
            let step = self.kept_step(&stored, part, &kept);
            if step.answer == Answer::Later {
                return Ok(());
            }
            self.take_kept(&stored, &step, &kept).await?;
        }
        Err(Refusal::fault(&format!("{part} has reports without end")))
    }

    fn kept_step(&self, stored: &Stored, part: PartId, kept: &KeptReport) -> Step {
        let input = Input::Reported {
            part,
            attempt: kept.attempt,
            report: kept.report.clone(),
        };
        step(&stored.life, &input, &self.context(&stored.life))
    }

    /// A conflict is left to the next look.
    async fn take_kept(
        &self,
        stored: &Stored,
        step: &Step,
        kept: &KeptReport,
    ) -> Result<(), Refusal> {
        if !is_to_be_written(step) {
            self.store.remove_report(kept.key).await?;
            return Ok(());
        }
        let change = Change {
            report: Some(kept.key),
            ..change(stored, step)
        };
        if self.store.commit(change).await? == Committed::Written {
            count(&stored.life, step);
            self.wake.ring();
        }
        Ok(())
    }
}
