//! Letting something happen to a downlink: read, step, write, and again where another was first.

use crate::id::PartId;
use crate::life::{Answer, Context, Input, Life, Step, step};
use crate::store::{Change, Committed, Stored};

use super::{Operations, Refusal, count};

/// How often a write that lost to another is tried again, before it is a fault.
const TRIES: usize = 16;

impl Operations {
    /// Lets something happen to a life, whoever else writes it at the same time.
    ///
    /// # Errors
    ///
    /// A store that cannot be reached, or a life that is gone.
    pub(crate) async fn apply(&self, stored: Stored, input: &Input) -> Result<Step, Refusal> {
        let mut stored = stored;
        for _ in 0..TRIES {
            let step = step(&stored.life, input, &self.context(&stored.life));
            if !is_to_be_written(&step) {
                return Ok(step);
            }
            let change = change(&stored, &step);
            if self.store.commit(change).await? == Committed::Written {
                count(&stored.life, &step);
                self.wake.ring();
                return Ok(step);
            }
            stored = self.again(&stored).await?;
        }
        let id = stored.life.id;
        Err(Refusal::fault(&format!("others keep writing {id}")))
    }

    /// The life as it is now.
    async fn again(&self, stored: &Stored) -> Result<Stored, Refusal> {
        let part = stored.life.parts.first().map(|part| part.id);
        let part = part.ok_or_else(|| Refusal::fault("a life without parts"))?;
        self.store.life_of(part).await?.ok_or(Refusal::NotFound)
    }

    /// What a step knows beside the life and the input.
    pub(crate) fn context(&self, life: &Life) -> Context {
        let carrier = self.carriers.of(life.protocol);
        Context {
            now: self.clock.now(),
            abilities: carrier.map(|it| it.abilities()).unwrap_or_default(),
            timing: self.timing,
        }
    }
}

/// What is to be written of a step by whoever holds no claim of the line.
pub(crate) fn change(before: &Stored, step: &Step) -> Change {
    Change {
        life: step.life.clone(),
        version: before.version,
        events: step.events.clone(),
        claim: None,
        erase: ended(&before.life, &step.life),
        report: None,
    }
}

/// Whether a step changed or noted anything.
pub(crate) fn is_to_be_written(step: &Step) -> bool {
    match step.answer {
        Answer::Unchanged | Answer::Later | Answer::CannotBe => false,
        Answer::InFlight | Answer::Ended | Answer::AlreadyCancelled => !step.events.is_empty(),
        Answer::Moved | Answer::Noted | Answer::Cancelled | Answer::CancelAccepted => true,
    }
}

/// The parts that ended in a step: their sealed bytes are no longer needed.
fn ended(before: &Life, after: &Life) -> Vec<PartId> {
    let pairs = before.parts.iter().zip(&after.parts);
    pairs
        .filter(|(before, after)| !before.is_ended() && after.is_ended())
        .map(|(_, after)| after.id)
        .collect()
}
