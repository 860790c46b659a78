//! What the tables do not show: counts, moments and pauses.

use downlink_server::life::{
    Abilities, Answer, Asked, Call, Context, Effect, HandOver, Input, Life, Report, Stage,
    TakeBack, step,
};

use crate::scenario::{FEEDBACK, MINUTE, Scenario, letter, now, part_id};

/// A direct part with its context, moved by one input after another.
struct Walk {
    life: Life,
    context: Context,
    effects: Vec<Effect>,
    answer: Answer,
}

impl Walk {
    fn new(scenario: &Scenario) -> Self {
        Self {
            life: scenario.direct(),
            context: scenario.context(),
            effects: Vec::new(),
            answer: Answer::Unchanged,
        }
    }

    fn feed(&mut self, input: &Input) -> &mut Self {
        let step = step(&self.life, input, &self.context);
        (self.life, self.effects, self.answer) = (step.life, step.effects, step.answer);
        self
    }

    fn turn(&mut self) -> &mut Self {
        self.feed(&Input::Turn {
            part: part_id(1),
            fit: Ok(()),
        })
    }

    fn handed_over(&mut self, outcome: HandOver) -> &mut Self {
        let attempt = self.life.parts[0].attempt;
        self.feed(&Input::HandedOver {
            part: part_id(1),
            attempt,
            outcome,
        })
    }

    fn due(&mut self) -> &mut Self {
        self.context.now = self
            .context
            .now
            .max(self.life.due().expect("something is due"));
        self.feed(&Input::Due)
    }

    fn stage(&self) -> &'static str {
        letter(&self.life.parts[0].stage)
    }

    /// Number of the handing over, and tries that were counted after the first.
    fn counts(&self) -> (u32, u32) {
        (self.life.parts[0].attempt, self.life.parts[0].retries)
    }
}

const BARE: Abilities = Abilities {
    takes_back: false,
    can_be_asked: false,
    expires: false,
};

fn refused() -> HandOver {
    HandOver::Refused {
        for_good: false,
        detail: "refused".to_owned(),
    }
}

fn taken() -> HandOver {
    HandOver::Taken {
        item: Some("item".to_owned()),
    }
}

#[test]
fn a_refused_try_is_counted_when_the_next_begins() {
    let mut walk = Walk::new(&Scenario::SMS);
    walk.turn().handed_over(refused());
    assert_eq!((walk.stage(), walk.counts()), ("P", (1, 0)));
    walk.due().turn();
    assert_eq!((walk.stage(), walk.counts()), ("H", (2, 1)));
}

#[test]
fn a_carrier_that_is_away_costs_no_try() {
    let mut walk = Walk::new(&Scenario::SMS);
    walk.turn().handed_over(HandOver::Unavailable);
    assert_eq!((walk.stage(), walk.counts()), ("W", (1, 0)));
    walk.turn()
        .handed_over(refused())
        .due()
        .turn()
        .handed_over(HandOver::Unavailable);
    assert_eq!((walk.stage(), walk.counts()), ("P", (3, 0)));
    walk.turn();
    assert_eq!((walk.stage(), walk.counts()), ("H", (4, 1)));
}

#[test]
fn what_is_unknown_is_resent_uncounted_at_once_and_then_after_pauses() {
    let scenario = Scenario {
        abilities: BARE,
        ..Scenario::SMS
    };
    let mut walk = Walk::new(&scenario);
    walk.turn().handed_over(HandOver::Unknown);
    assert_eq!(walk.life.due(), Some(now()));
    walk.due();
    assert_eq!((walk.stage(), walk.counts()), ("H", (2, 0)));
    assert_eq!(
        walk.effects,
        [Effect::HandOver {
            part: part_id(1),
            attempt: 2
        }]
    );
    walk.handed_over(HandOver::Unknown);
    let pause = walk.life.due().unwrap().since(now());
    assert!(pause >= walk.context.timing.first_pause / 2);
}

