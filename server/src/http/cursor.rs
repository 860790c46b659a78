//! Cursors: where a page of a list starts, signed so that only the service makes them.
//!
//! A cursor holds the whole question (which list, filter, sort, position) and belongs to the client
//! that was given it. It is opaque to callers, but no secret: it says what its client asked.
//!
//! ```text
//! cursor = base64url( version (1 byte), HMAC-SHA-256 (32 bytes), bookmark (JSON) ) ;
//! signed = version, length of the client's name (8 bytes, big-endian), client's name, bookmark ;
//! ```

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::clock::Moment;
use crate::id::Client;
use crate::key::Key;
use crate::list::{Collection, Filter, Position, Sort};

/// The form of today's cursors.
const VERSION: u8 = 1;
/// Bytes of a signature.
const SIGNATURE: usize = 32;
/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;
/// Characters of the longest cursor that is looked at. A query has no room for more.
const LONGEST: usize = 8 * 1024;
/// How long the cursors of a former key are taken.
const FORMER_KEY_LIFE: Duration = Duration::from_hours(24);

/// What the cursor of a list of downlinks stands for: a question, and where its next page starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// Which list.
    #[serde(rename = "c")]
    pub collection: Collection,
    /// Which rows.
    #[serde(rename = "f")]
    pub filter: Filter,
    /// In which order.
    #[serde(rename = "s")]
    pub sort: Sort,
    /// From where.
    #[serde(rename = "p")]
    pub position: Position,
}

/// What the cursor of the list of devices stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceBookmark {
    /// The canonical name of the device that the page starts after.
    #[serde(rename = "d")]
    pub after: String,
}

/// A text that is no cursor of this service for this client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor that was given to this client")]
pub struct NotACursor;

/// Makes cursors, and knows them again.
#[derive(Clone, Debug)]
pub struct Cursors {
    key: Key,
    /// With the moment from which it is no longer taken.
    former: Option<(Key, Moment)>,
}

impl Cursors {
    /// Cursors that are signed with this key.
    #[must_use]
    pub fn new(key: Key) -> Self {
        Self { key, former: None }
    }

    /// Takes the cursors of a former key too, for a day from when it was replaced.
    #[must_use]
    pub fn after(self, former: Key, replaced_at: Moment) -> Self {
        Self {
            former: Some((former, replaced_at.plus(FORMER_KEY_LIFE))),
            ..self
        }
    }

    /// The cursor of a bookmark, for this client alone.
    #[must_use]
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "a bookmark has no map and no number that JSON could not hold"
    )]
    pub fn make(&self, client: &Client, bookmark: &impl Serialize) -> String {
        let bookmark = serde_json::to_vec(bookmark).expect("a bookmark can be written as JSON");
        let signature = signed(&self.key, client, &bookmark).finalize();
        let bytes = [&[VERSION], signature.as_bytes().as_slice(), &bookmark].concat();
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The bookmark of a cursor, if this client was given it for this list.
    pub fn read(
        &self,
        client: &Client,
        collection: Collection,
        cursor: &str,
        now: Moment,
    ) -> Result<Bookmark, NotACursor> {
        let bookmark: Bookmark = self.open(client, cursor, now)?;
        if bookmark.collection == collection {
            return Ok(bookmark);
        }
        Err(NotACursor)
    }

    /// The bookmark of a cursor of the list of devices.
    pub fn read_device(
        &self,
        client: &Client,
        cursor: &str,
        now: Moment,
    ) -> Result<DeviceBookmark, NotACursor> {
        self.open(client, cursor, now)
    }

    fn open<T: DeserializeOwned>(
        &self,
        client: &Client,
        cursor: &str,
        now: Moment,
    ) -> Result<T, NotACursor> {
        if cursor.len() > LONGEST {
            return Err(NotACursor);
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| NotACursor)?;
        let [VERSION, rest @ ..] = bytes.as_slice() else {
            return Err(NotACursor);
        };
        let (signature, json) = rest.split_first_chunk().ok_or(NotACursor)?;
        if !self.has_signed(client, json, signature, now) {
            return Err(NotACursor);
        }
        serde_json::from_slice(json).map_err(|_| NotACursor)
    }

    fn has_signed(
        &self,
        client: &Client,
        bookmark: &[u8],
        signature: &[u8; SIGNATURE],
        now: Moment,
    ) -> bool {
        let former = self.former.iter().filter(|(_, until)| now < *until);
        let mut keys = std::iter::once(&self.key).chain(former.map(|(key, _)| key));
        keys.any(|key| {
            let mac = signed(key, client, bookmark);
            mac.verify_slice(signature).is_ok()
        })
    }
}

