//! Accepting, changing, claiming, keeping.

use std::collections::BTreeSet;
use std::time::Duration;

use downlink_server::clock::Moment;
use downlink_server::id::{Client, PartId};
use downlink_server::life::{EventKind, Protocol, Stage};
use downlink_server::store::{
    Accepted, Body, Bound, Change, Claim, Committed, Device, Line, Message, StoreError,
};
use futures::future::join_all;

use crate::world::{DEVICE, World, acme, change, device, key, line, other};

fn later(world: &World, seconds: u64) -> Moment {
    world.now().plus(Duration::from_secs(seconds))
}

async fn claim(world: &World) -> Vec<Claim> {
    world
        .store
        .claim(world.now(), later(world, 30), 10)
        .await
        .unwrap()
}

pub(crate) async fn what_was_accepted_is_read_back(world: &World) {
    let mut new = world.instruction_of(&[Stage::Waiting, Stage::Waiting]);
    new.instruction.as_mut().unwrap().external_reference = Some(String::from("order 7"));
    let stored = world.accept(new.clone()).await;
    assert_eq!((stored.version, stored.number), (1, Some(1)));
    let row = world
        .store
        .instruction(&acme(), new.life.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.stored, stored);
    assert_eq!(row.stored.life, new.life);
    assert_eq!(
        (row.instruction, row.provenance),
        (new.instruction, new.provenance)
    );
    assert_eq!(row.logs, new.events);
    for (part, content) in new.life.parts.iter().zip(&new.contents) {
        let row = world
            .store
            .part(&acme(), Protocol::Lora, part.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((row.part, &row.document), (part.id, &content.document));
        assert_eq!(row.stored, stored);
        assert_eq!(
            world.store.content(part.id).await.unwrap().as_ref(),
            Some(content)
        );
    }
    world.store.ready().await.unwrap();
}

pub(crate) async fn a_reference_is_taken_once_for_each_client(world: &World) {
    let named = || {
        let mut new = world.instruction();
        new.instruction.as_mut().unwrap().external_reference = Some(String::from("order 7"));
        new
    };
    let first = named();
    let id = first.life.id;
    world.accept(first).await;
    let second = world.store.accept(named()).await.unwrap();
    assert_eq!(second, Accepted::ReferenceTaken(id));
    let mut of_other = named();
    of_other.client = other();
    world.accept(of_other).await;
    assert_eq!(
        world.store.open(&line(), 10).await.unwrap().len(),
        2,
        "a refusal writes nothing"
    );
}

pub(crate) async fn a_dry_run_takes_no_reference_and_stands_in_no_line(world: &World) {
    let named = |dry_run| {
        let mut new = world.instruction_of(&[world.ended()]);
        new.life.terms.dry_run = dry_run;
        new.instruction.as_mut().unwrap().external_reference = Some(String::from("order 7"));
        new
    };
    let dry = world.accept(named(true)).await;
    assert_eq!(dry.number, None);
    assert_eq!(world.store.next_due().await.unwrap(), None);
    let real = world.accept(named(false)).await;
    assert_eq!(real.number, Some(1));
    let mut again = named(true);
    again.line_limit = 0;
    assert_eq!(world.store.accept(again).await.unwrap(), Accepted::New);
}

pub(crate) async fn a_key_gives_the_first_downlink_again_until_it_expires(world: &World) {
    let keyed = |expires_at| {
        let mut new = world.instruction();
        new.idempotency = Some(key("k", expires_at));
        new
    };
    let first = keyed(later(world, 60));
    let id = first.life.id;
    world.accept(first).await;
    let again = world.store.accept(keyed(later(world, 60))).await.unwrap();
    assert_eq!(
        again,
        Accepted::Repeated {
            id,
            digest: [7; 32]
        }
    );
    let found = world
        .store
        .repeated(&acme(), "/downlinks", "k", world.now())
        .await
        .unwrap();
    assert_eq!(found.map(|it| it.id), Some(id));
    for (client, path, name) in [
        (other(), "/downlinks", "k"),
        (acme(), "/lora/downlinks", "k"),
        (acme(), "/downlinks", "K"),
    ] {
        assert_eq!(
            world
                .store
                .repeated(&client, path, name, world.now())
                .await
                .unwrap(),
            None
        );
    }
    world.advance(60);
    let found = world
        .store
        .repeated(&acme(), "/downlinks", "k", world.now())
        .await
        .unwrap();
    assert_eq!(found, None);
    assert_eq!(
        world.store.accept(keyed(later(world, 60))).await.unwrap(),
        Accepted::New
    );
}

pub(crate) async fn a_key_is_looked_at_before_the_reference(world: &World) {
    let same = || {
        let mut new = world.instruction();
        new.idempotency = Some(key("k", later(world, 60)));
        new.instruction.as_mut().unwrap().external_reference = Some(String::from("order 7"));
        new.line_limit = 1;
        new
    };
    let first = same();
    let id = first.life.id;
    world.accept(first).await;
    let again = world.store.accept(same()).await.unwrap();
    assert_eq!(
        again,
        Accepted::Repeated {
            id,
            digest: [7; 32]
        }
    );
}

pub(crate) async fn a_line_takes_as_many_open_parts_as_its_limit(world: &World) {
    let limited = |parts: usize, limit| {
        let mut new = world.instruction_of(&vec![Stage::Waiting; parts]);
        new.line_limit = limit;
        new
    };
    let oldest = world.now();
    world.accept(limited(2, 3)).await;
    world.advance(5);
    let full = world.store.accept(limited(2, 3)).await.unwrap();
    assert_eq!(full, Accepted::LineFull { oldest });
    world.accept(limited(1, 3)).await;
    let full = world.store.accept(limited(1, 3)).await.unwrap();
    assert_eq!(full, Accepted::LineFull { oldest });
    let mut elsewhere = limited(3, 3);
    elsewhere.device = String::from("urn:dev:eui:0000000000000002:");
    world.accept(elsewhere).await;
    let mut too_large = limited(4, 3);
    too_large.device = String::from("urn:dev:eui:0000000000000003:");
    let full = world.store.accept(too_large).await.unwrap();
    assert_eq!(
        full,
        Accepted::LineFull {
            oldest: world.now()
        }
    );
}

pub(crate) async fn what_ended_makes_room_in_its_line(world: &World) {
    let one = || {
        let mut new = world.instruction();
        new.line_limit = 1;
        new
    };
    let first = world.accept(one()).await;
    let full = world.store.accept(one()).await.unwrap();
    assert!(matches!(full, Accepted::LineFull { .. }));
    assert_eq!(world.end(&first).await, Committed::Written);
    let second = world.accept(one()).await;
    assert_eq!(second.number, Some(2));
    let open = world.store.open(&line(), 10).await.unwrap();
    assert_eq!(open, vec![second]);
}

pub(crate) async fn a_line_is_read_in_the_order_of_acceptance(world: &World) {
    let mut lives = Vec::new();
    for _ in 0..5 {
        lives.push(world.accept(world.instruction()).await);
    }
    assert_eq!(world.store.open(&line(), 10).await.unwrap(), lives);
    assert_eq!(world.store.open(&line(), 2).await.unwrap(), lives[..2]);
    let other_line = Line {
        protocol: Protocol::Sms,
        ..line()
    };
    assert_eq!(world.store.open(&other_line, 10).await.unwrap(), vec![]);
}

pub(crate) async fn lines_with_open_downlinks_are_found_by_protocol(world: &World) {
    let lines = async |protocol, after| world.store.lines(protocol, after, 10).await.unwrap();
    assert_eq!(lines(Protocol::Lora, None).await, vec![]);
    world.accept(world.instruction()).await;
    assert_eq!(lines(Protocol::Lora, None).await, vec![line()]);
    let device = line().device;
    assert_eq!(lines(Protocol::Lora, Some(device.as_str())).await, vec![]);
    assert_eq!(lines(Protocol::Sms, None).await, vec![]);
}

pub(crate) async fn concurrent_acceptances_get_each_number_once(world: &World) {
    let acceptances = (0..200).map(|_| world.accept(world.instruction()));
    let stored = join_all(acceptances).await;
    let numbers: BTreeSet<u64> = stored.iter().filter_map(|it| it.number).collect();
    assert_eq!(numbers, (1..=200).collect());
}

pub(crate) async fn what_is_refused_undoes_nothing_of_others(world: &World) {
    let first = world.accept(world.instruction()).await;
    let refused = [25, 40];
    let acceptances = (0..50).map(|number| {
        let mut new = world.instruction();
        if refused.contains(&number) {
            new.life.parts[0].id = first.life.parts[0].id;
        }
        world.store.accept(new)
    });
    let answers = join_all(acceptances).await;
    for (number, answer) in answers.into_iter().enumerate() {
        match answer {
            Ok(answer) => {
                assert_eq!(answer, Accepted::New);
                assert!(!refused.contains(&number));
            }
            Err(error) => {
                assert!(matches!(error, StoreError::Refused(_)), "{error}");
                assert!(refused.contains(&number));
            }
        }
    }
    let open = world.store.open(&line(), 100).await.unwrap();
    let numbers: Vec<u64> = open.iter().filter_map(|it| it.number).collect();
    assert_eq!(numbers, (1..=49).collect::<Vec<_>>(), "they took no number");
}

pub(crate) async fn a_change_of_another_version_is_a_conflict(world: &World) {
    let stored = world.accept(world.instruction()).await;
    let part = stored.life.parts[0].id;
    assert_eq!(world.end(&stored).await, Committed::Written);
    let after = world.stored(part).await;
    assert_eq!(after.version, 2);
    let mut stale = change(&stored);
    stale.events = vec![world.event(EventKind::Started, None)];
    assert_eq!(
        world.store.commit(stale).await.unwrap(),
        Committed::Conflict
    );
    assert_eq!(world.stored(part).await, after);
    let logs = world
        .store
        .instruction(&acme(), stored.life.id)
        .await
        .unwrap()
        .unwrap()
        .logs;
    assert_eq!(logs.len(), 1);
}

pub(crate) async fn one_of_many_equal_changes_is_written(world: &World) {
    let stored = world.accept(world.instruction()).await;
    let commits = join_all((0..50).map(|_| world.end(&stored))).await;
    let written = commits
        .iter()
        .filter(|it| **it == Committed::Written)
        .count();
    assert_eq!(written, 1);
    let mut limited = world.instruction();
    limited.line_limit = 1;
    assert_eq!(
        world.accept(limited).await.number,
        Some(2),
        "open parts are counted once"
    );
}

pub(crate) async fn a_second_worker_does_not_get_a_claimed_line(world: &World) {
    world.accept(world.instruction()).await;
    let first = claim(world).await;
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].line, line());
    assert_eq!(claim(world).await, vec![]);
    world.accept(world.instruction()).await;
    assert_eq!(
        claim(world).await,
        vec![],
        "what is accepted meanwhile does not free it"
    );
}