#[test]
fn resending_ends_with_the_feedback_timeout_of_the_first_unknown() {
    let scenario = Scenario {
        abilities: BARE,
        ..Scenario::SMS
    };
    let mut walk = Walk::new(&scenario);
    walk.turn().handed_over(HandOver::Unknown);
    let mut resent = 0;
    while walk.stage() != "D" {
        walk.due();
        if walk.stage() == "H" {
            resent += 1;
            walk.handed_over(HandOver::Unknown);
        }
    }
    assert!(walk.context.now <= now().plus(FEEDBACK));
    assert!((3..15).contains(&resent), "{resent}");
}

#[test]
fn nothing_written_after_unknown_is_unknown_still() {
    let scenario = Scenario {
        abilities: BARE,
        ..Scenario::SMS
    };
    let mut walk = Walk::new(&scenario);
    walk.turn().handed_over(HandOver::Unknown);
    let due = |walk: &Walk| match walk.life.parts[0].stage {
        Stage::Unknown { due, .. } => due,
        _ => None,
    };
    let first = due(&walk);
    walk.due().handed_over(HandOver::Unavailable);
    assert_eq!((walk.stage(), due(&walk)), ("U", first));
}

#[test]
fn a_carrier_that_neither_takes_back_nor_expires_is_sent_no_more_than_the_limit() {
    let scenario = Scenario {
        abilities: BARE,
        retry_limit: 2,
        ..Scenario::SMS
    };
    let mut walk = Walk::new(&scenario);
    while walk.stage() != "D" {
        match walk.stage() {
            "W" => walk.turn(),
            "H" => walk.handed_over(taken()),
            "P" => walk.due().turn(),
            _ => walk.due(),
        };
    }
    assert_eq!(walk.counts(), (3, 2));
}

#[test]
fn the_feedback_timeout_counts_from_the_handing_over() {
    let mut walk = Walk::new(&Scenario {
        abilities: BARE,
        ..Scenario::SMS
    });
    walk.turn();
    walk.context.now = walk.context.now.plus(MINUTE / 60);
    walk.handed_over(taken());
    assert_eq!(walk.life.due(), Some(walk.context.now.plus(FEEDBACK)));
}

#[test]
fn a_carrier_away_counts_anew_for_a_try_that_timed_out() {
    let mut walk = Walk::new(&Scenario::SMS);
    walk.turn().handed_over(taken()).due();
    assert_eq!(walk.stage(), "K timeout");
    walk.feed(&Input::TakenBack {
        part: part_id(1),
        outcome: TakeBack::TakenBack,
    })
    .due();
    walk.turn()
        .handed_over(HandOver::Unavailable)
        .feed(&Input::Due);
    assert_eq!(walk.stage(), "P");
    let away = walk.context.now;
    walk.context.now = away.plus(FEEDBACK);
    walk.feed(&Input::Due);
    assert_eq!(walk.stage(), "D");
}

#[test]
fn a_carrier_that_rests_counts_from_the_turn_that_was_not_given() {
    let mut walk = Walk::new(&Scenario::SMS);
    walk.feed(&Input::CarrierAway { part: part_id(1) });
    assert_eq!(walk.life.due(), Some(now().plus(FEEDBACK)));
    walk.context.now = now().plus(MINUTE);
    walk.feed(&Input::CarrierAway { part: part_id(1) });
    assert_eq!(walk.answer, Answer::Unchanged);
    walk.due();
    assert_eq!((walk.stage(), walk.counts()), ("D", (0, 0)));
}

#[test]
fn a_pause_lasts_until_the_call_that_takes_back_is_over() {
    let mut walk = Walk::new(&Scenario::SMS);
    walk.context.timing.first_pause = MINUTE / 60;
    walk.turn().handed_over(taken()).due();
    let deadline = walk.life.due();
    let detail = "undeliverable".to_owned();
    let report = Report::Failed {
        reason: downlink_server::life::Reason::NotTransmitted,
        detail,
    };
    walk.feed(&Input::Reported {
        part: part_id(1),
        attempt: 1,
        report,
    });
    assert_eq!((walk.stage(), walk.life.due()), ("P", deadline));
}

