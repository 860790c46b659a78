//! A part that is moved by one input after another.

use downlink_server::life::{Answer, Context, Effect, Event, HandOver, Input, Life, step};

use crate::scenario::{Scenario, letter, part_id};

/// A direct part with its context, moved by one input after another.
pub(crate) struct Walk {
    pub(crate) life: Life,
    pub(crate) context: Context,
    pub(crate) events: Vec<Event>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) answer: Answer,
}

impl Walk {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        Self {
            life: scenario.direct(),
            context: scenario.context(),
            events: Vec::new(),
            effects: Vec::new(),
            answer: Answer::Unchanged,
        }
    }

    pub(crate) fn feed(&mut self, input: &Input) -> &mut Self {
        let step = step(&self.life, input, &self.context);
        (self.life, self.answer) = (step.life, step.answer);
        (self.events, self.effects) = (step.events, step.effects);
        self
    }

    pub(crate) fn turn(&mut self) -> &mut Self {
        self.feed(&Input::Turn {
            part: part_id(1),
            fit: Ok(()),
        })
    }

    pub(crate) fn handed_over(&mut self, outcome: HandOver) -> &mut Self {
        let attempt = self.life.parts[0].attempt;
        self.feed(&Input::HandedOver {
            part: part_id(1),
            attempt,
            outcome,
        })
    }

    pub(crate) fn due(&mut self) -> &mut Self {
        self.context.now = self
            .context
            .now
            .max(self.life.due().expect("something is due"));
        self.feed(&Input::Due)
    }

    pub(crate) fn stage(&self) -> &'static str {
        letter(&self.life.parts[0].stage)
    }

    /// Number of the handing over, and tries that were counted after the first.
    pub(crate) fn counts(&self) -> (u32, u32) {
        (self.life.parts[0].attempt, self.life.parts[0].retries)
    }
}

pub(crate) fn refused() -> HandOver {
    HandOver::Refused {
        for_good: false,
        detail: "refused".to_owned(),
    }
}

pub(crate) fn taken() -> HandOver {
    HandOver::Taken {
        item: Some("item".to_owned()),
    }
}