/// The signature, in constant time wherever it is compared.
fn signed(key: &Key, client: &Client, bookmark: &[u8]) -> Hmac<Sha256> {
    let name = client.as_str().as_bytes();
    let length = u64::try_from(name.len()).unwrap_or(u64::MAX);
    // A key that is shorter than the block of the hash is filled up with zeros (RFC 2104 §2).
    let block: [u8; BLOCK] = std::array::from_fn(|at| key.bytes().get(at).copied().unwrap_or(0));
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(&[VERSION]);
    mac.update(&length.to_be_bytes());
    mac.update(name);
    mac.update(bookmark);
    mac
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::life::Protocol;
    use crate::list::{Field, Key as SortKey, Value};

    const LIST: Collection = Collection::Parts(Protocol::Lora);
    const NOW: Moment = Moment::MIN;

    fn cursors(byte: u8) -> Cursors {
        Cursors::new(Key::new([byte; 32]))
    }

    fn client() -> Client {
        Client::new("acme/7")
    }

    fn moment() -> impl Strategy<Value = Moment> {
        any::<i64>().prop_map(Moment::from_micros)
    }

    fn filter() -> impl Strategy<Value = Filter> {
        let texts = (any::<Option<String>>(), any::<Option<String>>());
        let moments = (prop::option::of(moment()), prop::option::of(moment()));
        (texts, moments).prop_map(|((status, q), (created_since, modified_before))| Filter {
            status,
            q,
            created_since,
            modified_before,
            ..Filter::default()
        })
    }

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Absent),
            any::<String>().prop_map(Value::Text),
            moment().prop_map(Value::Moment),
        ]
    }

    fn bookmark() -> impl Strategy<Value = Bookmark> {
        let key = any::<bool>().prop_map(|descending| SortKey {
            field: Field::ModifiedAt,
            descending,
        });
        let sort = prop::collection::vec(key, 0..=3).prop_map(Sort);
        let position = (prop::collection::vec(value(), 1..=4), any::<bool>());
        (filter(), sort, position).prop_map(|(filter, sort, (after, backwards))| Bookmark {
            collection: LIST,
            filter,
            sort,
            position: Position { after, backwards },
        })
    }

    proptest! {
        #[test]
        fn a_cursor_is_read_as_the_bookmark_it_was_made_of(bookmark in bookmark()) {
            let cursor = cursors(1).make(&client(), &bookmark);
            prop_assert!(cursor.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it)));
            prop_assert_eq!(cursors(1).read(&client(), LIST, &cursor, NOW), Ok(bookmark));
        }

        #[test]
        fn a_changed_or_shortened_cursor_is_refused(
            bookmark in bookmark(),
            at: prop::sample::Index,
            other in "[A-Za-z0-9_-]",
        ) {
            let cursor = cursors(1).make(&client(), &bookmark);
            let at = at.index(cursor.len());
            let short = cursors(1).read(&client(), LIST, cursor.split_at(at).0, NOW);
            prop_assert_eq!(short, Err(NotACursor));
            let mut changed = cursor.clone();
            changed.replace_range(at..=at, &other);
            prop_assume!(changed != cursor);
            prop_assert_eq!(cursors(1).read(&client(), LIST, &changed, NOW), Err(NotACursor));
        }

        #[test]
        fn another_client_another_list_and_another_key_refuse_it(
            bookmark in bookmark(),
            name in "[a-z/0-9]{0,8}",
        ) {
            let cursor = cursors(1).make(&client(), &bookmark);
            let other = Client::new(&name);
            prop_assert_eq!(cursors(1).read(&other, LIST, &cursor, NOW), Err(NotACursor));
            let list = Collection::Instructions;
            prop_assert_eq!(cursors(1).read(&client(), list, &cursor, NOW), Err(NotACursor));
            prop_assert_eq!(cursors(2).read(&client(), LIST, &cursor, NOW), Err(NotACursor));
        }

        #[test]
        fn no_text_that_was_not_signed_is_a_cursor(text: String) {
            prop_assert_eq!(cursors(1).read(&client(), LIST, &text, NOW), Err(NotACursor));
        }
    }

    proptest! {
        #[test]
        fn a_cursor_of_devices_is_one_of_no_other_list(after: String, bookmark in bookmark()) {
            let device = DeviceBookmark { after };
            let cursor = cursors(1).make(&client(), &device);
            prop_assert_eq!(cursors(1).read_device(&client(), &cursor, NOW), Ok(device));
            prop_assert_eq!(cursors(1).read(&client(), LIST, &cursor, NOW), Err(NotACursor));
            let other = Client::new("acme/8");
            prop_assert_eq!(cursors(1).read_device(&other, &cursor, NOW), Err(NotACursor));
            let cursor = cursors(1).make(&client(), &bookmark);
            prop_assert_eq!(cursors(1).read_device(&client(), &cursor, NOW), Err(NotACursor));
        }
    }

    #[test]
    fn a_former_key_is_taken_for_a_day() {
        let bookmark = Bookmark {
            collection: LIST,
            filter: Filter::default(),
            sort: Sort::default(),
            position: Position {
                after: vec![Value::Moment(NOW), Value::Text("1".into())],
                backwards: false,
            },
        };
        let replaced = Moment::from_micros(0);
        let old = cursors(1).make(&client(), &bookmark);
        let new = cursors(2).after(Key::new([1; 32]), replaced);
        let after = replaced.plus(Duration::from_hours(24));
        let within = after.minus(Duration::from_micros(1));
        assert_eq!(
            new.read(&client(), LIST, &old, within),
            Ok(bookmark.clone())
        );
        assert_eq!(new.read(&client(), LIST, &old, after), Err(NotACursor));
        let made = new.make(&client(), &bookmark);
        assert_eq!(
            cursors(1).read(&client(), LIST, &made, replaced),
            Err(NotACursor)
        );
    }

    #[test]
    fn no_debug_output_has_a_key() {
        let cursors = cursors(77).after(Key::new([78; 32]), NOW);
        let shown = format!("{cursors:?}");
        assert_eq!(shown.matches("Key(…)").count(), 2, "{shown}");
        assert!(
            !shown.contains("77, 77") && !shown.contains("78, 78"),
            "{shown}"
        );
    }
}