#[test]
fn not_found_says_nothing_for_a_minute() {
    let mut walk = Walk::new(&Scenario::LORA);
    walk.turn().handed_over(HandOver::Unknown);
    assert_eq!(walk.effects, [Effect::Ask { part: part_id(1) }]);
    walk.feed(&Input::Asked {
        part: part_id(1),
        answer: Asked::NotThere,
    });
    assert_eq!(walk.life.due(), Some(now().plus(MINUTE)));
    walk.due();
    assert_eq!((walk.stage(), walk.counts()), ("H", (2, 0)));
}

#[test]
fn what_is_gone_twice_a_minute_apart_is_evicted_and_once_is_not() {
    let ask = || Input::Asked {
        part: part_id(1),
        answer: Asked::NotThere,
    };
    let mut walk = Walk::new(&Scenario::LORA);
    walk.turn().handed_over(taken());
    walk.context.timing.look_every = MINUTE;
    walk.life.parts[0].stage = Scenario::LORA.carried();
    walk.feed(&ask()).feed(&ask());
    assert_eq!(walk.stage(), "C");
    walk.due();
    assert_eq!(walk.effects, [Effect::Ask { part: part_id(1) }]);
    walk.feed(&ask());
    assert_eq!(walk.stage(), "D");
    assert_eq!(
        walk.life.parts[0].failure,
        Some(downlink_server::life::Reason::Evicted)
    );
}

#[test]
fn what_was_transmitted_is_not_looked_for() {
    let mut walk = Walk::new(&Scenario::LORA);
    walk.turn().handed_over(taken());
    assert_eq!(
        walk.life.due(),
        Some(now().plus(walk.context.timing.look_every))
    );
    let report = Report::Progress {
        detail: "txack".to_owned(),
    };
    walk.feed(&Input::Reported {
        part: part_id(1),
        attempt: 1,
        report,
    });
    assert_eq!(walk.life.due(), Some(now().plus(FEEDBACK)));
    walk.feed(&Input::Asked {
        part: part_id(1),
        answer: Asked::NotThere,
    });
    assert_eq!(walk.answer, Answer::Unchanged);
}

#[test]
fn a_device_that_saw_no_answer_gets_the_same_again_and_its_timer_goes_on() {
    let call = |call| Input::Called {
        part: part_id(1),
        call,
    };
    let mut walk = Walk::new(&Scenario::HTTP);
    walk.turn().feed(&call(Call::Other));
    let due = walk.life.due();
    assert_eq!(walk.effects, [Effect::Deliver { part: part_id(1) }]);
    walk.context.now = now().plus(MINUTE / 2);
    walk.feed(&call(Call::Same));
    assert_eq!(
        (walk.life.due(), &walk.effects[..]),
        (due, &[Effect::Deliver { part: part_id(1) }][..])
    );
    walk.feed(&Input::AnswerBroken { part: part_id(1) });
    assert_eq!((walk.stage(), walk.life.due()), ("O", due));
    walk.due();
    assert_eq!(
        walk.life.parts[0]
            .failure
            .map(|it| it.spelled(walk.life.protocol)),
        Some("TIMEOUT")
    );
}

#[test]
fn what_was_cancelled_and_could_not_be_taken_back_gets_no_other_try() {
    for (late, reason) in [(false, "CANCELLED"), (true, "FEEDBACK_TIMEOUT")] {
        let mut walk = Walk::new(&Scenario::LORA);
        walk.turn().handed_over(taken());
        walk.feed(&Input::Cancel { forced: false });
        assert_eq!(walk.answer, Answer::CancelAccepted);
        walk.feed(&Input::TakenBack {
            part: part_id(1),
            outcome: TakeBack::Kept,
        });
        assert_eq!(walk.stage(), "C");
        if late {
            walk.life.parts[0].retries = walk.life.terms.retry_limit;
        }
        while walk.stage() != "D" {
            walk.due();
        }
        assert_eq!(walk.counts().0, 1);
        let failure = walk.life.parts[0].failure.unwrap();
        assert_eq!(failure.spelled(walk.life.protocol), reason);
    }
}