pub(crate) async fn a_lost_claim_cannot_write(world: &World) {
    let stored = world.accept(world.instruction()).await;
    let lost = claim(world).await.remove(0);
    world.advance(30);
    let held = claim(world).await.remove(0);
    assert!(held.fence > lost.fence);
    let under = |claim: &Claim| Change {
        claim: Some(claim.clone()),
        ..change(&stored)
    };
    assert_eq!(
        world.store.commit(under(&lost)).await.unwrap(),
        Committed::Conflict
    );
    assert!(!world.store.renew(&lost, later(world, 60)).await.unwrap());
    world.store.release(&lost, None).await.unwrap();
    assert_eq!(claim(world).await, vec![], "a lost claim releases nothing");
    assert_eq!(
        world.store.commit(under(&held)).await.unwrap(),
        Committed::Written
    );
}

pub(crate) async fn a_claim_of_another_line_cannot_write(world: &World) {
    let stored = world.accept(world.instruction()).await;
    let mut elsewhere = world.instruction();
    elsewhere.device = String::from("urn:dev:eui:0000000000000002:");
    world.accept(elsewhere).await;
    let claims = claim(world).await;
    let of_other = claims.into_iter().find(|it| it.line != line());
    let wrong = Change {
        claim: of_other,
        ..change(&stored)
    };
    assert_eq!(
        world.store.commit(wrong).await.unwrap(),
        Committed::Conflict
    );
}

