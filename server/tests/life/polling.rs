//! Devices that poll over HTTP.

use downlink_server::life::{Answer, Call, Effect, EventKind, Input};

use crate::scenario::{MINUTE, Scenario, now, part_id};
use crate::walk::Walk;

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
fn an_answer_that_was_not_written_whole_is_not_offered_again_after_a_cancel() {
    let scenario = Scenario::HTTP;
    let mut walk = Walk::new(&scenario);
    walk.life = scenario.instruction(2);
    let call = Call::Other;
    walk.turn().feed(&Input::Called {
        part: part_id(1),
        call,
    });
    walk.feed(&Input::Cancel { forced: false });
    assert_eq!((walk.answer, walk.stage()), (Answer::CancelAccepted, "C"));
    walk.feed(&Input::AnswerBroken { part: part_id(1) });
    assert!(walk.life.is_ended());
    assert_eq!(walk.life.status().as_str(), "CANCELLED");
}

#[test]
fn a_second_answer_after_a_broken_one_is_no_second_sending() {
    let call = || Input::Called {
        part: part_id(1),
        call: Call::Same,
    };
    let mut walk = Walk::new(&Scenario::HTTP);
    walk.turn().feed(&call());
    let mut events = walk.events.clone();
    walk.feed(&Input::AnswerBroken { part: part_id(1) });
    walk.feed(&call());
    events.append(&mut walk.events);
    let sent = events.iter().filter(|it| it.kind == EventKind::PartSent);
    assert_eq!((walk.stage(), sent.count()), ("C", 1));
}
