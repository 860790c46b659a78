//! Reports that came before the record of the handing over.

use downlink_server::id::PartId;
use downlink_server::life::Report;
use downlink_server::store::{Change, Committed, EarlyReport, KeptReport};
use futures::future::join_all;

use crate::world::{World, change};

fn early(world: &World, part: PartId, report: Report) -> EarlyReport {
    EarlyReport {
        part,
        attempt: 3,
        report,
        heard_at: world.now(),
    }
}

fn progress() -> Report {
    Report::Progress {
        detail: String::from("sent"),
    }
}

async fn kept(world: &World, part: PartId) -> KeptReport {
    world.store.kept_report(part).await.unwrap().unwrap()
}

pub(crate) async fn reports_are_kept_in_their_order_until_they_are_removed(world: &World) {
    let [part, other] = [(); 2].map(|()| PartId(world.uuid()));
    assert_eq!(world.store.kept_report(part).await.unwrap(), None);
    for report in [progress(), Report::Delivered] {
        let early = early(world, part, report);
        world.store.keep_report(early).await.unwrap();
    }
    assert_eq!(world.store.kept_report(other).await.unwrap(), None);
    let first = kept(world, part).await;
    assert_eq!((first.attempt, &first.report), (3, &progress()));
    assert!(world.store.remove_report(first.key).await.unwrap());
    assert!(!world.store.remove_report(first.key).await.unwrap());
    assert_eq!(kept(world, part).await.report, Report::Delivered);
}

pub(crate) async fn a_kept_report_is_taken_by_one_change(world: &World) {
    let stored = world.accept(world.instruction()).await;
    let part = stored.life.parts[0].id;
    let early = early(world, part, Report::Delivered);
    world.store.keep_report(early).await.unwrap();
    let key = kept(world, part).await.key;
    let taking = || Change {
        report: Some(key),
        ..change(&stored)
    };
    let commits = join_all((0..10).map(|_| world.store.commit(taking()))).await;
    let written = commits
        .into_iter()
        .filter(|it| *it.as_ref().unwrap() == Committed::Written);
    assert_eq!(written.count(), 1);
    assert_eq!(world.store.kept_report(part).await.unwrap(), None);
    let again = Change {
        version: stored.version + 1,
        ..taking()
    };
    let again = world.store.commit(again).await.unwrap();
    assert_eq!(again, Committed::Conflict, "the report is gone");
}

pub(crate) async fn a_change_that_loses_leaves_the_report(world: &World) {
    let stored = world.accept(world.instruction()).await;
    let part = stored.life.parts[0].id;
    let early = early(world, part, Report::Delivered);
    world.store.keep_report(early).await.unwrap();
    let late = Change {
        report: Some(kept(world, part).await.key),
        version: stored.version + 1,
        ..change(&stored)
    };
    let committed = world.store.commit(late).await.unwrap();
    assert_eq!(committed, Committed::Conflict);
    assert_eq!(kept(world, part).await.report, Report::Delivered);
}

pub(crate) async fn old_reports_are_removed(world: &World) {
    let part = PartId(world.uuid());
    for report in [progress(), Report::Delivered] {
        let early = early(world, part, report);
        world.store.keep_report(early).await.unwrap();
        world.advance(10);
    }
    let before = world.now().minus(std::time::Duration::from_secs(10));
    assert_eq!(world.store.remove_old_reports(before).await.unwrap(), 1);
    assert_eq!(kept(world, part).await.report, Report::Delivered);
    assert_eq!(world.store.remove_old_reports(before).await.unwrap(), 0);
}