pub(crate) async fn a_claim_that_is_renewed_is_kept(world: &World) {
    world.accept(world.instruction()).await;
    let held = claim(world).await.remove(0);
    world.advance(29);
    assert!(world.store.renew(&held, later(world, 30)).await.unwrap());
    world.advance(29);
    assert_eq!(claim(world).await, vec![]);
    assert_eq!(world.store.next_due().await.unwrap(), Some(later(world, 1)));
}

pub(crate) async fn a_line_that_is_woken_while_claimed_stays_due(world: &World) {
    let stored = world.accept(world.instruction()).await;
    let held = claim(world).await.remove(0);
    assert_eq!(
        world.store.commit(change(&stored)).await.unwrap(),
        Committed::Written
    );
    world.store.release(&held, None).await.unwrap();
    let again = claim(world).await.remove(0);
    assert_eq!(again.wakes, held.wakes + 1);
    let stored = world.stored(stored.life.parts[0].id).await;
    let own = Change {
        claim: Some(again.clone()),
        ..change(&stored)
    };
    assert_eq!(world.store.commit(own).await.unwrap(), Committed::Written);
    world.store.release(&again, None).await.unwrap();
    assert_eq!(
        claim(world).await,
        vec![],
        "its holder's own writing wakes nobody"
    );
}

