//! Devices that poll: the token, replays, and what they are answered. No peer, and no HTTP.

use std::time::Duration;

use downlink::instruction::DeviceId;
use downlink::message::Payload;
use downlink::message::http::{Content, HeaderName, HeaderValue, Headers};
use downlink::senml::{Pack, UnixTime};
use downlink_server::carrier::polling::{
    Before, KEPT, MessageToken, SAME, STALE, Sent, answer, classify, digest, is_of_device,
    newest_time, sender,
};
use downlink_server::clock::Moment;
use downlink_server::life::Call;
use proptest::prelude::*;

/// Messages with their SHA-256 as NIST published them (FIPS 180-4, examples of the Cryptographic
/// Standards and Guidelines project). The token hashes a body and a secret as one message, so each
/// place where such a message is cut is a vector of the token.
const VECTORS: [(&str, &str); 3] = [
    (
        "",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ),
    (
        "abc",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ),
    (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ),
];

#[test]
fn the_token_is_the_hash_of_body_and_secret() {
    for (message, hash) in VECTORS {
        for cut in 0..=message.len() {
            let (body, secret) = message.split_at(cut);
            let token = MessageToken::of(body.as_bytes(), secret);
            assert_eq!(token.to_hex(), hash);
            let read = MessageToken::read(hash.as_bytes());
            assert!(is_of_device(read, body.as_bytes(), Some(secret)));
        }
        assert_eq!(hex::encode(digest(message.as_bytes())), hash);
    }
}

#[test]
fn a_token_is_64_hexadecimal_digits() {
    let (_, hash) = VECTORS[1];
    assert!(MessageToken::read(hash.to_uppercase().as_bytes()).is_some());
    for wrong in [
        "",
        "ba78",
        hash.trim_start_matches("ba"),
        &format!("{hash}0"),
        &hash.replace('b', "g"),
    ] {
        assert!(MessageToken::read(wrong.as_bytes()).is_none(), "{wrong}");
    }
}

#[test]
fn an_unknown_device_has_no_token_not_even_of_the_secret_that_stands_for_none() {
    for secret in ["", &"0".repeat(64)] {
        let token = MessageToken::of(b"[]", secret);
        assert!(!is_of_device(Some(token), b"[]", None));
    }
    assert!(!is_of_device(None, b"[]", None));
    assert!(!is_of_device(None, b"[]", Some("secret")));
}

#[test]
fn a_token_shows_itself_to_nobody() {
    let token = MessageToken::of(b"[]", "secret");
    assert!(!format!("{token:?}").contains(&token.to_hex()));
}

proptest! {
    #[test]
    fn another_body_or_secret_has_another_token(
        body: Vec<u8>,
        other: Vec<u8>,
        secret in "[0-9a-zA-Z]{30,100}",
        other_secret in "[0-9a-zA-Z]{30,100}",
    ) {
        let token = Some(MessageToken::of(&body, &secret));
        prop_assert!(is_of_device(token, &body, Some(&secret)));
        prop_assert!(!is_of_device(token, &body, None));
        prop_assert_eq!(is_of_device(token, &other, Some(&secret)), other == body);
        let is_same = other_secret == secret;
        prop_assert_eq!(is_of_device(token, &body, Some(&other_secret)), is_same);
    }
}

/// What a device sent: one of a few bodies, so long after the one before, whose newest record is
/// so old.
#[derive(Clone, Debug)]
struct Step {
    body: u8,
    pause: Duration,
    age: Option<Duration>,
}

fn step() -> impl Strategy<Value = Step> {
    let pause = prop_oneof![
        Just(Duration::ZERO),
        Just(SAME),
        Just(SAME + Duration::from_micros(1)),
        Just(KEPT),
        Just(KEPT + Duration::from_micros(1)),
        (0..200_000_u64).prop_map(Duration::from_secs),
    ];
    let age = prop_oneof![
        Just(None),
        Just(Some(STALE)),
        Just(Some(STALE + Duration::from_micros(1))),
        (0..2_000_u64).prop_map(|age| Some(Duration::from_secs(age))),
    ];
    (0..3_u8, pause, age).prop_map(|(body, pause, age)| Step { body, pause, age })
}

