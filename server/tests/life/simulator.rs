//! A life with a carrier around it that does what effects say, in an order that choices settle.

use downlink_server::clock::Moment;
use downlink_server::id::PartId;
use downlink_server::life::{
    Answer, Asked, Call, Context, Effect, Event, HandOver, Input, Life, Misfit, Protocol, Reason,
    Report, Step, TakeBack, line, step,
};

use crate::scenario::{MINUTE, Scenario, now, part_id};

/// One step, with all that was known before it.
pub(crate) struct Record {
    pub(crate) before: Life,
    pub(crate) input: Input,
    pub(crate) context: Context,
    pub(crate) step: Step,
}

pub(crate) struct Simulator {
    pub(crate) scenario: Scenario,
    pub(crate) life: Life,
    pub(crate) now: Moment,
    pub(crate) events: Vec<Event>,
    /// All that was handed over, and can be reported.
    pub(crate) sent: Vec<(PartId, u32)>,
    calls: Vec<Effect>,
    inbox: Vec<Input>,
    pub(crate) records: Vec<Record>,
}

impl Simulator {
    pub(crate) fn new(scenario: Scenario, parts: u128) -> Self {
        let life = if parts == 0 {
            scenario.direct()
        } else {
            scenario.instruction(parts)
        };
        Self {
            scenario,
            life,
            now: now(),
            events: Vec::new(),
            sent: Vec::new(),
            calls: Vec::new(),
            inbox: Vec::new(),
            records: Vec::new(),
        }
    }

    /// Does what the choice says, if that can be done now.
    pub(crate) fn choose(&mut self, choice: u8, detail: u8) {
        match choice % 16 {
            0..=3 => self.turn(detail),
            4..=6 => self.answer(detail),
            7 | 8 => self.report(detail),
            9 => self.advance_to_due(),
            10 => self.advance_a_little(detail),
            11 => self.call_of_device(detail),
            12 if detail < 96 => self.cancel(detail),
            13 if detail < 64 => self.abandon(),
            14 if detail < 48 => self.play(Input::DeviceGone),
            _ => self.play(Input::Due),
        }
    }

    /// Goes on until its end, with a carrier that refuses everything or one that is silent.
    pub(crate) fn run_out(&mut self, is_silent: bool) {
        for _ in 0..2_000 {
            if self.life.is_ended() && self.life.due().is_none() {
                return;
            }
            if !is_silent {
                self.answer(255);
            }
            self.turn(0);
            self.advance_to_due();
        }
        panic!("it does not end: {:#?}", self.life);
    }

    fn turn(&mut self, detail: u8) {
        let Some(part) = line::next(&[&self.life], 1, self.now) else {
            return;
        };
        match detail {
            0..=239 => self.play(Input::Turn { part, fit: Ok(()) }),
            240..=244 => self.play(Input::Turn {
                part,
                fit: Err(Misfit::TooLong("long".to_owned())),
            }),
            245..=255 => self.play(Input::CarrierAway { part }),
        }
    }

    /// A carrier answers the oldest call, or one that an older process began.
    fn answer(&mut self, detail: u8) {
        if self.calls.is_empty() {
            return;
        }
        let call = self.calls.remove(0);
        match call {
            Effect::HandOver { part, attempt } => self.answer_handing(part, attempt, detail),
            Effect::TakeBack { part, .. } => {
                let outcome = match detail % 3 {
                    0 => TakeBack::TakenBack,
                    1 => TakeBack::Kept,
                    _ => TakeBack::Unknown,
                };
                self.play(Input::TakenBack { part, outcome });
            }
            Effect::Ask { part } => {
                let answer = match detail % 3 {
                    0 => Asked::There { item: None },
                    1 => Asked::NotThere,
                    _ => Asked::CannotTell,
                };
                self.play(Input::Asked { part, answer });
            }
            Effect::Deliver { part } if detail.is_multiple_of(4) => {
                self.play(Input::AnswerBroken { part });
            }
            Effect::Deliver { .. } => {}
        }
    }

    fn answer_handing(&mut self, part: PartId, attempt: u32, detail: u8) {
        let outcome = match detail % 8 {
            0..=2 => HandOver::Taken {
                item: Some("item".to_owned()),
            },
            3 => HandOver::Unavailable,
            4 | 5 => HandOver::Unknown,
            6 => HandOver::Refused {
                for_good: true,
                detail: "refused".to_owned(),
            },
            _ => HandOver::Refused {
                for_good: false,
                detail: "refused".to_owned(),
            },
        };
        if matches!(outcome, HandOver::Taken { .. } | HandOver::Unknown) {
            self.sent.push((part, attempt));
        }
        self.play(Input::HandedOver {
            part,
            attempt,
            outcome,
        });
    }