pub(crate) async fn a_line_that_is_released_is_due_when_it_was_said(world: &World) {
    world.accept(world.instruction()).await;
    let held = claim(world).await.remove(0);
    let due = later(world, 60);
    world.store.release(&held, Some(due)).await.unwrap();
    assert_eq!(world.store.next_due().await.unwrap(), Some(due));
    world.advance(59);
    assert_eq!(claim(world).await, vec![]);
    world.advance(1);
    let held = claim(world).await.remove(0);
    world.store.release(&held, None).await.unwrap();
    assert_eq!(world.store.next_due().await.unwrap(), None);
    world.advance(1_000_000);
    assert_eq!(claim(world).await, vec![]);
}

pub(crate) async fn a_lease_that_is_over_is_claimed_by_another(world: &World) {
    world.accept(world.instruction()).await;
    let first = claim(world).await.remove(0);
    assert_eq!(
        world.store.next_due().await.unwrap(),
        Some(later(world, 30))
    );
    world.advance(29);
    assert_eq!(claim(world).await, vec![]);
    world.advance(1);
    let second = claim(world).await.remove(0);
    assert_eq!(second.fence, first.fence + 1);
}

pub(crate) async fn lines_that_are_due_longest_come_first(world: &World) {
    let of = |number: u32| {
        let mut new = world.instruction();
        new.device = format!("urn:dev:eui:{number:016x}:");
        new
    };
    for number in [3, 1, 2] {
        world.accept(of(number)).await;
        world.advance(1);
    }
    // What waits already keeps its turn.
    world.accept(of(3)).await;
    let mut order = Vec::new();
    for _ in 0..3 {
        let mut claims = world
            .store
            .claim(world.now(), later(world, 30), 1)
            .await
            .unwrap();
        order.push(claims.remove(0).line.device);
    }
    assert_eq!(order, [3, 1, 2].map(|number| of(number).device));
}

pub(crate) async fn a_forced_end_keeps_its_place_while_a_call_is_out(world: &World) {
    let stored = world.accept(world.instruction()).await;
    let mut forced = change(&stored);
    let call_until = Some(later(world, 8));
    forced.life.parts[0].stage = Stage::Ended {
        at: world.now(),
        call_until,
    };
    assert_eq!(
        world.store.commit(forced).await.unwrap(),
        Committed::Written
    );
    let open = world.store.open(&line(), 10).await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(world.end(&open[0]).await, Committed::Written);
    assert_eq!(world.store.open(&line(), 10).await.unwrap(), vec![]);
}

pub(crate) async fn what_another_client_owns_is_not_found(world: &World) {
    let stored = world.accept(world.instruction()).await;
    let (id, part) = (stored.life.id, stored.life.parts[0].id);
    assert_eq!(world.store.instruction(&other(), id).await.unwrap(), None);
    assert_eq!(
        world
            .store
            .part(&other(), Protocol::Lora, part)
            .await
            .unwrap(),
        None
    );
    assert!(
        world
            .store
            .instruction(&acme(), id)
            .await
            .unwrap()
            .is_some()
    );
}