/// Keeps what the service keeps of a device's calls.
#[derive(Debug)]
struct Device {
    now: Moment,
    bodies: Vec<([u8; 32], Moment)>,
    newest: Option<Moment>,
    allows_replay: bool,
}

impl Device {
    fn new(allows_replay: bool) -> Self {
        Self {
            now: Moment::from_micros(1_764_439_200_000_000),
            bodies: Vec::new(),
            newest: None,
            allows_replay,
        }
    }

    fn call(&mut self, step: &Step) -> (Sent, Call) {
        self.now = self.now.plus(step.pause);
        let sent = Sent {
            digest: digest(&[step.body]),
            newest: step.age.map(|age| self.now.minus(age)),
            at: self.now,
        };
        let before = Before {
            bodies: &self.bodies,
            newest: self.newest,
            allows_replay: self.allows_replay,
        };
        (sent, classify(&sent, &before))
    }

    fn keep(&mut self, sent: &Sent) {
        self.bodies.push((sent.digest, sent.at));
        self.newest = self.newest.max(sent.newest);
    }

    /// How long ago the device last sent this body.
    fn last_sent(&self, digest: [u8; 32]) -> Option<Duration> {
        let same = self.bodies.iter().rev().find(|(known, _)| *known == digest);
        same.map(|(_, at)| self.now.since(*at))
    }
}

proptest! {
    #[test]
    fn a_body_is_the_same_exactly_if_it_is_the_last_one_within_a_minute(
        steps in prop::collection::vec(step(), 1..30),
        allows: bool,
    ) {
        let mut device = Device::new(allows);
        for step in &steps {
            let (sent, call) = device.call(step);
            let is_same = device.bodies.last().is_some_and(|(digest, at)| {
                *digest == sent.digest && device.now.since(*at) <= SAME
            });
            prop_assert_eq!(call == Call::Same, is_same);
            if call != Call::Replayed {
                device.keep(&sent);
            }
        }
    }

    #[test]
    fn what_was_sent_before_or_is_old_is_never_another_body(
        steps in prop::collection::vec(step(), 1..30),
    ) {
        let mut device = Device::new(false);
        for step in &steps {
            let (sent, call) = device.call(step);
            let is_known = device.last_sent(sent.digest).is_some_and(|ago| ago <= KEPT);
            let is_stale = step.age.is_some_and(|age| age > STALE);
            let is_older = sent.newest.is_some_and(|time| device.newest.is_some_and(|it| time < it));
            prop_assert_eq!(call == Call::Other, !(is_known || is_stale || is_older));
            if call != Call::Replayed {
                device.keep(&sent);
            }
        }
    }

    #[test]
    fn a_device_whose_bodies_may_come_again_never_replays(
        steps in prop::collection::vec(step(), 1..30),
    ) {
        let mut device = Device::new(true);
        for step in &steps {
            let (sent, call) = device.call(step);
            prop_assert_ne!(call, Call::Replayed);
            device.keep(&sent);
        }
    }

    #[test]
    fn a_replay_changes_nothing_for_the_calls_after_it(
        steps in prop::collection::vec(step(), 1..30),
    ) {
        let mut with = Device::new(false);
        let mut without = Device::new(false);
        for step in &steps {
            let (sent, call) = with.call(step);
            without.now = with.now;
            if call != Call::Replayed {
                let first = Step { pause: Duration::ZERO, ..step.clone() };
                prop_assert_eq!(without.call(&first), (sent, call));
                with.keep(&sent);
                without.keep(&sent);
            }
        }
    }
}

fn newest(body: &str, now: &str) -> Option<String> {
    let pack = Pack::from_json(body.as_bytes()).unwrap();
    let now: Moment = now.parse().unwrap();
    let seconds = now.as_micros() / 1_000_000;
    let resolved = pack.resolve(UnixTime::from_seconds(seconds)).unwrap();
    newest_time(&resolved, now).map(|time| time.to_string())
}