    fn report(&mut self, detail: u8) {
        let index = usize::from(detail / 5) % self.sent.len().max(1);
        let Some((part, attempt)) = self.sent.get(index).copied() else {
            return;
        };
        let report = match detail % 5 {
            0 => Report::Delivered,
            1 => Report::Progress {
                detail: "on its way".to_owned(),
            },
            2 => Report::Lost {
                detail: "the connection was lost".to_owned(),
            },
            3 => Report::Failed {
                reason: Reason::NotTransmitted,
                detail: "failed".to_owned(),
            },
            _ => Report::Failed {
                reason: Reason::Evicted,
                detail: "gone".to_owned(),
            },
        };
        self.play(Input::Reported {
            part,
            attempt,
            report,
        });
    }

    fn advance_to_due(&mut self) {
        if let Some(due) = self.life.due() {
            self.now = self.now.max(due);
        }
        self.play(Input::Due);
    }

    fn advance_a_little(&mut self, detail: u8) {
        self.now = self.now.plus(MINUTE / 60 * u32::from(detail));
        self.play(Input::Due);
    }

    fn call_of_device(&mut self, detail: u8) {
        if self.scenario.protocol != Protocol::Http {
            return;
        }
        let call = match detail % 4 {
            0 | 1 => Call::Other,
            2 => Call::Same,
            _ => Call::Replayed,
        };
        let open = self.life.parts.iter().find(|part| part.is_in_flight());
        if let Some(part) = open.map(|part| part.id) {
            self.play(Input::Called { part, call });
        }
    }

    fn cancel(&mut self, detail: u8) {
        self.play(Input::Cancel { forced: detail < 8 });
    }

    fn abandon(&mut self) {
        self.calls.clear();
        self.play(Input::Abandoned);
    }

    /// Feeds an input, and what waited in the inbox after it.
    pub(crate) fn play(&mut self, input: Input) {
        self.feed(input);
        for waiting in std::mem::take(&mut self.inbox) {
            self.feed(waiting);
        }
    }

    fn feed(&mut self, input: Input) {
        let context = Context {
            now: self.now,
            ..self.scenario.context()
        };
        let step = step(&self.life, &input, &context);
        let before = std::mem::replace(&mut self.life, step.life.clone());
        self.events.extend(step.events.iter().cloned());
        self.calls.extend(&step.effects);
        if step.answer == Answer::Later {
            self.inbox.push(input.clone());
        }
        self.records.push(Record {
            before,
            input,
            context,
            step,
        });
    }
}

/// Any input at all, possible or not.
pub(crate) fn any_input(choice: u8, detail: u8) -> Input {
    let part = part_id(u128::from(detail % 4) + 1);
    let attempt = u32::from(detail / 4 % 4);
    match choice % 20 {
        0 | 1 => Input::Turn { part, fit: Ok(()) },
        2 => Input::Turn {
            part,
            fit: Err(Misfit::TooLong("long".to_owned())),
        },
        3 => Input::CarrierAway { part },
        4 => Input::HandedOver {
            part,
            attempt,
            outcome: HandOver::Taken { item: None },
        },
        5 => Input::HandedOver {
            part,
            attempt,
            outcome: HandOver::Unavailable,
        },
        6 => Input::HandedOver {
            part,
            attempt,
            outcome: HandOver::Unknown,
        },
        7 => {
            let outcome = HandOver::Refused {
                for_good: detail > 127,
                detail: "refused".to_owned(),
            };
            Input::HandedOver {
                part,
                attempt,
                outcome,
            }
        }
        8 => Input::Abandoned,
        9 | 10 => Input::Due,
        11 => Input::Asked {
            part,
            answer: Asked::There { item: None },
        },
        12 => Input::Asked {
            part,
            answer: Asked::NotThere,
        },
        13 => Input::Asked {
            part,
            answer: Asked::CannotTell,
        },
        14 => Input::Reported {
            part,
            attempt,
            report: Report::Delivered,
        },
        15 => {
            let index = usize::from(detail / 16) % Reason::ALL.len();
            let report = Report::Failed {
                reason: Reason::ALL[index],
                detail: "failed".to_owned(),
            };
            Input::Reported {
                part,
                attempt,
                report,
            }
        }
        16 => Input::Reported {
            part,
            attempt,
            report: Report::Progress {
                detail: String::new(),
            },
        },
        17 if detail > 240 => Input::Cancel {
            forced: detail > 248,
        },
        17 | 18 => {
            let outcomes = [TakeBack::TakenBack, TakeBack::Kept, TakeBack::Unknown];
            Input::TakenBack {
                part,
                outcome: outcomes[usize::from(detail / 16) % 3],
            }
        }
        _ if detail > 250 => Input::DeviceGone,
        _ if detail > 200 => Input::AnswerBroken { part },
        _ => {
            let calls = [Call::Other, Call::Same, Call::Replayed];
            Input::Called {
                part,
                call: calls[usize::from(detail / 16) % 3],
            }
        }
    }
}