pub(crate) async fn a_part_is_found_by_its_protocol_alone(world: &World) {
    let stored = world.accept(world.direct(Protocol::Sms)).await;
    let part = stored.life.parts[0].id;
    assert!(
        world
            .store
            .part(&acme(), Protocol::Sms, part)
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(
        world
            .store
            .part(&acme(), Protocol::Lora, part)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        world
            .store
            .instruction(&acme(), stored.life.id)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        world.store.life_of(PartId(world.uuid())).await.unwrap(),
        None
    );
    assert_eq!(
        world.store.content(PartId(world.uuid())).await.unwrap(),
        None
    );
}

pub(crate) async fn logs_and_histories_hold_a_hundred_entries(world: &World) {
    let mut stored = world.accept(world.instruction()).await;
    let part = stored.life.parts[0].id;
    for round in 0..4 {
        let mut more = change(&stored);
        more.events = vec![world.event(EventKind::PartSent, Some(part)); 30];
        more.events[0].detail = Some(format!("round {round}"));
        assert_eq!(world.store.commit(more).await.unwrap(), Committed::Written);
        stored = world.stored(part).await;
    }
    let row = world
        .store
        .instruction(&acme(), stored.life.id)
        .await
        .unwrap()
        .unwrap();
    let history = world.store.history(part).await.unwrap();
    assert_eq!((row.logs.len(), history.len()), (100, 100));
    assert_eq!(row.logs[0].kind, EventKind::Accepted);
    assert_eq!(row.logs[91].detail.as_deref(), Some("round 3"));
    assert_eq!(history[90].detail.as_deref(), Some("round 3"));
}

pub(crate) async fn what_a_direct_part_went_through_is_its_history(world: &World) {
    let stored = world.accept(world.direct(Protocol::Http)).await;
    let part = stored.life.parts[0].id;
    let mut more = change(&stored);
    more.events = vec![world.event(EventKind::Ended, None)];
    assert_eq!(world.store.commit(more).await.unwrap(), Committed::Written);
    let kinds: Vec<EventKind> = world
        .store
        .history(part)
        .await
        .unwrap()
        .iter()
        .map(|it| it.kind)
        .collect();
    assert_eq!(kinds, [EventKind::PartAccepted, EventKind::Ended]);
}

pub(crate) async fn sealed_bytes_are_erased_and_plain_ones_stay(world: &World) {
    let mut new = world.instruction_of(&[Stage::Waiting, Stage::Waiting]);
    new.contents[0].message = Message::Sealed(vec![9; 40]);
    new.contents[0].masked = true;
    let contents = new.contents.clone();
    let stored = world.accept(new).await;
    assert_eq!(
        world
            .store
            .content(contents[0].part)
            .await
            .unwrap()
            .unwrap(),
        contents[0]
    );
    let mut end = change(&stored);
    end.erase = stored.life.parts.iter().map(|it| it.id).collect();
    assert_eq!(world.store.commit(end).await.unwrap(), Committed::Written);
    let erased = world
        .store
        .content(contents[0].part)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(erased.message, Message::Erased);
    assert_eq!(
        (erased.document, erased.masked),
        (contents[0].document.clone(), true)
    );
    assert_eq!(
        world
            .store
            .content(contents[1].part)
            .await
            .unwrap()
            .unwrap(),
        contents[1]
    );
}

pub(crate) async fn what_ended_long_ago_goes_with_all_that_belongs_to_it(world: &World) {
    let named = |reference: &str| {
        let mut new = world.instruction();
        new.instruction.as_mut().unwrap().external_reference = Some(reference.to_owned());
        new
    };
    let old = world.accept(named("old")).await;
    let open = world.accept(named("open")).await;
    assert_eq!(world.end(&old).await, Committed::Written);
    world.advance(10);
    let young = world.accept(named("young")).await;
    assert_eq!(world.end(&young).await, Committed::Written);
    assert_eq!(world.store.retire(world.now(), 0).await.unwrap(), 0);
    assert_eq!(world.store.retire(world.now(), 10).await.unwrap(), 1);
    assert_eq!(world.store.retire(world.now(), 10).await.unwrap(), 0);
    let part = old.life.parts[0].id;
    assert_eq!(
        world.store.instruction(&acme(), old.life.id).await.unwrap(),
        None
    );
    assert_eq!(world.store.life_of(part).await.unwrap(), None);
    assert_eq!(world.store.content(part).await.unwrap(), None);
    assert_eq!(world.store.history(part).await.unwrap(), vec![]);
    for stays in [open, young] {
        assert!(
            world
                .store
                .instruction(&acme(), stays.life.id)
                .await
                .unwrap()
                .is_some()
        );
    }
    assert_eq!(
        world.store.accept(named("old")).await.unwrap(),
        Accepted::New
    );
    let taken = world.store.accept(named("young")).await.unwrap();
    assert!(matches!(taken, Accepted::ReferenceTaken(_)));
}

pub(crate) async fn a_device_is_found_by_every_name_and_by_its_client_alone(world: &World) {
    let first = device(
        &acme(),
        "urn:dev:a:",
        &["urn:dev:alias:1:", "urn:dev:alias:2:"],
        &["roof"],
    );
    let second = device(&other(), "urn:dev:b:", &["urn:dev:alias:1:"], &[]);
    let gone = world
        .store
        .import(vec![first.clone(), second.clone()], false)
        .await
        .unwrap();
    assert_eq!(gone, Vec::<String>::new());
    for name in ["urn:dev:a:", "urn:dev:alias:1:", "urn:dev:alias:2:"] {
        let found = world.store.device(&acme(), name).await.unwrap();
        assert_eq!(found.as_ref(), Some(&first));
    }
    let found = world
        .store
        .device(&other(), "urn:dev:alias:1:")
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&second));
    assert_eq!(
        world.store.device(&other(), "urn:dev:a:").await.unwrap(),
        None
    );
    assert_eq!(
        world.store.device(&acme(), "urn:dev:none:").await.unwrap(),
        None
    );
    assert_eq!(
        world.store.any_device("urn:dev:b:").await.unwrap(),
        Some(second)
    );
}