#[test]
fn the_newest_time_is_the_latest_that_every_record_states() {
    let now = "2025-11-29T18:00:00Z";
    for (body, expected) in [
        (
            r#"[{"n":"a","t":1764439100.5,"v":1}]"#,
            Some("2025-11-29T17:58:20.500000Z"),
        ),
        (
            r#"[{"bt":1764439100,"n":"a","v":1},{"n":"a","t":50,"v":1},{"n":"a","t":-50,"v":1}]"#,
            Some("2025-11-29T17:59:10.000000Z"),
        ),
        (
            r#"[{"n":"a","t":-10,"v":1}]"#,
            Some("2025-11-29T17:59:50.000000Z"),
        ),
        (r#"[{"n":"a","v":1}]"#, None),
        (r#"[{"n":"a","t":1764439100,"v":1},{"n":"b","v":1}]"#, None),
        (r#"[{"n":"a","t":1764439300,"v":1}]"#, None),
        (r#"[{"n":"a","t":1e300,"v":1}]"#, None),
        (
            r#"[{"n":"a","t":-1e300,"v":1}]"#,
            Some("0000-01-01T00:00:00.000000Z"),
        ),
    ] {
        assert_eq!(newest(body, now).as_deref(), expected, "{body}");
    }
}

#[test]
fn a_pack_is_of_the_one_device_that_every_record_names() {
    let one = "urn:dev:IMEI:001234567890123:";
    let other = "urn:dev:IMEI:001234567890124:";
    let dvn = "urn:dev:DVNUUID:6d1ea8b6-2b29-4f8c-9d0f-3a5c1d0e7f11:";
    for (names, expected) in [
        (vec![(one, "a"), ("", "b")], Some(one)),
        (vec![(dvn, "a")], Some(dvn)),
        (vec![(one, "a"), (other, "b")], None),
        (vec![(other, "a"), (one, "b")], None),
        (vec![("", "a")], None),
        (
            vec![(one, "a"), ("urn:dev:ow:10e2073a01080063:", "b")],
            None,
        ),
    ] {
        let record = |(base, name): &(&str, &str)| match *base {
            "" => format!(r#"{{"n":"{name}","v":1}}"#),
            base => format!(r#"{{"bn":"{base}","n":"{name}","v":1}}"#),
        };
        let records: Vec<_> = names.iter().map(record).collect();
        let body = format!("[{}]", records.join(","));
        let pack = Pack::from_json(body.as_bytes()).unwrap();
        let resolved = pack.resolve(UnixTime::from_seconds(1_764_439_200)).unwrap();
        let expected = expected.map(|base| DeviceId::split_name(base).unwrap().0);
        assert_eq!(sender(&resolved), expected, "{body}");
    }
}

fn content(body: Payload, headers: &[(&str, &str)]) -> Content {
    let field = |(name, value): &(&str, &str)| {
        (
            HeaderName::new(*name).unwrap(),
            HeaderValue::new(*value).unwrap(),
        )
    };
    let mut content = Content::new(body);
    content.headers = Headers::new(headers.iter().map(field)).unwrap();
    content
}

#[test]
fn text_is_plain_unless_a_header_field_says_otherwise() {
    let plain = ("content-type", "text/plain; charset=utf-8");
    let json = ("Content-Type", "application/json");
    let other = ("X-Interval", "60");
    let text = || Payload::Text("é".to_owned());
    let bytes = || Payload::Binary(vec![0, 0xFF]);
    for (body, headers, expected) in [
        (text(), vec![], vec![plain]),
        (text(), vec![other], vec![other, plain]),
        (text(), vec![json, other], vec![json, other]),
        (bytes(), vec![], vec![]),
        (bytes(), vec![json], vec![json]),
    ] {
        let content = content(body.clone(), &headers);
        let answer = answer(&content);
        assert_eq!(answer.headers, expected);
        assert_eq!(answer.body, body.as_bytes());
    }
}
