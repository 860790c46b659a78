//! The body of a `POST /{protocol}/downlinks`: a message for one device, without an instruction.

use crate::error::{Code, Error, First, Placed, Sink, quote};
use crate::instruction::{DeviceId, FeedbackTimeout};
use crate::json::Scanner;
use crate::limits::Limits;
use crate::message::http::{self, HeaderName, HeaderValue, Headers};
use crate::message::lora::{self, FPort};
use crate::message::mqtt::{self, ContentType, Qos, TopicName};
use crate::message::{Message, Payload, Protocol, sms};

use super::super::base64::Base64String;
use super::super::lora::PayloadHex;
use super::envelope::{check_root, retry_limit};
use super::object::Object;
use super::{check_length, incomplete};

const MESSAGE: &str = "message";
const DEVICE_ID: &str = "deviceId";
const FEEDBACK_TIMEOUT: &str = "feedbackTimeout";
const RETRY_LIMIT: &str = "retryLimit";
const DRY_RUN: &str = "dryRun";

/// Fields that only answers have.
const READ_ONLY: [&str; 7] = [
    "id",
    "status",
    "createdAt",
    "modifiedAt",
    "retryCount",
    "lastFailureReason",
    "iccId",
];

/// A request to send one message over one protocol: what `POST /lora/downlinks` and its kin take.
///
/// The document of a resource is both body and answer. Read as a request, fields that only answers
/// have are refused by name, and so are unknown fields. The message went through the checks of its
/// protocol; whether it fits the device's network is asked of the device's
/// [`PayloadLimit`](lora::PayloadLimit).
///
/// ```
/// use downlink::contract::ProtocolRequest;
/// use downlink::message::Protocol;
///
/// let body = br#"{
///     "deviceId": "deveui:0059ac0000152a2b",
///     "message": {"payloadHex": "01000258", "fPort": 2},
///     "feedbackTimeout": "PT1H"
/// }"#;
/// let request = ProtocolRequest::from_json(Protocol::Lora, body)?;
/// assert_eq!(request.device_id, "deveui:0059ac0000152a2b");
/// assert_eq!(request.message.protocol(), Protocol::Lora);
///
/// let error = ProtocolRequest::from_json(Protocol::Sms, body).unwrap_err();
/// assert_eq!(error.diagnostic().pointer.as_deref(), Some("/message/payloadHex"));
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ProtocolRequest {
    /// The device, as it was written: a [`DeviceId`], but for SMS, where the contract takes any
    /// text.
    pub device_id: String,
    /// What is sent.
    pub message: Message,
    /// How long to wait for feedback.
    pub feedback_timeout: FeedbackTimeout,
    /// How often it may be sent again; only LoRaWAN and SMS have it.
    pub retry_limit: Option<u64>,
    /// Whether delivery is only pretended.
    pub dry_run: Option<bool>,
}

impl ProtocolRequest {
    /// Reads a request up to the first fault.
    ///
    /// # Errors
    ///
    /// The first fault, with its line and column.
    pub fn from_json(protocol: Protocol, body: &[u8]) -> Result<Self, Error> {
        let request = Self::read_json(protocol, body, &Limits::default(), &mut First::default())?;
        request.ok_or_else(incomplete)
    }

    /// Reads a request, and hands every finding with its line and column to the sink.
    ///
    /// There is a request only if nothing was wrong.
    ///
    /// # Errors
    ///
    /// What the sink does not collect, and what leaves nothing to go on with: text that is not
    /// JSON, and a limit that is exceeded.
    ///
    /// ```
    /// use downlink::contract::ProtocolRequest;
    /// use downlink::error::{All, Code};
    /// use downlink::message::Protocol;
    /// use downlink::Limits;
    ///
    /// let body = br#"{"deviceId": "12", "message": {"payloadHex": "0", "fport": 2}}"#;
    /// let mut findings = All::default();
    /// let limits = Limits::default();
    /// let request =
    ///     ProtocolRequest::read_json(Protocol::Lora, body, &limits, &mut findings)?;
    /// assert_eq!(request, None);
    /// let codes: Vec<_> = findings.errors.iter().map(|error| error.code()).collect();
    /// assert_eq!(codes, [
    ///     Code::InstructionDeviceId,
    ///     Code::RequestMissingField,
    ///     Code::RequestUnknownField,
    ///     Code::RequestType,
    ///     Code::RequestMissingField,
    /// ]);
    /// # Ok::<(), downlink::Error>(())
    /// ```
    pub fn read_json(
        protocol: Protocol,
        body: &[u8],
        limits: &Limits,
        sink: &mut dyn Sink,
    ) -> Result<Option<Self>, Error> {
        check_length(body, limits)?;
        let mut scanner = Scanner::from_utf8(body, limits.nesting)?;
        let mut sink = Placed::new(scanner.text(), sink);
        let request = read(protocol, &mut scanner, &mut sink);
        request.map_err(|error| sink.end(error))
    }
}

