//! Speaking to carriers: nothing is written here, and no transaction is open.

use std::future::Future;

use crate::carrier::{Item, Parcel};
use crate::clock::Moment;
use crate::life::{Asked, Effect, HandOver, Input, Life, Part, Stage, TakeBack};
use crate::operation::Refusal;
use crate::store::Stored;

use super::line::Work;

impl Work<'_> {
    /// Does what a written step asks for; what came of it.
    pub(super) async fn perform(
        &self,
        stored: &Stored,
        life: &Life,
        effect: Effect,
    ) -> Result<Option<Input>, Refusal> {
        let Some(part) = life.part(effect.part()) else {
            return Err(Refusal::fault("an effect names a part that is not there"));
        };
        let Some(carrier) = self.operations().carriers.of(life.protocol).cloned() else {
            return Ok(without_carrier(effect));
        };
        Ok(match effect {
            Effect::HandOver { part: id, attempt } => {
                let parcel = self.parcel(stored, life, part).await?;
                let began = self.operations().clock.now();
                let call = carrier.hand_over(&parcel);
                let outcome = self.within(parcel.deadline, call).await;
                let took = self.operations().clock.now().since(began);
                metrics::histogram!("downlinkd_try_seconds", "protocol" => life.protocol.as_str())
                    .record(took);
                Some(Input::HandedOver {
                    part: id,
                    attempt,
                    outcome: outcome.unwrap_or(HandOver::Unknown),
                })
            }
            Effect::TakeBack { part: id, attempt } => {
                let item = item(stored, part, attempt)?;
                let outcome = self.within(item.deadline, carrier.take_back(&item)).await;
                Some(Input::TakenBack {
                    part: id,
                    outcome: outcome.unwrap_or(TakeBack::Unknown),
                })
            }
            Effect::Ask { part: id } => {
                let parcel = self.parcel(stored, life, part).await?;
                let answer = self.within(parcel.deadline, carrier.find(&parcel)).await;
                Some(Input::Asked {
                    part: id,
                    answer: answer.unwrap_or(Asked::CannotTell),
                })
            }
            // A device is answered where it calls.
            Effect::Deliver { .. } => None,
        })
    }

    /// The answer, if it comes in time.
    async fn within<T>(&self, deadline: Moment, call: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            answer = call => Some(answer),
            () = self.operations().clock.sleep_until(deadline) => None,
        }
    }

    async fn parcel(&self, stored: &Stored, life: &Life, part: &Part) -> Result<Parcel, Refusal> {
        let now = self.operations().clock.now();
        let deadline = match part.stage {
            Stage::Handing { deadline, .. } => deadline,
            _ => now.plus(self.operations().timing.call),
        };
        Ok(Parcel {
            part: part.id,
            attempt: part.attempt,
            device: device(stored)?,
            message: self.operations().message(life.protocol, part.id).await?,
            expires_at: now.plus(life.terms.feedback_timeout),
            deadline,
        })
    }
}

fn item(stored: &Stored, part: &Part, attempt: u32) -> Result<Item, Refusal> {
    let Stage::TakingBack { item, deadline, .. } = &part.stage else {
        return Err(Refusal::fault("a part is to be taken back and is not"));
    };
    Ok(Item {
        part: part.id,
        attempt,
        device: device(stored)?,
        name: item.clone(),
        deadline: *deadline,
    })
}

fn device(stored: &Stored) -> Result<downlink::instruction::DeviceId, Refusal> {
    let device = stored.device.parse();
    device.map_err(|_| Refusal::fault("a stored device has no canonical name"))
}

/// A carrier that was configured at acceptance and is not any more is away.
fn without_carrier(effect: Effect) -> Option<Input> {
    Some(match effect {
        Effect::HandOver { part, attempt } => Input::HandedOver {
            part,
            attempt,
            outcome: HandOver::Unavailable,
        },
        Effect::TakeBack { part, .. } => Input::TakenBack {
            part,
            outcome: TakeBack::Unknown,
        },
        Effect::Ask { part } => Input::Asked {
            part,
            answer: Asked::CannotTell,
        },
        Effect::Deliver { .. } => return None,
    })
}
