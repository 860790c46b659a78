//! Laws over generated sequences: realistic ones with a carrier, and any inputs at all.

use downlink_server::life::{Answer, Event, Input, Life};
use proptest::prelude::*;

use crate::checks::{ends_once, keeps_every_law, logs_in_order, sends_only_what_may_be_sent};
use crate::scenario::{Scenario, letter};
use crate::simulator::{Record, Simulator, any_input};

fn scenarios() -> impl Strategy<Value = Scenario> {
    proptest::sample::select(Scenario::all())
}

fn choices(most: usize) -> impl Strategy<Value = Vec<(u8, u8)>> {
    proptest::collection::vec(any::<(u8, u8)>(), 0..most)
}

/// An instruction of so many parts, or one part posted directly.
fn simulated(scenario: Scenario, parts: u128, choices: &[(u8, u8)]) -> Simulator {
    let mut simulator = Simulator::new(scenario, parts);
    for (choice, detail) in choices {
        simulator.choose(*choice, *detail);
    }
    simulator
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_life_with_a_carrier_keeps_every_law(
        scenario in scenarios(), parts in 0..4_u128, choices in choices(60), is_silent: bool,
    ) {
        let mut simulator = simulated(scenario, parts, &choices);
        simulator.run_out(is_silent);
        for record in &simulator.records {
            keeps_every_law(record);
            sends_only_what_may_be_sent(record);
        }
        logs_in_order(&simulator);
        ends_once(&simulator);
    }

    #[test]
    fn any_input_at_all_keeps_the_laws_of_a_step(
        scenario in scenarios(), parts in 0..4_u128, choices in choices(60),
    ) {
        let mut simulator = Simulator::new(scenario, parts);
        for (choice, detail) in choices {
            simulator.now = simulator.now.plus(std::time::Duration::from_secs(u64::from(detail)));
            simulator.play(any_input(choice, detail));
        }
        for record in &simulator.records {
            keeps_every_law(record);
        }
    }

    #[test]
    fn a_forced_cancel_ends_everything(
        scenario in scenarios(), parts in 0..4_u128, choices in choices(40),
    ) {
        let mut simulator = simulated(scenario, parts, &choices);
        let was_ended = simulator.life.is_ended();
        simulator.play(Input::Cancel { forced: true });
        prop_assert!(simulator.life.is_ended());
        let answer = simulator.records.iter().rev().find(|it| it.input == Input::Cancel { forced: true }).unwrap().step.answer;
        let expected: &[Answer] = if was_ended { &[Answer::Ended, Answer::AlreadyCancelled] } else { &[Answer::Cancelled] };
        prop_assert!(expected.contains(&answer));
    }

    #[test]
    fn the_same_step_always_has_the_same_result(
        scenario in scenarios(), parts in 0..4_u128, choices in choices(40),
    ) {
        let simulator = simulated(scenario, parts, &choices);
        for record in &simulator.records {
            let again = downlink_server::life::step(&record.before, &record.input, &record.context);
            prop_assert_eq!(&again, &record.step);
        }
    }

    #[test]
    fn what_is_stored_is_read_back(
        scenario in scenarios(), parts in 0..4_u128, choices in choices(40),
    ) {
        let simulator = simulated(scenario, parts, &choices);
        let stored = serde_json::to_string(&simulator.life).unwrap();
        prop_assert_eq!(serde_json::from_str::<Life>(&stored).unwrap(), simulator.life);
        let stored = serde_json::to_string(&simulator.events).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<Event>>(&stored).unwrap(), simulator.events);
    }
}

/// The sequences reach what they are meant to reach.
#[test]
fn the_sequences_reach_every_stage_and_every_input() {
    let mut seen = std::collections::BTreeSet::new();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for scenario in Scenario::all() {
        for round in 0..24_u128 {
            let parts = round % 4;
            let mut next = || {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                random.to_be_bytes()[0]
            };
            let choices: Vec<_> = (0..60).map(|_| (next(), next())).collect();
            let simulator = simulated(scenario, parts, &choices);
            seen.extend(simulator.records.iter().flat_map(reached));
        }
    }
    let stages = [
        "W",
        "P",
        "H",
        "U",
        "U late",
        "O",
        "C",
        "K cancel",
        "K timeout",
        "K eviction",
        "K success",
        "D",
    ];
    for stage in stages {
        for input in ["Due", "Cancel", "DeviceGone", "Abandoned"] {
            assert!(
                seen.contains(&format!("{stage} {input}")),
                "{stage} {input} is never reached"
            );
        }
    }
    for stage in [
        "P",
        "H",
        "U",
        "U late",
        "C",
        "K cancel",
        "K timeout",
        "K eviction",
        "K success",
        "D",
    ] {
        assert!(
            seen.contains(&format!("{stage} Reported")),
            "{stage} Reported is never reached"
        );
    }
}

fn reached(record: &Record) -> Vec<String> {
    let input = format!("{:?}", record.input);
    let name = input
        .split([' ', '{'])
        .next()
        .unwrap_or_default()
        .to_owned();
    record
        .before
        .parts
        .iter()
        .map(|part| format!("{} {name}", letter(&part.stage)))
        .collect()
}