pub(crate) async fn an_import_is_taken_whole_or_not_at_all(world: &World) {
    let before = device(&acme(), "urn:dev:a:", &["urn:dev:alias:"], &[]);
    world
        .store
        .import(vec![before.clone()], false)
        .await
        .unwrap();
    let mut devices: Vec<_> = (0..1_200)
        .map(|it| device(&acme(), &format!("urn:dev:n{it:04}:"), &[], &["new"]))
        .collect();
    devices.push(device(&acme(), "urn:dev:z:", &["urn:dev:alias:"], &[]));
    let refused = world
        .store
        .import(devices.clone(), false)
        .await
        .unwrap_err();
    let StoreError::AliasTaken { alias, device: of } = refused else {
        panic!("{refused}")
    };
    assert_eq!(
        (alias.as_str(), of.as_str()),
        ("urn:dev:alias:", "urn:dev:a:")
    );
    assert_eq!(
        world.store.devices(&acme(), None, 10).await.unwrap(),
        vec![before]
    );
    devices.pop();
    world.store.import(devices.clone(), true).await.unwrap();
    assert_eq!(
        world.store.devices(&acme(), None, 5_000).await.unwrap(),
        devices
    );
}

pub(crate) async fn an_import_says_which_devices_are_gone_or_moved(world: &World) {
    let of = |client: &Client, id: &str| device(client, id, &[], &[]);
    let (a, b, c) = (
        of(&acme(), "urn:dev:a:"),
        of(&acme(), "urn:dev:b:"),
        of(&acme(), "urn:dev:c:"),
    );
    world
        .store
        .import(vec![a.clone(), b.clone(), c], false)
        .await
        .unwrap();
    assert_eq!(
        world.store.import(vec![a], false).await.unwrap(),
        Vec::<String>::new()
    );
    let moved = of(&other(), "urn:dev:b:");
    let lost = world
        .store
        .import(vec![moved.clone(), of(&acme(), "urn:dev:d:")], true)
        .await
        .unwrap();
    assert_eq!(lost, ["urn:dev:a:", "urn:dev:b:", "urn:dev:c:"]);
    assert_eq!(
        world.store.any_device("urn:dev:b:").await.unwrap(),
        Some(moved)
    );
    assert_eq!(world.store.any_device("urn:dev:a:").await.unwrap(), None);
}

