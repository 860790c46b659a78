//! Devices that fetch their messages by an HTTP request of their own: all of it that is not HTTP.
//!
//! A device posts what it measured with a header field `Things-Message-Token`, and the answer
//! brings the message at the head of its line. The token proves that the body is of who knows the
//! device's secret. It has no nonce, so a body that was overheard could be sent again, and would
//! get the next message of the device: what is known of earlier bodies tells such a call apart.

use std::fmt;
use std::time::Duration;

use downlink::instruction::DeviceId;
use downlink::message::Payload;
use downlink::message::http::Content;
use downlink::number::Number;
use downlink::senml::ResolvedPack;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::clock::Moment;
use crate::life::Call;

/// How long a device that saw no answer may send the same body again.
pub const SAME: Duration = Duration::from_mins(1);

/// How long the digests of bodies are kept.
pub const KEPT: Duration = Duration::from_hours(24);

/// How old the newest record of a pack may be.
pub const STALE: Duration = Duration::from_mins(15);

/// What the secret of a device that does not exist, or has none, is taken to be.
const NO_SECRET: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// `Things-Message-Token`: the SHA-256 of a body followed by the shared secret of its device.
#[derive(Clone, Copy)]
pub struct MessageToken([u8; 32]);

impl MessageToken {
    /// The token of a body.
    #[must_use]
    pub fn of(body: &[u8], secret: &str) -> Self {
        let digest = Sha256::new().chain_update(body).chain_update(secret);
        Self(digest.finalize().into())
    }

    /// Reads a header field's value: 64 hexadecimal digits of either case.
    #[must_use]
    pub fn read(value: &[u8]) -> Option<Self> {
        let mut token = [0; 32];
        hex::decode_to_slice(value, &mut token).ok()?;
        Some(Self(token))
    }

    /// As the header field has it.
    #[must_use]
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

/// A token opens its one body; it shows itself to nobody.
impl fmt::Debug for MessageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MessageToken(***)")
    }
}

/// Whether a body is of the device with this secret.
///
/// A device that is unknown has none, and a field that is missing or malformed has no token: the
/// work, and so the time, is the same.
#[must_use]
pub fn is_of_device(token: Option<MessageToken>, body: &[u8], secret: Option<&str>) -> bool {
    let expected = MessageToken::of(body, secret.unwrap_or(NO_SECRET));
    let found = token.map_or([0; 32], |token| token.0);
    let can_be = present(token.is_some()) & present(secret.is_some());
    (expected.0.ct_eq(&found) & can_be).into()
}

fn present(is_some: bool) -> Choice {
    Choice::from(u8::from(is_some))
}

/// The digest by which a body is known again.
#[must_use]
pub fn digest(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// A call of a device that has proved itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The digest of the body.
    pub digest: [u8; 32],
    /// The newest time that the body states; see [`newest_time`].
    pub newest: Option<Moment>,
    /// When it came.
    pub at: Moment,
}

/// What is known of the calls of a device before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before<'a> {
    /// The digests of its bodies, with when it sent each. A call that was [`Call::Replayed`] is
    /// not among them, for it may not have been the device's.
    pub bodies: &'a [([u8; 32], Moment)],
    /// The newest time that any of its bodies stated.
    pub newest: Option<Moment>,
    /// Whether its bodies may come again (`replay = "allow"`): they never change, for instance.
    pub allows_replay: bool,
}

/// How a call relates to those before it.
///
/// The last body again within [`SAME`] is a device that saw no answer. A body that is known from
/// the last [`KEPT`], or whose times are all older than [`STALE`] or than one that the device
/// stated before, is a replay, unless the device's bodies may come again.
#[must_use]
pub fn classify(sent: &Sent, before: &Before<'_>) -> Call {
    if before
        .bodies
        .last()
        .is_some_and(|last| is_same(sent, *last))
    {
        return Call::Same;
    }
    let is_replayed = is_known(sent, before.bodies) || is_old(sent, before.newest);
    if is_replayed && !before.allows_replay {
        Call::Replayed
    } else {
        Call::Other
    }
}

fn is_same(sent: &Sent, (digest, at): ([u8; 32], Moment)) -> bool {
    sent.digest == digest && sent.at.since(at) <= SAME
}

fn is_known(sent: &Sent, bodies: &[([u8; 32], Moment)]) -> bool {
    bodies
        .iter()
        .any(|(digest, at)| sent.digest == *digest && sent.at.since(*at) <= KEPT)
}

fn is_old(sent: &Sent, newest_before: Option<Moment>) -> bool {
    sent.newest.is_some_and(|newest| {
        sent.at.since(newest) > STALE || newest_before.is_some_and(|before| newest < before)
    })
}

/// The device that a pack is of: the one that every record names. None if they name several, or a
/// record names none.
#[must_use]
pub fn sender(pack: &ResolvedPack<'_>) -> Option<DeviceId> {
    let mut devices = pack.records().iter().map(|record| {
        let (base, local) = record.name.pieces();
        let named = DeviceId::from_name_pieces(base, local);
        named.ok().map(|(device, _)| device)
    });
    let first = devices.next()??;
    devices.all(|device| device == Some(first)).then_some(first)
}

/// The newest time of a pack, or none where that proves nothing: a record without a time is of
/// now whenever it is sent, and the clock of a device that is ahead of ours is wrong.
///
/// A wrong time ahead must not count: all that its device sends once its clock is right would be
/// older.
#[must_use]
pub fn newest_time(pack: &ResolvedPack<'_>, now: Moment) -> Option<Moment> {
    let mut newest = None;
    for record in pack.records() {
        if !record.time_given {
            return None;
        }
        newest = newest.max(Some(moment(record.time)));
    }
    newest.filter(|newest| *newest <= now)
}

/// The moment that a number of seconds since 1970 is.
fn moment(seconds: Number) -> Moment {
    let epoch = Moment::from_micros(0);
    let seconds = seconds.to_f64();
    match Duration::try_from_secs_f64(seconds.abs()) {
        Ok(before) if seconds < 0.0 => epoch.minus(before),
        Ok(after) => epoch.plus(after),
        Err(_) if seconds < 0.0 => Moment::MIN,
        Err(_) => Moment::MAX,
    }
}

/// What a device is answered; by default nothing, as when no message waits for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer<'a> {
    /// Names and values of its header fields, those of the message first.
    pub headers: Vec<(&'a str, &'a str)>,
    /// Its bytes.
    pub body: &'a [u8],
}

/// The answer that brings a message: its header fields and bytes. Text is `text/plain` in UTF-8
/// unless a header field says otherwise; what other bytes are, only a header field can say.
#[must_use]
pub fn answer(content: &Content) -> Answer<'_> {
    let fields = content.headers.iter();
    let mut headers: Vec<_> = fields
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let is_text = matches!(content.body, Payload::Text(_));
    if is_text && content.headers.value("content-type").is_none() {
        headers.push(("content-type", "text/plain; charset=utf-8"));
    }
    Answer {
        headers,
        body: content.body.as_bytes(),
    }
}
