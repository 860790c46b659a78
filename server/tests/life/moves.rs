//! What the tables do not show: counts, moments and pauses.

use downlink_server::life::{
    Abilities, Answer, Asked, Effect, HandOver, Input, Misfit, Report, Stage, TakeBack, Why,
};

use crate::scenario::{FEEDBACK, MINUTE, Scenario, now, part_id, taking_back};
use crate::walk::{Walk, refused, taken};

const BARE: Abilities = Abilities {
    takes_back: false,
    can_be_asked: false,
    expires: false,
};

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
        for _ in 0..10 {
            if walk.life.due().is_some() {
                walk.due();
            }
        }
        assert_eq!((walk.stage(), walk.counts().0), ("D", 1));
        let failure = walk.life.parts[0].failure.unwrap();
        assert_eq!(failure.spelled(walk.life.protocol), reason);
    }
}

#[test]
fn a_limit_that_came_later_does_not_stop_what_was_handed_over_before() {
    let too_long = || Input::Turn {
        part: part_id(1),
        fit: Err(Misfit::TooLong("long".to_owned())),
    };
    let mut walk = Walk::new(&Scenario::SMS);
    walk.turn().handed_over(refused()).due().feed(&too_long());
    assert_eq!(walk.stage(), "D");
    let mut walk = Walk::new(&Scenario::SMS);
    walk.turn().handed_over(taken()).due();
    walk.feed(&Input::TakenBack {
        part: part_id(1),
        outcome: TakeBack::TakenBack,
    });
    walk.due().feed(&too_long());
    assert_eq!(walk.stage(), "H");
}

#[test]
fn a_turn_that_comes_after_max_wait_sends_nothing() {
    let mut walk = Walk::new(&Scenario::SMS);
    walk.life.terms.give_up_at = now();
    walk.turn();
    assert_eq!((walk.stage(), walk.effects.len()), ("D", 0));
}

#[test]
fn taking_back_is_due_with_the_feedback_timeout_if_that_comes_first() {
    for (why, first) in [(Why::Cancel, 1), (Why::Timeout, 8)] {
        let mut walk = Walk::new(&Scenario::SMS);
        let mut stage = taking_back(why);
        if let Stage::TakingBack { due, deadline, .. } = &mut stage {
            *due = now().plus(MINUTE / 60);
            *deadline = now().plus(MINUTE / 60 * 8);
        }
        Scenario::put(&mut walk.life.parts[0], stage);
        assert_eq!(walk.life.due(), Some(now().plus(MINUTE / 60 * first)));
    }
}

#[test]
fn a_clock_that_goes_back_takes_no_modified_at_back() {
    for life in [Scenario::SMS.direct(), Scenario::SMS.instruction(1)] {
        let mut walk = Walk::new(&Scenario::SMS);
        walk.life = life;
        walk.turn();
        assert_eq!(walk.life.modified_at, now());
        walk.context.now = now().minus(MINUTE);
        walk.handed_over(taken());
        assert_eq!(walk.stage(), "C");
        assert_eq!(walk.life.modified_at, now());
    }
}

#[test]
fn a_carrier_away_counts_from_the_first_of_several_turns() {
    let mut walk = Walk::new(&Scenario::SMS);
    walk.turn().handed_over(HandOver::Unavailable);
    walk.context.now = now().plus(MINUTE);
    walk.turn().handed_over(HandOver::Unavailable);
    assert_eq!(walk.life.due(), Some(now().plus(FEEDBACK)));
}

#[test]
fn the_answer_to_a_call_lets_the_line_go_on_after_a_forced_cancel() {
    let mut walk = Walk::new(&Scenario::SMS);
    walk.turn().feed(&Input::Cancel { forced: true });
    assert!(walk.life.due().is_some());
    walk.handed_over(taken());
    assert_eq!((walk.life.due(), walk.answer), (None, Answer::Noted));
}

#[test]
fn what_comes_back_after_a_cancel_is_not_sent() {
    let mut walk = Walk::new(&Scenario::SMS);
    walk.life = Scenario::SMS.instruction(2);
    walk.turn().feed(&Input::Cancel { forced: false });
    assert_eq!((walk.answer, walk.stage()), (Answer::CancelAccepted, "H"));
    walk.handed_over(HandOver::Unavailable);
    assert!(walk.life.is_ended());
    assert_eq!(walk.life.status().as_str(), "CANCELLED");
}
