//! Lists, held against a model: all rows, filtered and sorted in memory.

use std::cmp::Ordering;

use downlink_server::clock::Moment;
use downlink_server::id::Client;
use downlink_server::life::{EventKind, Protocol, Reason, Stage};
use downlink_server::list::{Collection, Field, Filter, Key, Page, Position, Query, Sort, Value};
use downlink_server::store::{Acceptance, Committed, StoreError};

use crate::world::{World, acme, change, device, other};

const FIELDS: [Field; 6] = [
    Field::CreatedAt,
    Field::ModifiedAt,
    Field::Status,
    Field::Id,
    Field::NetworkId,
    Field::ExternalReference,
];

/// A row as the model knows it: what lists can sort and filter by.
#[derive(Clone, Debug)]
struct Model {
    id: String,
    device: String,
    reference: Option<String>,
    status: &'static str,
    created: Moment,
    modified: Moment,
    message: String,
}

/// Numbers that look random and are the same in every run (a linear congruential generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Puts rows of two clients into the store, with many equal values, and answers those of `acme`.
async fn rows(world: &World) -> Vec<Model> {
    let mut dice = Dice(7);
    let mut models = Vec::new();
    for number in 0..120 {
        let (acceptance, model) = row(world, &mut dice, number);
        world.accept(acceptance).await;
        let mut foreign = row(world, &mut dice, number).0;
        foreign.client = other();
        if number % 3 == 0 {
            world.accept(foreign).await;
        }
        models.push(model);
    }
    // Ids made later sort earlier for some: their order is not that of acceptance.
    models.reverse();
    models
}

fn row(world: &World, dice: &mut Dice, number: u64) -> (Acceptance, Model) {
    let (stage, failure, status) = match dice.below(4) {
        0 => (Stage::Waiting, None, "PENDING"),
        1 => (Stage::Pausing { until: world.now() }, None, "RETRY"),
        2 => (world.ended(), None, "DELIVERED"),
        _ => (world.ended(), Some(Reason::Timeout), "FAILED"),
    };
    let mut new = world.instruction_of(&[stage]);
    let second = |number| {
        Moment::from_micros(1_700_000_000_000_000 + 1_000_000 * i64::try_from(number).unwrap())
    };
    new.life.created_at = second(dice.below(20));
    new.life.modified_at = second(20 + dice.below(20));
    new.life.parts[0].failure = failure;
    new.life.parts[0].modified_at = new.life.modified_at;
    new.device = format!("urn:dev:eui:{:016x}:", dice.below(5));
    let reference = (dice.below(2) == 0).then(|| format!("Ä {}", 200 - number));
    let kept = new.instruction.as_mut().unwrap();
    kept.external_reference.clone_from(&reference);
    kept.message = format!("[{{\"vs\":\"100%_{}\"}}]", dice.below(10));
    let model = Model {
        id: new.life.id.to_string(),
        device: new.device.clone(),
        reference,
        status,
        created: new.life.created_at,
        modified: new.life.modified_at,
        message: kept.message.clone(),
    };
    (new, model)
}

fn compare(a: &Model, b: &Model, key: Key) -> Ordering {
    let by = match key.field {
        Field::CreatedAt => a.created.cmp(&b.created),
        Field::ModifiedAt => a.modified.cmp(&b.modified),
        Field::Status => a.status.cmp(b.status),
        Field::Id => a.id.cmp(&b.id),
        Field::NetworkId | Field::DeviceId => a.device.cmp(&b.device),
        Field::ExternalReference => match (&a.reference, &b.reference) {
            (Some(a), Some(b)) => a.cmp(b),
            (a, b) => return a.is_some().cmp(&b.is_some()),
        },
    };
    if key.descending { by.reverse() } else { by }
}