pub(crate) async fn an_alias_goes_to_another_device_in_one_import(world: &World) {
    let of = |id, aliases: &[&str]| device(&acme(), id, aliases, &[]);
    world
        .store
        .import(
            vec![of("urn:dev:a:", &["x"]), of("urn:dev:b:", &["y"])],
            false,
        )
        .await
        .unwrap();
    let swapped = vec![of("urn:dev:a:", &["y", "y"]), of("urn:dev:b:", &["x"])];
    world.store.import(swapped.clone(), false).await.unwrap();
    assert_eq!(
        world.store.device(&acme(), "y").await.unwrap().as_ref(),
        Some(&swapped[0])
    );
    assert_eq!(
        world.store.device(&acme(), "x").await.unwrap().as_ref(),
        Some(&swapped[1])
    );
    let twice = vec![of("urn:dev:c:", &["z"]), of("urn:dev:d:", &["z"])];
    let refused = world.store.import(twice, false).await.unwrap_err();
    assert!(
        matches!(refused, StoreError::AliasTaken { .. }),
        "{refused}"
    );
}

pub(crate) async fn devices_are_listed_in_the_order_of_their_names(world: &World) {
    let names = ["urn:dev:c:", "urn:dev:a:", "urn:dev:B:", "urn:dev:b:"];
    let mut devices: Vec<_> = names
        .iter()
        .map(|it| device(&acme(), it, &[], &[]))
        .collect();
    devices.push(device(&other(), "urn:dev:aa:", &[], &[]));
    world.store.import(devices, false).await.unwrap();
    let mut listed: Vec<String> = Vec::new();
    loop {
        let after = listed.last().cloned();
        let page = world
            .store
            .devices(&acme(), after.as_deref(), 3)
            .await
            .unwrap();
        if page.is_empty() {
            break;
        }
        listed.extend(page.into_iter().map(|it| it.id));
    }
    assert_eq!(
        listed,
        ["urn:dev:B:", "urn:dev:a:", "urn:dev:b:", "urn:dev:c:"]
    );
}

pub(crate) async fn the_encoders_of_devices_are_told(world: &World) {
    let bound = |id: &str, encoder: &str| Device {
        encoder: encoder.to_owned(),
        ..device(&acme(), id, &[], &[])
    };
    let devices = vec![
        bound("urn:dev:c:", "a/valve"),
        bound("urn:dev:b:", "a/valve"),
        bound("urn:dev:a:", "b/meter"),
    ];
    world.store.import(devices, false).await.unwrap();
    let told = |encoder: &str, devices, first: &str| Bound {
        encoder: encoder.to_owned(),
        devices,
        first: first.to_owned(),
    };
    let both = [
        told("a/valve", 2, "urn:dev:b:"),
        told("b/meter", 1, "urn:dev:a:"),
    ];
    assert_eq!(world.store.bound().await.unwrap(), both);
    let left = vec![bound("urn:dev:a:", "a/valve")];
    world.store.import(left, true).await.unwrap();
    let one = [told("a/valve", 1, "urn:dev:a:")];
    assert_eq!(world.store.bound().await.unwrap(), one);
}

pub(crate) async fn a_kept_value_is_made_once(world: &World) {
    assert_eq!(
        world.store.keep("cursor", vec![1, 2]).await.unwrap(),
        [1, 2]
    );
    assert_eq!(world.store.keep("cursor", vec![3]).await.unwrap(), [1, 2]);
    assert_eq!(world.store.keep("other", vec![3]).await.unwrap(), [3]);
}

pub(crate) async fn bodies_are_kept_until_they_are_forgotten(world: &World) {
    let start = world.now();
    let body = |digest: u8| Body {
        digest: [digest; 32],
        at: world.now(),
        newest: (digest > 1).then_some(start),
    };
    let (first, note) = (body(1), |body, forget| {
        world.store.note_body(DEVICE, body, forget)
    });
    note(first, start).await.unwrap();
    world.advance(10);
    let second = body(2);
    note(second, start).await.unwrap();
    note(second, start).await.unwrap();
    let all = world.store.bodies(DEVICE, start).await.unwrap();
    assert_eq!(all, [first, second]);
    let newer = world.store.bodies(DEVICE, second.at).await.unwrap();
    assert_eq!(newer, [second]);
    let others = world.store.bodies("urn:dev:none:", start).await.unwrap();
    assert_eq!(others, []);
    world.advance(10);
    let again = body(1);
    note(again, second.at).await.unwrap();
    let all = world.store.bodies(DEVICE, start).await.unwrap();
    assert_eq!(all, [second, again]);
}
