//! Which part of a line may go.

use downlink_server::life::{Life, Reason, Stage, line};

use crate::scenario::{MINUTE, Scenario, ended, handing, later, now, part_id};

/// The lives of a line, a letter for each part, with ids from 1: `w` waits, `p` pauses, `r` has
/// paused enough, `h` is in flight, `d` has ended, `x` has ended with a call out, `y` with one
/// that is over.
fn line(scenario: Scenario, lives: &[&str]) -> Vec<Life> {
    let mut number = 0;
    let mut life = |letters: &&str| {
        let mut life = scenario.instruction(u128::try_from(letters.len()).unwrap());
        for (part, letter) in life.parts.iter_mut().zip(letters.chars()) {
            number += 1;
            part.id = part_id(number);
            part.failure = "dxy".contains(letter).then_some(Reason::Cancelled);
            Scenario::put(part, stage(letter));
        }
        life
    };
    lives.iter().map(&mut life).collect()
}

fn stage(letter: char) -> Stage {
    match letter {
        'w' => Stage::Waiting,
        'p' => Stage::Pausing { until: later() },
        'r' => Stage::Pausing { until: now() },
        'h' => handing(),
        'd' => ended(),
        'x' => Stage::Ended {
            at: now(),
            call_until: Some(later()),
        },
        'y' => Stage::Ended {
            at: now(),
            call_until: Some(now()),
        },
        other => panic!("{other}"),
    }
}

fn next(scenario: Scenario, lives: &[&str], in_flight: u32) -> Option<u128> {
    let lives = line(scenario, lives);
    let next = line::next(&lives.iter().collect::<Vec<_>>(), in_flight, now());
    next.map(|part| part.0.as_u128())
}

#[test]
fn the_first_that_waits_goes_and_none_beside_it() {
    for (lives, expected) in [
        (&["w", "w"][..], Some(1)),
        (&["h", "w"], None),
        (&["d", "w"], Some(2)),
        (&["dw", "w"], Some(2)),
        (&["hw", "w"], None),
        (&["dd", "dw"], Some(4)),
        (&[], None),
        (&["d"], None),
    ] {
        assert_eq!(next(Scenario::LORA, lives, 1), expected, "{lives:?}");
    }
}

#[test]
fn a_part_that_pauses_keeps_its_place() {
    assert_eq!(next(Scenario::LORA, &["p", "w"], 1), None);
    assert_eq!(next(Scenario::LORA, &["r", "w"], 1), Some(1));
    assert_eq!(next(Scenario::SMS, &["h", "p", "w"], 5), None);
}

#[test]
fn a_call_that_is_out_holds_the_line_until_it_is_over() {
    assert_eq!(next(Scenario::LORA, &["x", "w"], 1), None);
    assert_eq!(next(Scenario::LORA, &["xw"], 1), None);
    assert_eq!(next(Scenario::LORA, &["y", "w"], 1), Some(2));
    assert_eq!(next(Scenario::SMS, &["x", "w"], 2), Some(2));
    assert_eq!(next(Scenario::SMS, &["xw"], 2), None);
}

#[test]
fn more_are_in_flight_only_where_the_protocol_takes_several() {
    for (scenario, expected) in [
        (Scenario::LORA, None),
        (Scenario::HTTP, None),
        (Scenario::MQTT, Some(2)),
        (Scenario::SMS, Some(2)),
    ] {
        assert_eq!(
            next(scenario, &["h", "w"], 2),
            expected,
            "{:?}",
            scenario.protocol
        );
        assert_eq!(next(scenario, &["h", "w"], 1), None);
        assert_eq!(next(scenario, &["w"], 0), Some(1));
    }
    assert_eq!(next(Scenario::SMS, &["h", "h", "w"], 2), None);
    assert_eq!(next(Scenario::SMS, &["r", "h", "h"], 2), None);
    assert_eq!(next(Scenario::SMS, &["r", "h", "h"], 3), Some(1));
}

#[test]
fn two_parts_of_one_instruction_are_never_in_flight_and_nothing_overtakes() {
    assert_eq!(next(Scenario::SMS, &["hw", "w"], 5), None);
    assert_eq!(next(Scenario::SMS, &["h", "ww"], 5), Some(2));
}

#[test]
fn a_line_is_due_when_the_call_that_holds_it_is_over() {
    let lives = line(Scenario::LORA, &["x"]);
    assert_eq!(lives[0].due(), Some(later()));
    let context = downlink_server::life::Context {
        now: later().plus(MINUTE),
        ..Scenario::LORA.context()
    };
    let step = downlink_server::life::step(&lives[0], &downlink_server::life::Input::Due, &context);
    assert_eq!(step.life.due(), None);
    assert_eq!(step.life.modified_at, lives[0].modified_at);
}
