//! Every refusal as a problem document (RFC 9457): the one place where a refusal gets its status.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use downlink::contract::{Finding, Problem as Document};
use downlink::error::Diagnostic;
use serde::Serialize;
use serde_json::{Map, Value};

use super::codes::Code;
use crate::id::DownlinkId;
use crate::operation::Refusal;

/// Where the page of each code is.
const PAGES: &str = "/problems/";

/// Seconds after which a service that is not ready is asked again.
const NOT_READY: u64 = 5;

/// A refusal, ready to be answered.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    body: Box<Body>,
    fields: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Debug, Serialize)]
struct Body {
    #[serde(flatten)]
    document: Document,
    #[serde(flatten)]
    members: Map<String, Value>,
}

impl Problem {
    /// A problem of this code, saying what is wrong this time.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let mut document = Document::default();
        document.problem_type = Some(format!("{PAGES}{code}"));
        document.title = Some(code.title().to_owned());
        document.status = Some(code.status().as_u16());
        document.detail = Some(detail.into());
        Self {
            status: code.status(),
            body: Box::new(Body {
                document,
                members: Map::new(),
            }),
            fields: Vec::new(),
        }
    }

    /// What the engine found: the gravest finding decides.
    #[must_use]
    pub fn of_findings(findings: &[Diagnostic]) -> Self {
        let Some(document) = Document::from_findings(findings) else {
            return Self::from(Refusal::fault("a refusal without findings"));
        };
        let status = document.status.and_then(|it| StatusCode::from_u16(it).ok());
        Self {
            status: status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            body: Box::new(Body {
                document: document.with_type_prefix(PAGES),
                members: Map::new(),
            }),
            fields: Vec::new(),
        }
    }

    /// A problem of this code with all its findings, of which the first says what is wrong.
    #[must_use]
    pub fn with_findings(code: Code, findings: Vec<Finding>) -> Self {
        let detail = findings.first().map(|it| it.message.clone());
        let mut problem = Self::new(code, detail.unwrap_or_default());
        problem.body.document.errors = findings;
        problem
    }

    /// Adds an extension member.
    #[must_use]
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a header field.
    #[must_use]
    pub fn field(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.fields.push((name, value));
        self
    }

    /// Says when to ask again.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.field(RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Says how to authenticate (RFC 6750 §3).
    #[must_use]
    pub fn challenge(self, value: &'static str) -> Self {
        self.field(WWW_AUTHENTICATE, HeaderValue::from_static(value))
    }

    fn not_ready(code: Code, detail: impl Into<String>) -> Self {
        Self::new(code, detail).retry_after(NOT_READY)
    }

    fn pointing_at(code: Code, detail: &str, id: DownlinkId) -> Self {
        let path = format!("/downlinks/{id}");
        Self::new(code, format!("{detail} {path}")).member("existing", path)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = match serde_json::to_vec(&*self.body) {
            Ok(body) => body,
            Err(error) => {
                tracing::error!(%error, "a problem cannot be written");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        };
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.extend(self.fields);
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Findings(findings) => Self::of_findings(&findings),
            Refusal::EncoderUnknown(error) | Refusal::DeviceUnknown(error) => {
                Self::of_findings(&[error.into_diagnostic()])
            }
            Refusal::NotFound => Self::new(Code::DownlinkNotFound, "there is no such downlink"),
            Refusal::ReferenceTaken(id) => {
                Self::pointing_at(Code::ReferenceTaken, "the external reference names", id)
            }
            Refusal::KeyBusy => Self::new(
                Code::IdempotencyBusy,
                "the first request with this `Idempotency-Key` is still under way",
            )
            .retry_after(1),
            Refusal::OtherBody => Self::new(
                Code::IdempotencyBody,
                "this `Idempotency-Key` was used with another body",
            ),
            Refusal::QueueFull { limit, oldest } => Self::new(
                Code::QueueFull,
                format!(
                    "the device has {limit} open downlinks, the oldest for {} s",
                    oldest.as_secs()
                ),
            )
            .member("limit", limit)
            .member("oldestSeconds", oldest.as_secs()),
            Refusal::CarrierNotConfigured(missing) => Self::new(
                Code::CarrierNotConfigured,
                format!(
                    "no carrier for {} is configured: the setting `{}` is missing",
                    missing.protocol, missing.setting
                ),
            )
            .member("setting", missing.setting),
            Refusal::TopicNotAllowed { topic, allowed } => Self::new(
                Code::TopicNotAllowed,
                format!(
                    "the device may not be told on the topic `{}`",
                    downlink::error::quote(&topic)
                ),
            )
            .member("allowed", allowed),
            Refusal::HeaderNotAllowed(name) => Self::new(
                Code::HeaderNotAllowed,
                format!(
                    "the header field `{}` belongs to the connection",
                    downlink::error::quote(&name)
                ),
            ),
            Refusal::Ended => Self::new(Code::DownlinkEnded, "the downlink has ended"),
            Refusal::InFlight => Self::new(
                Code::DownlinkInFlight,
                "the downlink is in flight and cannot be taken back; `forced=true` ends it here",
            ),
            Refusal::HasParent(id) => Self::pointing_at(
                Code::DownlinkHasParent,
                "the downlink is part of an instruction, which is cancelled as a whole:",
                id,
            ),
            Refusal::NotReady(encoder) => Self::not_ready(
                Code::DeviceNotReady,
                format!("the encoder `{encoder}` of the device is not loaded"),
            ),
            Refusal::TooWide => Self::new(
                Code::SortTooWide,
                "more than 50000 downlinks would have to be sorted",
            ),
            Refusal::Draining => Self::not_ready(Code::ServiceDraining, "the service is stopping"),
            Refusal::StoreGone => {
                Self::not_ready(Code::StoreUnavailable, "the database cannot be reached")
            }
            Refusal::Fault(id) => Self::new(Code::InternalFault, format!("fault {id}"))
                .member("fault", id.to_string()),
        }
    }
}
