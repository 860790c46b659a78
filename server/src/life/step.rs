//! What becomes of a life when something happens to it.

mod abandoned;
mod asked;
mod called;
mod cancel;
mod due;
mod gone;
mod handed_over;
mod mover;
mod reported;
mod taken_back;
mod turn;

use crate::clock::Moment;
use crate::id::PartId;

use super::{Context, Event, EventKind, Input, Life, Reason, parent};
pub(super) use cancel::cancel_unsent;
pub(super) use mover::{Mover, Rules};

/// What becomes of a life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The life after it.
    pub life: Life,
    /// What happened, to be kept.
    pub events: Vec<Event>,
    /// What is to be done once all this is on disk.
    pub effects: Vec<Effect>,
    /// What an asker hears.
    pub answer: Answer,
}

/// What is to be done outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Hand the part over; its deadline stands in [`super::Stage::Handing`].
    HandOver {
        /// The part.
        part: PartId,
        /// The number of the try.
        attempt: u32,
    },
    /// Take the part back; item and deadline stand in [`super::Stage::TakingBack`].
    TakeBack {
        /// The part.
        part: PartId,
        /// The number of the try that is taken back.
        attempt: u32,
    },
    /// Ask the carrier whether it has the part.
    Ask {
        /// The part.
        part: PartId,
    },
    /// Write the part as the answer to the device's call.
    Deliver {
        /// The part.
        part: PartId,
    },
}

impl Effect {
    /// The part that it is about.
    #[must_use]
    pub fn part(self) -> PartId {
        match self {
            Self::HandOver { part, .. }
            | Self::TakeBack { part, .. }
            | Self::Ask { part }
            | Self::Deliver { part } => part,
        }
    }
}

/// What an asker hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Something moved.
    Moved,
    /// Nothing moved, but it stands in the history.
    Noted,
    /// All is as it was.
    Unchanged,
    /// A report that came before the record of the handing over: keep it, and say it again.
    Later,
    /// It cannot be: a fault, for the log of the process. Nothing has changed.
    CannotBe,
    /// It was cancelled.
    Cancelled,
    /// Cancelling was accepted; what is in flight goes to its end.
    CancelAccepted,
    /// It was cancelled before.
    AlreadyCancelled,
    /// It has ended otherwise: too late to cancel.
    Ended,
    /// It is in flight, and nothing of it can be stopped.
    InFlight,
}

/// What becomes of `life` when `input` reaches it.
///
/// Every pair has a result: what cannot be changes nothing, and an ended part stays as it ended.
#[must_use]
pub fn step(life: &Life, input: &Input, context: &Context) -> Step {
    let mut scene = Scene::new(life, context);
    let answer = scene.apply(input);
    parent::follow(life, &mut scene);
    let Scene { life, log, .. } = scene;
    Step {
        life,
        events: log.events,
        effects: log.effects,
        answer,
    }
}

/// What a step has brought about so far.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) events: Vec<Event>,
    pub(super) effects: Vec<Effect>,
    /// The carrier's side refused a part for what it is.
    pub(super) refused: bool,
}

impl Log {
    /// Notes what happened to a part.
    pub(super) fn part(&mut self, at: Moment, part: PartId, kind: EventKind) {
        self.events.push(Event {
            at,
            part: Some(part),
            kind,
            error_code: None,
            detail: None,
        });
    }

    /// Notes what happened to the instruction as a whole.
    pub(super) fn whole(&mut self, at: Moment, kind: EventKind, error_code: Option<String>) {
        self.events.push(Event {
            at,
            part: None,
            kind,
            error_code,
            detail: None,
        });
    }
}

/// A life in the middle of a step.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    pub(super) life: Life,
    pub(super) context: &'a Context,
    pub(super) log: Log,
}

impl<'a> Scene<'a> {
    pub(super) fn new(life: &Life, context: &'a Context) -> Self {
        Self {
            life: life.clone(),
            context,
            log: Log::default(),
        }
    }

    fn apply(&mut self, input: &Input) -> Answer {
        match input {
            Input::Turn { part, fit } => self.one(*part, |it| turn::turn(it, fit)),
            Input::CarrierAway { part } => self.one(*part, turn::carrier_away),
            Input::HandedOver {
                part,
                attempt,
                outcome,
            } => self.one(*part, |it| handed_over::handed_over(it, *attempt, outcome)),
            Input::Abandoned => self.each(abandoned::abandoned),
            Input::Due => self.each(due::due),
            Input::Asked { part, answer } => self.one(*part, |it| asked::asked(it, answer)),
            Input::Reported {
                part,
                attempt,
                report,
            } => self.one(*part, |it| reported::reported(it, *attempt, report)),
            Input::Cancel { forced } => cancel::cancel(self, *forced),
            Input::TakenBack { part, outcome } => {
                self.one(*part, |it| taken_back::taken_back(it, *outcome))
            }
            Input::Called { part, call } => self.one(*part, |it| called::called(it, *call)),
            Input::AnswerBroken { part } => self.one(*part, called::answer_broken),
            Input::DeviceGone => self.each(gone::device_gone),
        }
    }

    /// Moves one part; a part of another life cannot be.
    fn one(&mut self, part: PartId, verb: impl Fn(&mut Mover<'_>) -> Answer) -> Answer {
        let index = self.life.parts.iter().position(|it| it.id == part);
        let mover = index.and_then(|index| self.mover(index));
        mover.map_or(Answer::CannotBe, |mut mover| verb(&mut mover))
    }

    /// Moves every part, in order.
    pub(super) fn each(&mut self, verb: impl Fn(&mut Mover<'_>) -> Answer) -> Answer {
        let mut all = Answer::Unchanged;
        for index in 0..self.life.parts.len() {
            let answer = self.mover(index).map(|mut mover| verb(&mut mover));
            if answer == Some(Answer::Moved) {
                all = Answer::Moved;
            }
        }
        all
    }

    /// Whether it holds of any part.
    fn any(&mut self, holds: impl Fn(&mut Mover<'_>) -> bool) -> bool {
        let indexes = 0..self.life.parts.len();
        indexes
            .into_iter()
            .any(|index| self.mover(index).is_some_and(|mut mover| holds(&mut mover)))
    }

    /// Nothing of the instruction is to be sent any more.
    fn ask_to_cancel(&mut self) {
        let code = Reason::Cancelled.spelled(self.life.protocol);
        let now = self.context.now;
        if let Some(instruction) = &mut self.life.instruction
            && !instruction.cancel_asked
        {
            instruction.cancel_asked = true;
            self.log
                .whole(now, EventKind::CancelAccepted, Some(code.to_owned()));
        }
    }

    fn mover(&mut self, index: usize) -> Option<Mover<'_>> {
        let rules = Rules::of(&self.life);
        let part = self.life.parts.get_mut(index)?;
        Some(Mover::new(part, rules, self.context, &mut self.log))
    }
}
