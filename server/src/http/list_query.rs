//! The query of a list: limit, sort, filters and cursor, as values.

use crate::clock::Moment;
use crate::id::Client;
use crate::list::{Collection, Field, Filter, Key, Query, Sort};

use super::app::App;
use super::codes::Code;
use super::extract::Parameters;
use super::problem::Problem;

/// Rows of a page, if the query does not say.
const USUAL_LIMIT: u16 = 50;
/// Rows of a page at most.
const MOST_LIMIT: u16 = 500;
/// Keys of a sort at most.
const MOST_KEYS: usize = 3;
/// Characters of `q` at most.
const MOST_Q: usize = 255;

const TIMES: [&str; 4] = [
    "createdSince",
    "createdBefore",
    "modifiedSince",
    "modifiedBefore",
];

/// Reads the query of a list.
///
/// # Errors
///
/// All that is wrong with it at once.
pub async fn read(
    app: &App,
    client: &Client,
    collection: Collection,
    mut parameters: Parameters,
) -> Result<Query, Problem> {
    parameters.refuse_others(&names(collection));
    let limit = limit(&mut parameters);
    let sort = sort(collection, &mut parameters);
    let mut filter = filter(&mut parameters);
    let cursor = parameters.get("cursor").map(str::to_owned);
    let has_others = parameters
        .names()
        .any(|name| !matches!(name, "limit" | "cursor"));
    parameters.finish()?;
    if let Some(device) = &mut filter.device {
        *device = app.operations.device_filter(client, device).await?;
    }
    let Some(cursor) = cursor else {
        return Ok(Query {
            collection,
            filter,
            sort: sort.unwrap_or_default(),
            position: None,
            limit,
        });
    };
    let now = app.operations.clock.now();
    let kept = app.cursors.read(client, collection, &cursor, now);
    let kept = kept.map_err(|_| invalid())?;
    let has_same_sort = sort.is_none_or(|sort| sort == kept.sort);
    if has_others && !(filter == kept.filter && has_same_sort) {
        return Err(invalid());
    }
    Ok(Query {
        collection,
        filter: kept.filter,
        sort: kept.sort,
        position: Some(kept.position),
        limit,
    })
}

pub(super) fn invalid() -> Problem {
    Problem::new(
        Code::CursorInvalid,
        "the cursor is not one of this list, filters and sort; start from the first page",
    )
}

fn names(collection: Collection) -> Vec<&'static str> {
    let own: &[&str] = match collection {
        Collection::Instructions => &["q"],
        Collection::Parts(_) => &["deviceId", "status"],
    };
    ["cursor", "limit", "sort"]
        .iter()
        .chain(own)
        .chain(&TIMES)
        .copied()
        .collect()
}

pub(super) fn limit(parameters: &mut Parameters) -> u16 {
    let Some(text) = parameters.get("limit").map(str::to_owned) else {
        return USUAL_LIMIT;
    };
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(limit @ 1..=MOST_LIMIT) if is_digits => limit,
        _ => {
            let expected = format!("a `limit` of 1 to {MOST_LIMIT}");
            parameters.fault(Code::QueryValue, &text, &expected);
            USUAL_LIMIT
        }
    }
}

fn sort(collection: Collection, parameters: &mut Parameters) -> Option<Sort> {
    let text = parameters.get("sort").map(str::to_owned)?;
    let keys: Option<Vec<Key>> = text
        .split(',')
        .map(|key| self::key(collection, key))
        .collect();
    let is_sound = |keys: &Vec<Key>| {
        let are_distinct = keys
            .iter()
            .enumerate()
            .all(|(place, key)| keys.iter().take(place).all(|it| it.field != key.field));
        keys.len() <= MOST_KEYS && are_distinct
    };
    match keys.filter(is_sound) {
        Some(keys) => Some(Sort(keys)),
        None => {
            let fields: Vec<_> = fields(collection).iter().map(|(name, _)| *name).collect();
            let expected = format!(
                "up to {MOST_KEYS} of {}, each once, with `-` for descending",
                fields.join(", ")
            );
            parameters.fault(Code::QueryValue, &text, &expected);
            None
        }
    }
}

fn key(collection: Collection, text: &str) -> Option<Key> {
    let (name, descending) = match text.strip_prefix('-') {
        Some(name) => (name, true),
        None => (text, false),
    };
    let mut fields = fields(collection).iter();
    let (_, field) = fields.find(|(it, _)| *it == name)?;
    Some(Key {
        field: *field,
        descending,
    })
}

/// The fields that a list can be sorted by: those that its document has.
fn fields(collection: Collection) -> &'static [(&'static str, Field)] {
    match collection {
        Collection::Instructions => &[
            ("createdAt", Field::CreatedAt),
            ("modifiedAt", Field::ModifiedAt),
            ("status", Field::Status),
            ("id", Field::Id),
            ("networkId", Field::NetworkId),
            ("externalReference", Field::ExternalReference),
        ],
        Collection::Parts(_) => &[
            ("createdAt", Field::CreatedAt),
            ("modifiedAt", Field::ModifiedAt),
            ("status", Field::Status),
            ("id", Field::Id),
            ("deviceId", Field::DeviceId),
        ],
    }
}

fn filter(parameters: &mut Parameters) -> Filter {
    let [
        created_since,
        created_before,
        modified_since,
        modified_before,
    ] = TIMES.map(|name| time(parameters, name));
    Filter {
        status: status(parameters),
        device: parameters.get("deviceId").map(str::to_owned),
        q: q(parameters),
        created_since,
        created_before,
        modified_since,
        modified_before,
    }
}

/// The statuses of parts; a filter on another one can only be a mistake.
fn status(parameters: &mut Parameters) -> Option<String> {
    let text = parameters.get("status").map(str::to_owned)?;
    if !matches!(text.as_str(), "PENDING" | "EXECUTING" | "DONE") {
        parameters.fault(Code::QueryValue, &text, "PENDING, EXECUTING or DONE");
    }
    Some(text)
}

fn q(parameters: &mut Parameters) -> Option<String> {
    let text = parameters.get("q").map(str::to_owned)?;
    let fits = (1..=MOST_Q).contains(&text.chars().count()) && !text.contains('\0');
    if !fits {
        let expected = format!("1 to {MOST_Q} characters without U+0000");
        parameters.fault(Code::QueryValue, &text, &expected);
    }
    Some(text)
}

/// A time with `Z` or an offset. Where an offset's `+` was not escaped, a space is in its place.
fn time(parameters: &mut Parameters, name: &str) -> Option<Moment> {
    let text = parameters.get(name).map(str::to_owned)?;
    let moment = text.parse().or_else(|_| text.replacen(' ', "+", 1).parse());
    match moment {
        Ok(moment) => Some(moment),
        Err(_) => {
            let expected = format!("`{name}` as a date and time such as 2026-11-29T18:00:00Z");
            parameters.fault(Code::QueryDate, &text, &expected);
            None
        }
    }
}
