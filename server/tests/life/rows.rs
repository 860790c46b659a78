//! The tables of `docs/states.md`: which parts a column stands for, and what a row does to them.

use downlink_server::life::{
    Asked, Before, Call, HandOver, Input, Life, Misfit, Part, Protocol, Reason, Report, Stage,
    TakeBack, Why,
};

use crate::scenario::{
    FEEDBACK, MINUTE, Scenario, ended, handing, later, now, part_id, pausing, taking_back,
};

const DOCUMENT: &str = include_str!("../../docs/states.md");

pub(crate) const COLUMNS: [&str; 12] = [
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

/// The rows of the table below a heading, split into cells; the first is the header.
pub(crate) fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, rest) = DOCUMENT.split_once(heading).expect("the heading");
    let lines = rest.lines().skip_while(|line| !line.starts_with('|'));
    let rows = lines.take_while(|line| line.starts_with('|'));
    let cells = |row: &'static str| row.trim_matches('|').split('|').map(str::trim).collect();
    rows.filter(|row| !row.starts_with("|--"))
        .map(cells)
        .collect()
}

/// One case: a part as it was, and what is true of it.
pub(crate) struct Case {
    pub(crate) life: Life,
    pub(crate) missing: bool,
}

impl Case {
    pub(crate) fn part(&self) -> &Part {
        &self.life.parts[0]
    }
}

/// The parts that a column stands for.
pub(crate) fn cases(scenario: &Scenario, column: &str) -> Vec<Case> {
    stages(scenario, column)
        .into_iter()
        .map(|(stage, failure)| case(scenario, stage, failure))
        .collect()
}

fn case(scenario: &Scenario, stage: Stage, failure: Option<Reason>) -> Case {
    let mut life = scenario.direct();
    let missing = matches!(
        stage,
        Stage::Carried {
            missing_since: Some(_),
            ..
        }
    );
    life.parts[0].failure = failure;
    Scenario::put(&mut life.parts[0], stage);
    Case { life, missing }
}

fn stages(scenario: &Scenario, column: &str) -> Vec<(Stage, Option<Reason>)> {
    let due = later();
    let one = |stage| vec![(stage, None)];
    match column {
        "W" => one(Stage::Waiting),
        "P" => one(pausing()),
        "H" => [Before::Waiting, Before::Pausing, Before::Unknown { due }]
            .map(handing_from)
            .to_vec(),
        "U" => one(scenario.unknown()),
        "U late" => one(unknown_late(scenario)),
        "O" => one(Stage::Offered { due }),
        "C" => carried(scenario),
        "K cancel" => one(taking_back(Why::Cancel)),
        "K timeout" => one(taking_back(Why::Timeout)),
        "K eviction" => one(taking_back(Why::Eviction)),
        "K success" => one(taking_back(Why::Success)),
        "D" => [None, Some(Reason::Cancelled), Some(Reason::NotTransmitted)]
            .map(|it| (ended(), it))
            .to_vec(),
        other => panic!("no column {other}"),
    }
}

fn handing_from(before: Before) -> (Stage, Option<Reason>) {
    let mut stage = handing();
    if let Stage::Handing { from, .. } = &mut stage {
        *from = before;
    }
    (stage, None)
}

fn unknown_late(scenario: &Scenario) -> Stage {
    let mut stage = scenario.unknown();
    if let Stage::Unknown { due, .. } = &mut stage {
        *due = None;
    }
    stage
}

fn carried(scenario: &Scenario) -> Vec<(Stage, Option<Reason>)> {
    let found = scenario.carried();
    let mut missing = found.clone();
    match &mut missing {
        Stage::Carried {
            look_at: Some(_),
            missing_since,
            ..
        } => {
            *missing_since = Some(now().minus(MINUTE));
        }
        _ => return vec![(found, None)],
    }
    vec![(found, None), (missing, None)]
}

/// Makes due what the row says is due, or notes what happened meanwhile.
pub(crate) fn prepare(row: &str, case: &mut Case) {
    let part = &mut case.life.parts[0];
    match row {
        "deadline of the call" => set_deadline(&mut part.stage),
        "the wait for a word is over" => set_decision(&mut part.stage),
        "feedback timeout" => set_due(&mut part.stage),
        "max_wait" => case.life.terms.give_up_at = now(),
        "carrier away for the feedback timeout" => part.first_turn = Some(now().minus(FEEDBACK)),
        "asked: there"
        | "asked: not there"
        | "asked: cannot tell"
        | "taking back: no answer again" => {
            set_asked(&mut part.stage);
        }
        "took it, device gone meanwhile" | "not taken, device gone meanwhile" => {
            set_flags(&mut part.stage, true, false);
        }
        "took it, older try succeeded meanwhile" | "not taken, older try succeeded meanwhile" => {
            set_flags(&mut part.stage, true, true);
        }
        _ => {}
    }
}