fn sorted(models: &[Model], sort: &Sort, filter: &Filter) -> Vec<String> {
    let mut rows: Vec<&Model> = models.iter().filter(|it| belongs(it, filter)).collect();
    let descending = sort.0.last().is_some_and(|key| key.descending);
    let id = Key {
        field: Field::Id,
        descending,
    };
    rows.sort_by(|a, b| {
        let keys = sort.0.iter().chain([&id]);
        keys.fold(Ordering::Equal, |order, key| {
            order.then_with(|| compare(a, b, *key))
        })
    });
    rows.iter().map(|it| it.id.clone()).collect()
}

fn belongs(model: &Model, filter: &Filter) -> bool {
    let within = |moment, since: Option<Moment>, before: Option<Moment>| {
        since.is_none_or(|since| since <= moment) && before.is_none_or(|before| moment < before)
    };
    filter.status.as_ref().is_none_or(|it| it == model.status)
        && filter.device.as_ref().is_none_or(|it| *it == model.device)
        && filter
            .q
            .as_ref()
            .is_none_or(|q| model.device.contains(q) || model.message.contains(q))
        && within(model.created, filter.created_since, filter.created_before)
        && within(
            model.modified,
            filter.modified_since,
            filter.modified_before,
        )
}

/// Every sort of one key, and of two; some of three.
pub(crate) fn sorts() -> Vec<Sort> {
    let keys = |field| [false, true].map(|descending| Key { field, descending });
    let all: Vec<Key> = FIELDS.into_iter().flat_map(keys).collect();
    let mut sorts: Vec<Sort> = all.iter().map(|key| Sort(vec![*key])).collect();
    for first in &all {
        sorts.extend(all.iter().map(|second| Sort(vec![*first, *second])));
    }
    for last in &all {
        let middle = Key {
            field: Field::Status,
            descending: last.descending,
        };
        sorts.push(Sort(vec![all[0], middle, *last]));
        sorts.push(Sort(vec![all[5], all[1], *last]));
    }
    sorts
}

pub(crate) fn filters() -> Vec<Filter> {
    let second = |number: i64| {
        Some(Moment::from_micros(
            1_700_000_000_000_000 + 1_000_000 * number,
        ))
    };
    let device = Some(String::from("urn:dev:eui:0000000000000002:"));
    let status = Some(String::from("PENDING"));
    vec![
        Filter {
            status: status.clone(),
            ..Filter::default()
        },
        Filter {
            device: device.clone(),
            ..Filter::default()
        },
        Filter {
            status,
            device,
            ..Filter::default()
        },
        Filter {
            created_since: second(5),
            created_before: second(15),
            ..Filter::default()
        },
        Filter {
            modified_before: second(30),
            ..Filter::default()
        },
        Filter {
            created_since: second(9),
            modified_since: second(29),
            ..Filter::default()
        },
        Filter {
            q: Some(String::from("100%_7")),
            ..Filter::default()
        },
        Filter {
            status: Some(String::from("NONE")),
            ..Filter::default()
        },
    ]
}

async fn page(world: &World, client: &Client, query: &Query) -> Page<String> {
    let page = world.store.instructions(client, query).await.unwrap();
    let items = page
        .items
        .iter()
        .map(|row| row.stored.life.id.to_string())
        .collect();
    Page {
        items,
        next: page.next,
        prev: page.prev,
    }
}

/// Walks the list to one end and back, and answers both ways in the order of the list.
async fn walked(world: &World, query: &Query) -> (Vec<String>, Vec<String>) {
    let (mut forwards, mut back) = (Vec::new(), Vec::new());
    let mut query = query.clone();
    let last = loop {
        let page = page(world, &acme(), &query).await;
        forwards.extend(page.items.iter().cloned());
        match page.next {
            Some(next) => query.position = Some(next),
            None => break page,
        }
        assert!(forwards.len() < 1_000, "{query:?} does not end");
    };
    let mut pages = vec![last.items];
    let mut position = last.prev;
    while let Some(prev) = position {
        query.position = Some(prev);
        let page = page(world, &acme(), &query).await;
        assert!(
            page.next.is_some(),
            "there is a page after that before {query:?}"
        );
        pages.push(page.items);
        position = page.prev;
        assert!(pages.len() < 1_000, "{query:?} does not end");
    }
    for page in pages.into_iter().rev() {
        back.extend(page);
    }
    (forwards, back)
}

