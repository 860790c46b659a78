//! The work on one line, while it is claimed.

use crate::clock::Moment;
use crate::id::PartId;
use crate::life::{Effect, HandOver, Input, Life, Misfit, Part, Protocol, Stage, Step, line, step};
use crate::operation::{Operations, Refusal, change, count, is_to_be_written};
use crate::store::{Change, Claim, Committed, Stored};

use super::Worker;

/// Downlinks of a line that are looked at beside those in flight.
const LOOK: u32 = 8;

/// What happens to a line before others have their turn.
const MOST_STEPS: usize = 64;

/// The work on a claimed line.
#[derive(Debug)]
pub(super) struct Work<'w> {
    worker: &'w Worker,
    claim: Claim,
    held_until: Moment,
}

/// What is to be done next on a line.
#[derive(Debug)]
enum Next<'s> {
    /// Let something happen to a life.
    Step(&'s Stored, Input),
    /// Nothing before this moment, or nothing at all.
    Wait(Option<Moment>),
}

impl<'w> Work<'w> {
    pub(super) fn new(worker: &'w Worker, claim: Claim) -> Self {
        let held_until = worker.operations.clock.now().plus(worker.pace.lease);
        Self {
            worker,
            claim,
            held_until,
        }
    }

    pub(super) fn operations(&self) -> &'w Operations {
        &self.worker.operations
    }

    pub(super) async fn run(mut self) -> Result<(), Refusal> {
        self.take_up().await?;
        let (in_flight, limit) = self.bounds().await?;
        for _ in 0..MOST_STEPS {
            if !self.holds().await? {
                return Ok(());
            }
            let open = self
                .operations()
                .store
                .open(&self.claim.line, limit)
                .await?;
            match self.next(&open, in_flight).await? {
                Next::Step(stored, input) => self.step(stored, &input).await?,
                Next::Wait(due) => return self.release(due).await,
            }
        }
        let now = self.operations().clock.now();
        self.release(Some(now)).await
    }

    /// Takes up what a worker that is gone left behind.
    async fn take_up(&mut self) -> Result<(), Refusal> {
        let open = self
            .operations()
            .store
            .open(&self.claim.line, u32::MAX)
            .await?;
        for stored in &open {
            if is_left_behind(&stored.life) {
                self.step(stored, &Input::Abandoned).await?;
            }
            // Before anything is decided without them.
            for part in stored.life.parts.iter().filter(|part| is_out(part)) {
                self.operations().take_kept_reports(part.id).await?;
            }
        }
        Ok(())
    }

    /// Downlinks of the line that may be in flight, and how many are looked at.
    async fn bounds(&self) -> Result<(u32, u32), Refusal> {
        let line = &self.claim.line;
        let known = if line.protocol.takes_several() {
            self.operations().known_to_any(&line.device).await?
        } else {
            None
        };
        let in_flight = known.and_then(|it| it.settings().in_flight).unwrap_or(1);
        Ok((in_flight, in_flight.saturating_add(LOOK)))
    }

    /// Holds the line on, if half of its lease is over; false if it was lost.
    async fn holds(&mut self) -> Result<bool, Refusal> {
        let now = self.operations().clock.now();
        let lease = self.worker.pace.lease;
        if self.held_until.since(now) > lease / 2 {
            return Ok(true);
        }
        self.held_until = now.plus(lease);
        let renewed = self.operations().store.renew(&self.claim, self.held_until);
        Ok(renewed.await?)
    }

    async fn release(&self, due: Option<Moment>) -> Result<(), Refusal> {
        Ok(self.operations().store.release(&self.claim, due).await?)
    }

    async fn next<'s>(&self, open: &'s [Stored], in_flight: u32) -> Result<Next<'s>, Refusal> {
        let now = self.operations().clock.now();
        if let Some(stored) = open.iter().find(|stored| self.is_due(stored, now)) {
            return Ok(Next::Step(stored, Input::Due));
        }
        let dues = open.iter().filter_map(|stored| stored.life.due());
        let due = dues.filter(|due| *due > now).min();
        let lives: Vec<&Life> = open.iter().map(|stored| &stored.life).collect();
        let Some(part) = line::next(&lives, in_flight, now) else {
            return Ok(Next::Wait(due));
        };
        let Some(stored) = open.iter().find(|it| it.life.part(part).is_some()) else {
            return Err(Refusal::fault("the next part of a line is not in it"));
        };
        let protocol = self.claim.line.protocol;
        let deadline = now.plus(self.operations().timing.call);
        match self.worker.rests.until(protocol, now, deadline) {
            None => Ok(Next::Step(stored, self.turn(stored, part).await?)),
            Some(until) if has_had_its_turn(stored, part) => {
                Ok(Next::Wait(Some(due.map_or(until, |due| due.min(until)))))
            }
            Some(_) => Ok(Next::Step(stored, Input::CarrierAway { part })),
        }
    }

    /// Whether time alone moves a life now. A pause that is over does not: its part waits for its
    /// turn.
    fn is_due(&self, stored: &Stored, now: Moment) -> bool {
        let is_past = stored.life.due().is_some_and(|due| due <= now);
        let context = self.operations().context(&stored.life);
        is_past && is_to_be_written(&step(&stored.life, &Input::Due, &context))
    }

    /// The turn of a part, after the second look at whether it still fits.
    async fn turn(&self, stored: &Stored, part: PartId) -> Result<Input, Refusal> {
        let fit = match self.claim.line.protocol {
            Protocol::Lora => self.fit(stored, part).await?,
            _ => Ok(()),
        };
        Ok(Input::Turn { part, fit })
    }

    async fn fit(&self, stored: &Stored, part: PartId) -> Result<Result<(), Misfit>, Refusal> {
        let Some(known) = self.operations().known_to_any(&stored.device).await? else {
            return Ok(Ok(()));
        };
        let message = self.operations().message(Protocol::Lora, part).await?;
        let fits = crate::operation::fits(&message, &known);
        Ok(fits.map_err(|error| Misfit::TooLong(error.to_string())))
    }

    /// Decides, writes, and acts on what was written.
    async fn step(&self, stored: &Stored, input: &Input) -> Result<(), Refusal> {
        let operations = self.operations();
        let step = step(&stored.life, input, &operations.context(&stored.life));
        if !is_to_be_written(&step) {
            return Ok(());
        }
        let change = Change {
            claim: Some(self.claim.clone()),
            ..change(stored, &step)
        };
        match operations.store.commit(change).await? {
            // Somebody else was first: the next look sees what is now.
            Committed::Conflict => Ok(()),
            Committed::Written => {
                count(&stored.life, &step);
                self.act(stored, step).await
            }
        }
    }

    async fn act(&self, stored: &Stored, step: Step) -> Result<(), Refusal> {
        for effect in &step.effects {
            let Some(input) = self.perform(stored, &step.life, *effect).await? else {
                continue;
            };
            self.rest(&input);
            let part = effect.part();
            let now = self.operations().store.life_of(part).await?;
            let now = now.ok_or_else(|| Refusal::fault("a life went while it was worked on"))?;
            self.operations().apply(now, &input).await?;
            if matches!(effect, Effect::HandOver { .. }) {
                self.operations().take_kept_reports(part).await?;
            }
        }
        Ok(())
    }

    /// A carrier that was away rests, and one that answered is back.
    fn rest(&self, input: &Input) {
        let protocol = self.claim.line.protocol;
        match input {
            Input::HandedOver {
                outcome: HandOver::Unavailable,
                ..
            } => {
                self.worker
                    .rests
                    .away(protocol, self.operations().clock.now());
            }
            Input::HandedOver {
                outcome: HandOver::Taken { .. } | HandOver::Refused { .. },
                ..
            } => {
                self.worker.rests.back(protocol);
            }
            _ => {}
        }
    }
}

fn is_left_behind(life: &Life) -> bool {
    let is_out = |stage: &Stage| matches!(stage, Stage::Handing { .. } | Stage::TakingBack { .. });
    life.parts.iter().any(|part| is_out(&part.stage))
}

/// Whether a carrier may report of the part.
fn is_out(part: &Part) -> bool {
    match part.stage {
        Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. } => true,
        Stage::Waiting | Stage::Pausing { .. } | Stage::Offered { .. } | Stage::Ended { .. } => {
            false
        }
    }
}

fn has_had_its_turn(stored: &Stored, part: PartId) -> bool {
    let part = stored.life.part(part);
    part.is_some_and(|it| it.first_turn.is_some())
}