fn read(
    protocol: Protocol,
    scanner: &mut Scanner<'_>,
    sink: &mut Placed<'_, '_>,
) -> Result<Option<ProtocolRequest>, Error> {
    check_root(scanner)?;
    let root = Object::read(scanner, String::new(), sink)?;
    scanner.end()?;
    root.refuse_unknown(fields(protocol), &READ_ONLY, sink)?;
    let device_id = kept(device_id(protocol, &root), sink)?;
    let feedback_timeout = root.required(FEEDBACK_TIMEOUT, |value| {
        FeedbackTimeout::parse(&value.string(FEEDBACK_TIMEOUT)?)
    });
    let feedback_timeout = kept(feedback_timeout, sink)?;
    let retry_limit = kept(root.optional(RETRY_LIMIT, retry_limit), sink)?;
    let dry_run = kept(root.optional(DRY_RUN, |value| value.boolean(DRY_RUN)), sink)?;
    let message = message(protocol, &root, sink)?;
    if sink.had_errors() {
        return Ok(None);
    }
    let (Some(device_id), Some(message), Some(feedback_timeout)) =
        (device_id, message, feedback_timeout)
    else {
        return Ok(None);
    };
    Ok(Some(ProtocolRequest {
        device_id,
        message,
        feedback_timeout,
        retry_limit: retry_limit.flatten(),
        dry_run: dry_run.flatten(),
    }))
}

/// The fields of a request, in the order of the schema.
fn fields(protocol: Protocol) -> &'static [&'static str] {
    match protocol {
        Protocol::Lora | Protocol::Sms => {
            &[MESSAGE, DEVICE_ID, FEEDBACK_TIMEOUT, RETRY_LIMIT, DRY_RUN]
        }
        Protocol::Mqtt | Protocol::Http => &[MESSAGE, DEVICE_ID, FEEDBACK_TIMEOUT, DRY_RUN],
    }
}

fn device_id(protocol: Protocol, root: &Object<'_>) -> Result<String, Error> {
    root.required(DEVICE_ID, |value| {
        let text = value.string(DEVICE_ID)?;
        if protocol != Protocol::Sms {
            DeviceId::parse(&text)?;
        }
        Ok(text.into_owned())
    })
}

/// What was read, or nothing if the sink took the error.
fn kept<T>(result: Result<T, Error>, sink: &mut dyn Sink) -> Result<Option<T>, Error> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) => sink.error(error).map(|()| None),
    }
}

fn message(
    protocol: Protocol,
    root: &Object<'_>,
    sink: &mut dyn Sink,
) -> Result<Option<Message>, Error> {
    let Some(message) = kept(required_object(root), sink)? else {
        return Ok(None);
    };
    match protocol {
        Protocol::Lora => lora_message(message, sink),
        Protocol::Mqtt => mqtt_message(message, sink),
        Protocol::Sms => sms_message(message, sink),
        Protocol::Http => http_message(message, sink),
    }
}

fn required_object<'o, 'a>(root: &'o Object<'a>) -> Result<&'o Object<'a>, Error> {
    root.object(MESSAGE)?.ok_or_else(|| root.missing(MESSAGE))
}

fn lora_message(message: &Object<'_>, sink: &mut dyn Sink) -> Result<Option<Message>, Error> {
    message.refuse_unknown(&["payloadHex", "fPort"], &[], sink)?;
    let payload = message.required("payloadHex", |value| {
        PayloadHex::parse(&value.string("payloadHex")?)
    });
    let payload = kept(payload, sink)?;
    let port = message.required("fPort", |value| FPort::new(value.integer("fPort")?));
    let (Some(payload), Some(port)) = (payload, kept(port, sink)?) else {
        return Ok(None);
    };
    let downlink = lora::Downlink::new(port, payload.to_bytes());
    let placed = downlink.map_err(|error| message.place(error));
    Ok(kept(placed, sink)?.map(Message::from))
}