fn query(sort: &Sort, filter: &Filter, limit: u16) -> Query {
    Query {
        collection: Collection::Instructions,
        filter: filter.clone(),
        sort: sort.clone(),
        position: None,
        limit,
    }
}

async fn agrees(world: &World, models: &[Model], query: &Query) {
    let expected = sorted(models, &query.sort, &query.filter);
    let (forwards, back) = walked(world, query).await;
    assert_eq!(forwards, expected, "forwards {query:?}");
    assert_eq!(back, expected, "backwards {query:?}");
}

pub(crate) async fn every_order_is_walked_forwards_and_backwards(world: &World) {
    let models = rows(world).await;
    for sort in sorts() {
        agrees(world, &models, &query(&sort, &Filter::default(), 37)).await;
    }
    for limit in [1, 119, 120, 500] {
        agrees(
            world,
            &models,
            &query(&Sort::default(), &Filter::default(), limit),
        )
        .await;
    }
    let foreign = page(
        world,
        &other(),
        &query(&Sort::default(), &Filter::default(), 500),
    )
    .await;
    assert_eq!(foreign.items.len(), 40);
}

pub(crate) async fn every_order_is_walked_under_every_filter(world: &World) {
    let models = rows(world).await;
    let filters = filters();
    for (number, filter) in filters.iter().enumerate() {
        // Those of one key under each filter, of the others each under some.
        for sort in sorts()
            .iter()
            .take(12)
            .chain(sorts().iter().skip(12 + number % 4).step_by(4))
        {
            agrees(world, &models, &query(sort, filter, 23)).await;
        }
    }
}

