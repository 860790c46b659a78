//! Messages with their secrets masked.

use std::borrow::Cow;
use std::ops::Range;

use crate::message::Message;
use crate::message::http::HeaderValue;

use super::marks::Marks;
use super::{MASK, Mark};

/// Where a message holds secrets, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Secrets {
    payload: Vec<Range<usize>>,
    topic: Vec<Range<usize>>,
}

impl Secrets {
    /// The secrets of a message whose bits have these origins.
    pub(crate) fn of(marks: &Marks) -> Self {
        Self {
            payload: places(&marks.bits),
            topic: places(&marks.notes.topic),
        }
    }

    /// Whether this message, whose secrets these are, holds any.
    pub(crate) fn are_in(&self, message: &Message) -> bool {
        let in_header = match message {
            Message::Http(content) => content.headers.iter().any(|(_, it)| it.is_sensitive()),
            _ => false,
        };
        in_header || !self.payload.is_empty() || !self.topic.is_empty()
    }

    /// A topic with the mask for each secret.
    pub(crate) fn topic<'t>(&self, topic: &'t str) -> Cow<'t, str> {
        masked(topic, &self.topic)
    }

    /// A payload that is text, with the mask for each secret.
    pub(crate) fn text<'t>(&self, payload: &'t str) -> Cow<'t, str> {
        masked(payload, &self.payload)
    }

    /// A payload with zero for each byte of a secret.
    pub(crate) fn bytes<'b>(&self, payload: &'b [u8]) -> Cow<'b, [u8]> {
        let mut bytes = Cow::Borrowed(payload);
        for place in &self.payload {
            if let Some(secret) = bytes.to_mut().get_mut(place.clone()) {
                secret.fill(0);
            }
        }
        bytes
    }

    /// A payload in hex, with `**` for each byte of a secret.
    pub(crate) fn hex(&self, payload: &[u8]) -> String {
        let digits = |(index, byte): (usize, &u8)| {
            if self.payload.iter().any(|place| place.contains(&index)) {
                "**".to_owned()
            } else {
                format!("{byte:02X}")
            }
        };
        payload.iter().enumerate().map(digits).collect()
    }
}

/// A header value, or the mask for a secret.
pub(crate) fn shown_header(value: &HeaderValue) -> &str {
    if value.is_sensitive() {
        MASK
    } else {
        value.as_str()
    }
}

/// The bytes that have a bit of a secret, in order and apart.
fn places(marks: &[Mark]) -> Vec<Range<usize>> {
    let secret = marks.iter().filter(|mark| mark.meaning.secret);
    let mut all: Vec<_> = secret
        .map(|mark| mark.bits.start / 8..mark.bits.end.div_ceil(8))
        .collect();
    all.sort_by_key(|place| place.start);
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(all.len());
    for place in all {
        match apart.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => apart.push(place),
        }
    }
    apart
}

/// The text with the mask for each of these places, however long it is; a place that is no text of
/// its own hides the whole.
fn masked<'t>(text: &'t str, places: &[Range<usize>]) -> Cow<'t, str> {
    if places.is_empty() {
        return Cow::Borrowed(text);
    }
    match spliced(text, places) {
        Some(shown) => Cow::Owned(shown),
        None => Cow::Borrowed(MASK),
    }
}

fn spliced(text: &str, places: &[Range<usize>]) -> Option<String> {
    let mut shown = String::with_capacity(text.len());
    let mut rest = 0;
    for place in places {
        shown.push_str(text.get(rest..place.start)?);
        shown.push_str(MASK);
        rest = place.end;
    }
    shown.push_str(text.get(rest..)?);
    Some(shown)
}