fn sms_message(message: &Object<'_>, sink: &mut dyn Sink) -> Result<Option<Message>, Error> {
    message.refuse_unknown(&["text"], &[], sink)?;
    let submit = message.required("text", |value| sms::Submit::new(value.string("text")?));
    Ok(kept(submit, sink)?.map(Message::from))
}

fn mqtt_message(message: &Object<'_>, sink: &mut dyn Sink) -> Result<Option<Message>, Error> {
    const FIELDS: [&str; 5] = ["type", "payload", "topic", "contentType", "qos"];
    message.refuse_unknown(&FIELDS, &[], sink)?;
    let payload = kept(payload(message, "payload"), sink)?;
    let topic = message.required("topic", |value| TopicName::new(value.string("topic")?));
    let topic = kept(topic, sink)?;
    let content_type = message.optional("contentType", |value| {
        ContentType::new(value.string("contentType")?)
    });
    let content_type = kept(content_type, sink)?;
    let qos = kept(
        message.optional("qos", |value| qos(&value.string("qos")?)),
        sink,
    )?;
    let (Some(payload), Some(topic)) = (payload, topic) else {
        return Ok(None);
    };
    let mut publish = mqtt::Publish::new(topic, payload);
    publish.content_type = content_type.flatten();
    publish.qos = qos.flatten();
    Ok(Some(Message::from(publish)))
}

/// The contract's list is open, so that an unknown value is well formed and cannot be done.
fn qos(name: &str) -> Result<Qos, Error> {
    name.parse().map_err(|_| {
        let known: Vec<_> = Qos::ALL.iter().map(|qos| qos.as_str()).collect();
        let known = known.join(", ");
        let shown = quote(name);
        Error::new(
            Code::EncodeUnknownEnum,
            format!("`{shown}` is not a quality of service, expected one of {known}"),
        )
        .expected(known)
        .found(shown)
    })
}

fn http_message(message: &Object<'_>, sink: &mut dyn Sink) -> Result<Option<Message>, Error> {
    message.refuse_unknown(&["type", "body", "headers"], &[], sink)?;
    let body = kept(payload(message, "body"), sink)?;
    let headers = kept(headers(message), sink)?;
    let (Some(body), Some(headers)) = (body, headers) else {
        return Ok(None);
    };
    let mut content = http::Content::new(body);
    content.headers = headers;
    Ok(Some(Message::from(content)))
}

fn headers(message: &Object<'_>) -> Result<Headers, Error> {
    let Some(fields) = message.object("headers")? else {
        return Ok(Headers::default());
    };
    let field = |field: Result<(&str, String), Error>| {
        let (name, value) = field?;
        Ok((HeaderName::new(name)?, HeaderValue::new(value)?))
    };
    let read: Result<Vec<_>, Error> = fields.texts().map(field).collect();
    read.and_then(Headers::new)
        .map_err(|error| match error.diagnostic().pointer {
            Some(_) => error,
            None => fields.place(error),
        })
}

/// Text or bytes, told apart by `type`.
fn payload(message: &Object<'_>, field: &str) -> Result<Payload, Error> {
    let kind = message.required("type", |value| kind(&value.string("type")?))?;
    message.required(field, |value| {
        let text = value.string(field)?;
        Ok(match kind {
            PayloadKind::Text => Payload::Text(text.into_owned()),
            PayloadKind::Binary => Payload::Binary(Base64String::parse(&text)?.to_bytes()),
        })
    })
}

/// The discriminator of a message that is text or bytes.
#[derive(Clone, Copy)]
enum PayloadKind {
    Text,
    Binary,
}

fn kind(name: &str) -> Result<PayloadKind, Error> {
    match name {
        "text" => Ok(PayloadKind::Text),
        "binary" => Ok(PayloadKind::Binary),
        other => {
            let shown = quote(other);
            Err(Error::new(
                Code::RequestType,
                format!("the type `{shown}` is not known, expected `text` or `binary`"),
            )
            .expected("`text` or `binary`")
            .found(shown))
        }
    }
}