fn set_deadline(stage: &mut Stage) {
    match stage {
        Stage::Handing { deadline, .. } | Stage::TakingBack { deadline, .. } => *deadline = now(),
        Stage::Unknown { decide_at, .. } => *decide_at = now(),
        _ => {}
    }
}

fn set_decision(stage: &mut Stage) {
    if let Stage::Unknown {
        decide_at, asked, ..
    } = stage
    {
        (*decide_at, *asked) = (now(), true);
    }
}

fn set_due(stage: &mut Stage) {
    match stage {
        Stage::Unknown { due: Some(due), .. }
        | Stage::Offered { due }
        | Stage::Carried { due, .. }
        | Stage::TakingBack { due, .. } => *due = now(),
        _ => {}
    }
}

fn set_asked(stage: &mut Stage) {
    if let Stage::TakingBack { asked, .. } = stage {
        *asked = true;
    }
}

fn set_flags(stage: &mut Stage, is_evicted: bool, has_succeeded: bool) {
    if let Stage::Handing {
        evicted, succeeded, ..
    } = stage
    {
        (*evicted, *succeeded) = (is_evicted, has_succeeded);
    }
}

pub(crate) fn input(row: &str, attempt: u32) -> Input {
    let part = part_id(1);
    let taken = HandOver::Taken {
        item: Some("item".to_owned()),
    };
    let handed_over = |outcome| Input::HandedOver {
        part,
        attempt,
        outcome,
    };
    let refused = |for_good| HandOver::Refused {
        for_good,
        detail: "refused".to_owned(),
    };
    let asked = |answer| Input::Asked { part, answer };
    let reported = |attempt, report| Input::Reported {
        part,
        attempt,
        report,
    };
    let taken_back = |outcome| Input::TakenBack { part, outcome };
    let called = |call| Input::Called { part, call };
    match row {
        "turn" => Input::Turn { part, fit: Ok(()) },
        "turn, too long by now" => Input::Turn {
            part,
            fit: Err(Misfit::TooLong("long".to_owned())),
        },
        "its turn, the carrier away" => Input::CarrierAway { part },
        "carrier away, nothing written" => handed_over(HandOver::Unavailable),
        "carrier took it"
        | "took it, device gone meanwhile"
        | "took it, older try succeeded meanwhile" => handed_over(taken),
        "refused, may pass" => handed_over(refused(false)),
        "refused for good" | "not taken, device gone meanwhile" => handed_over(refused(true)),
        "answer lost" | "not taken, older try succeeded meanwhile" => {
            handed_over(HandOver::Unknown)
        }
        "the process is gone" => Input::Abandoned,
        "deadline of the call"
        | "the wait for a word is over"
        | "feedback timeout"
        | "max_wait"
        | "carrier away for the feedback timeout" => Input::Due,
        "asked: there" => asked(Asked::There {
            item: Some("item".to_owned()),
        }),
        "asked: not there" => asked(Asked::NotThere),
        "asked: cannot tell" => asked(Asked::CannotTell),
        "success, this try" => reported(attempt, Report::Delivered),
        "success, older try" => reported(1, Report::Delivered),
        "in between, this try" => reported(attempt, progress()),
        "in between, older try" => reported(1, progress()),
        "no more is heard, this try" => reported(attempt, lost()),
        "no more is heard, older try" => reported(1, lost()),
        "failure, this try" => reported(attempt, failure()),
        "failure, older try" => reported(1, failure()),
        "DELETE" => Input::Cancel { forced: false },
        "DELETE, forced" => Input::Cancel { forced: true },
        "taken back" => taken_back(TakeBack::TakenBack),
        "not taken back" => taken_back(TakeBack::Kept),
        "taking back: no answer" | "taking back: no answer again" => taken_back(TakeBack::Unknown),
        "device gone" => Input::DeviceGone,
        "HTTP call, other body" => called(Call::Other),
        "HTTP call, same body" => called(Call::Same),
        "HTTP call, replayed body" => called(Call::Replayed),
        "HTTP answer not written whole" => Input::AnswerBroken { part },
        other => panic!("no row {other}"),
    }
}

fn progress() -> Report {
    Report::Progress {
        detail: "on its way".to_owned(),
    }
}

fn lost() -> Report {
    Report::Lost {
        detail: "the connection was lost".to_owned(),
    }
}

fn failure() -> Report {
    Report::Failed {
        reason: Reason::NotTransmitted,
        detail: "failed".to_owned(),
    }
}

/// Over HTTP there is no P, H, U and K, and only there is O.
pub(crate) fn can_be(protocol: Protocol, column: &str) -> bool {
    let is_http = protocol == Protocol::Http;
    match column {
        "W" | "C" | "D" => true,
        "O" => is_http,
        _ => !is_http,
    }
}