pub(crate) async fn parts_are_listed_by_protocol(world: &World) {
    let mut ids = Vec::new();
    for number in 0..10 {
        let protocol = if number % 2 == 0 {
            Protocol::Sms
        } else {
            Protocol::Mqtt
        };
        let stored = world.accept(world.direct(protocol)).await;
        world.advance(1);
        if protocol == Protocol::Sms {
            ids.push(stored.life.parts[0].id);
        }
    }
    let stored = world
        .accept(world.instruction_of(&[Stage::Waiting, world.ended()]))
        .await;
    let list = |protocol, sort: Sort, position| Query {
        collection: Collection::Parts(protocol),
        position,
        ..query(&sort, &Filter::default(), 3)
    };
    let key = Key {
        field: Field::DeviceId,
        descending: false,
    };
    let mut found = Vec::new();
    let mut position = None;
    loop {
        let query = list(Protocol::Sms, Sort(vec![key]), position);
        let page = world.store.parts(&acme(), &query).await.unwrap();
        found.extend(page.items.iter().map(|it| it.part));
        position = page.next;
        if position.is_none() {
            break;
        }
    }
    assert_eq!(found, ids);
    let page = world
        .store
        .parts(&acme(), &list(Protocol::Lora, Sort::default(), None))
        .await
        .unwrap();
    let parts: Vec<_> = page.items.iter().rev().map(|it| it.part).collect();
    assert_eq!(
        parts,
        stored.life.parts.iter().map(|it| it.id).collect::<Vec<_>>()
    );
    let done = Filter {
        status: Some(String::from("DONE")),
        ..Filter::default()
    };
    let done = Query {
        filter: done,
        ..list(Protocol::Lora, Sort::default(), None)
    };
    assert_eq!(
        world.store.parts(&acme(), &done).await.unwrap().items.len(),
        1
    );
    assert!(
        world
            .store
            .parts(&other(), &list(Protocol::Sms, Sort::default(), None))
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

pub(crate) async fn a_position_of_another_sort_is_refused(world: &World) {
    rows(world).await;
    let start = query(&Sort::default(), &Filter::default(), 5);
    let next = page(world, &acme(), &start).await.next.unwrap();
    let by_status = Sort(vec![Key {
        field: Field::Status,
        descending: false,
    }]);
    let id = next.after.last().cloned().unwrap();
    let cut = Position {
        after: vec![id],
        backwards: false,
    };
    let no_id = Position {
        after: vec![next.after[0].clone(), Value::Text(String::from("x"))],
        ..cut.clone()
    };
    for (sort, position) in [(&by_status, next), (&start.sort, cut), (&start.sort, no_id)] {
        let wrong = Query {
            position: Some(position),
            ..query(sort, &Filter::default(), 5)
        };
        let refused = world.store.instructions(&acme(), &wrong).await.unwrap_err();
        assert!(matches!(refused, StoreError::Misfit(_)), "{refused}");
    }
    let parts = Query {
        collection: Collection::Parts(Protocol::Lora),
        ..query(
            &Sort(vec![Key {
                field: Field::ExternalReference,
                descending: false,
            }]),
            &Filter::default(),
            5,
        )
    };
    let refused = world.store.parts(&acme(), &parts).await.unwrap_err();
    assert!(matches!(refused, StoreError::Misfit(_)), "{refused}");
}

pub(crate) async fn lists_show_the_last_ten_entries(world: &World) {
    let stored = world.accept(world.instruction()).await;
    let mut more = change(&stored);
    let part = stored.life.parts[0].id;
    more.events = vec![world.event(EventKind::PartSent, Some(part)); 130];
    for (number, event) in more.events.iter_mut().enumerate() {
        event.detail = Some((number + 2).to_string());
    }
    let short = world.accept(world.instruction()).await;
    assert_eq!(world.store.commit(more).await.unwrap(), Committed::Written);
    let list = query(&Sort::default(), &Filter::default(), 5);
    let page = world.store.instructions(&acme(), &list).await.unwrap();
    let details = |row: usize| {
        let logs = page.items[row].logs.iter();
        logs.map(|it| it.detail.clone().unwrap_or_default())
            .collect::<Vec<_>>()
    };
    assert_eq!(page.items[0].stored.life.id, short.life.id);
    assert_eq!(details(0), [""]);
    assert_eq!(
        details(1),
        (91..=100).map(|it| it.to_string()).collect::<Vec<_>>()
    );
}

pub(crate) async fn a_tag_is_found_exactly_and_texts_in_part(world: &World) {
    let models = rows(world).await;
    let of = |number: u32| format!("urn:dev:eui:{number:016x}:");
    let tagged = device(&acme(), &of(1), &[], &["Roof", "100%"]);
    let foreign = device(&other(), &of(2), &[], &["Roof"]);
    world
        .store
        .import(vec![tagged, foreign], false)
        .await
        .unwrap();
    let found = async |q: &str| {
        let filter = Filter {
            q: Some(q.to_owned()),
            ..Filter::default()
        };
        page(world, &acme(), &query(&Sort::default(), &filter, 500))
            .await
            .items
    };
    let expected = |belongs: &dyn Fn(&Model) -> bool| {
        let models: Vec<Model> = models.iter().filter(|it| belongs(it)).cloned().collect();
        sorted(&models, &Sort::default(), &Filter::default())
    };
    let on_device_1 = expected(&|it| it.device == of(1));
    assert!(!on_device_1.is_empty());
    assert_eq!(found("Roof").await, on_device_1);
    assert_eq!(found("roof").await, Vec::<String>::new());
    assert_eq!(found("Roo").await, Vec::<String>::new());
    assert_eq!(found("100%").await.len(), 120);
    assert_eq!(found("0000002:").await, expected(&|it| it.device == of(2)));
    assert_eq!(
        found("100%_3").await,
        expected(&|it| it.message.contains("100%_3"))
    );
    assert_eq!(found("%").await.len(), 120);
    assert_eq!(found("VS").await, Vec::<String>::new());
}
