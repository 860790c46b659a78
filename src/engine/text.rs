//! The text of a document, written straight from the message.
//!
//! It is byte by byte what `serde_json` writes of a [`Document`](super::Document), which a law over
//! all definitions and a fuzzer hold it to.

use std::fmt;

use crate::contract::append_base64;
use crate::encoder::{Part, Style};
use crate::instruction::{DeviceId, write_upper_hex};
use crate::json::append_escaped;
use crate::message::http::Headers;
use crate::message::{Message, Payload, http, lora, mqtt};

use super::Settings;

/// Appends the document of a message.
///
/// By itself: in a loop over messages, what one device needs is made ready for all of them.
#[inline(never)]
pub(super) fn append(device: DeviceId, part: &Part, settings: &Settings, json: &mut Vec<u8>) {
    let Part { message, style } = part;
    json.extend_from_slice(b"{\"message\":{");
    match message {
        Message::Lora(downlink) => append_lora(downlink, json),
        Message::Mqtt(publish) => append_mqtt(publish, style, json),
        Message::Sms(submit) => append_string("\"text\":\"", submit.text(), json),
        Message::Http(content) => append_http(content, style, json),
    }
    json.push(b'}');
    // MQTT and HTTP know no `retryLimit`; it stays with the caller. Each of the others has it in a
    // place of its own.
    if matches!(message, Message::Lora(_)) {
        append_retry_limit(settings, json);
    }
    json.extend_from_slice(b",\"deviceId\":\"");
    // Writing to a list of bytes does not fail.
    let _ = device.write_to(json);
    json.push(b'"');
    if matches!(message, Message::Sms(_)) {
        append_retry_limit(settings, json);
    }
    json.extend_from_slice(b",\"feedbackTimeout\":\"");
    let _ = settings.feedback_timeout.write_to(&mut Utf8(json));
    json.push(b'"');
    match settings.dry_run {
        Some(true) => json.extend_from_slice(b",\"dryRun\":true"),
        Some(false) => json.extend_from_slice(b",\"dryRun\":false"),
        None => {}
    }
    json.push(b'}');
}

fn append_retry_limit(settings: &Settings, json: &mut Vec<u8>) {
    if let Some(limit) = settings.retry_limit {
        json.extend_from_slice(b",\"retryLimit\":");
        append_number(limit, json);
    }
}

fn append_lora(downlink: &lora::Downlink, json: &mut Vec<u8>) {
    json.extend_from_slice(b"\"payloadHex\":\"");
    // Writing to a list of bytes does not fail.
    let _ = write_upper_hex(downlink.frm_payload(), json);
    json.extend_from_slice(b"\",\"fPort\":");
    append_number(downlink.f_port().number().into(), json);
}

fn append_mqtt(publish: &mqtt::Publish, style: &Style, json: &mut Vec<u8>) {
    append_payload(",\"payload\":\"", &publish.payload, style, json);
    append_string(",\"topic\":\"", publish.topic.as_str(), json);
    if let Some(content_type) = &publish.content_type {
        append_string(",\"contentType\":\"", content_type.as_str(), json);
    }
    if let Some(qos) = publish.qos {
        append_string(",\"qos\":\"", qos.as_str(), json);
    }
}

fn append_http(content: &http::Content, style: &Style, json: &mut Vec<u8>) {
    append_payload(",\"body\":\"", &content.body, style, json);
    if !content.headers.is_empty() {
        json.extend_from_slice(b",\"headers\":{");
        append_headers(&content.headers, json);
        json.push(b'}');
    }
}

/// Appends the fields in the order of their names, as the contract's document keeps them.
fn append_headers(headers: &Headers, json: &mut Vec<u8>) {
    let mut last = None;
    loop {
        let fields = headers.iter().map(|(name, value)| (name.as_str(), value));
        let behind = fields.filter(|(name, _)| last.is_none_or(|last| last < *name));
        let Some((name, value)) = behind.min_by_key(|(name, _)| *name) else {
            return;
        };
        let before = if last.is_some() { ",\"" } else { "\"" };
        append_string(before, name, json);
        append_string(":\"", value.as_str(), json);
        last = Some(name);
    }
}

/// Appends the type of a payload, what stands before the payload, and the payload.
fn append_payload(before: &str, payload: &Payload, style: &Style, json: &mut Vec<u8>) {
    let kind: &[u8] = match payload {
        Payload::Text(_) => b"\"type\":\"text\"",
        Payload::Binary(_) => b"\"type\":\"binary\"",
    };
    json.extend_from_slice(kind);
    json.extend_from_slice(before.as_bytes());
    match (payload, style) {
        (Payload::Text(text), Style::InString) => json.extend_from_slice(text.as_bytes()),
        (Payload::Text(text), _) => append_escaped(text.as_bytes(), json),
        (Payload::Binary(bytes), _) => append_base64(bytes, json),
    }
    json.push(b'"');
}

/// Appends what stands before a string, which is JSON already up to its quote, and the string.
fn append_string(before: &str, text: &str, json: &mut Vec<u8>) {
    json.extend_from_slice(before.as_bytes());
    append_escaped(text.as_bytes(), json);
    json.push(b'"');
}

fn append_number(number: u64, json: &mut Vec<u8>) {
    match u8::try_from(number) {
        Ok(digit @ 0..=9) => json.push(b'0' + digit),
        _ => json.extend_from_slice(itoa::Buffer::new().format(number).as_bytes()),
    }
}

/// Takes text as UTF-8.
struct Utf8<'j>(&'j mut Vec<u8>);

impl fmt::Write for Utf8<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
