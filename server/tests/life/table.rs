//! Every stage and every input of four protocols, printed: `table.txt` is blessed by `BLESS=1`
//! and read by a person.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use downlink_server::life::{Answer, Effect, EventKind, Stage, Step, step};

use crate::rows::{COLUMNS, can_be, cases, input, prepare, table};
use crate::scenario::{Scenario, letter};

#[test]
fn the_printed_table_is_as_it_was_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/life/table.txt");
    let printed = print();
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &printed).expect("the table is written");
    }
    let blessed = fs::read_to_string(&path).expect("the table is there: BLESS=1 writes it");
    assert_eq!(
        printed, blessed,
        "bless with BLESS=1 and read the difference"
    );
}

fn print() -> String {
    let mut text = "Before × input: after (retries, reason), answer; events; effects\n".to_owned();
    let named = [
        (
            "LoRaWAN: taken back, asked; resend, tries left",
            Scenario::LORA,
        ),
        (
            "MQTT, QoS 0: nothing but handing over; fail, tries left",
            Scenario::MQTT,
        ),
        (
            "SMS: taken back, expires; resend, tries left",
            Scenario::SMS,
        ),
        (
            "SMS, the last try",
            Scenario {
                retry_limit: 1,
                ..Scenario::SMS
            },
        ),
        ("HTTP", Scenario::HTTP),
    ];
    for (name, scenario) in named {
        writeln!(text, "\n# {name}").unwrap();
        print_scenario(&mut text, &scenario);
    }
    text
}

fn print_scenario(text: &mut String, scenario: &Scenario) {
    for row in table("## Part").into_iter().skip(1) {
        writeln!(text, "\n## {}", row[0]).unwrap();
        let cells = COLUMNS.into_iter().zip(&row[1..]);
        for (column, _) in
            cells.filter(|(column, cell)| **cell != "·" && can_be(scenario.protocol, column))
        {
            for mut case in cases(scenario, column) {
                prepare(row[0], &mut case);
                let attempt = case.life.parts[0].attempt.max(1);
                let step = step(&case.life, &input(row[0], attempt), &scenario.context());
                let before = before(
                    &case.life.parts[0].stage,
                    case.life.parts[0].failure.is_some(),
                );
                writeln!(text, "{before:<16}{}", after(&step, case.life == step.life)).unwrap();
            }
        }
    }
}

fn before(stage: &Stage, failed: bool) -> String {
    match stage {
        Stage::Handing { from, .. } => {
            format!("H from {}", format!("{from:?}").split(' ').next().unwrap())
        }
        Stage::Carried {
            missing_since: Some(_),
            ..
        } => "C missing".to_owned(),
        Stage::Ended { .. } if failed => "D not well".to_owned(),
        Stage::Ended { .. } => "D well".to_owned(),
        Stage::Waiting
        | Stage::Pausing { .. }
        | Stage::Unknown { .. }
        | Stage::Offered { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. } => letter(stage).to_owned(),
    }
}

fn after(step: &Step, same: bool) -> String {
    let part = &step.life.parts[0];
    let reason = part
        .failure
        .map_or("-", |it| it.spelled(step.life.protocol));
    let moved = if same {
        "as it was".to_owned()
    } else {
        format!("{} ({}, {reason})", letter(&part.stage), part.retries)
    };
    let waits = matches!(
        part.stage,
        Stage::Ended {
            call_until: Some(_),
            ..
        }
    );
    let moved = if waits {
        format!("{moved}, line waits")
    } else {
        moved
    };
    let answer = if step.answer == Answer::Moved {
        String::new()
    } else {
        format!(", {:?}", step.answer)
    };
    let events: Vec<_> = step.events.iter().map(|event| named(event.kind)).collect();
    let effects: Vec<_> = step.effects.iter().map(effect).collect();
    let lists = [events.join(" "), effects.join(" ")]
        .into_iter()
        .filter(|it| !it.is_empty());
    [format!("{moved}{answer}")]
        .into_iter()
        .chain(lists)
        .collect::<Vec<_>>()
        .join("; ")
}

fn named(kind: EventKind) -> String {
    kind.contract_name().map_or_else(
        || format!("{kind:?}"),
        |name| name.trim_start_matches("DOWNLINK_").to_owned(),
    )
}

fn effect(effect: &Effect) -> String {
    match effect {
        Effect::HandOver { attempt, .. } => format!("→ hand over try {attempt}"),
        Effect::TakeBack { attempt, .. } => format!("→ take back try {attempt}"),
        Effect::Ask { .. } => "→ ask".to_owned(),
        Effect::Deliver { .. } => "→ answer the device".to_owned(),
    }
}
