//! Every refusal as a problem document (RFC 9457): the one place where a refusal gets its status.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use downlink::contract::{Finding, Problem as Document};
use downlink::error::Diagnostic;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

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
        let status = status.filter(|it| !it.is_server_error());
        let Some(status) = status else {
            // Its text may quote a secret.
            let code = document.problem_type.unwrap_or_default();
            return Self::from(Refusal::fault(&format!("the engine has found `{code}`")));
        };
        Self {
            status,
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

    /// A fault, which `instance` names as the log does.
    fn fault(id: Uuid) -> Self {
        let mut problem = Self::new(Code::InternalFault, "the service has a fault");
        problem.body.document.instance = Some(id.urn().to_string());
        problem
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
            Refusal::TopicNotAllowed(refused) => {
                Self::new(Code::TopicNotAllowed, refused.to_string())
                    .member("allowed", refused.allowed)
            }
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
            Refusal::TooWide { limit } => Self::new(
                Code::SortTooWide,
                format!(
                    "more than {limit} downlinks would have to be sorted; narrow the list by \
                     `status`, `deviceId` or a time, or sort it by one field"
                ),
            ),
            Refusal::Draining => Self::not_ready(Code::ServiceDraining, "the service is stopping"),
            Refusal::StoreGone => {
                Self::not_ready(Code::StoreUnavailable, "the database cannot be reached")
            }
            Refusal::Fault(id) => Self::fault(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::to_bytes;

    use super::*;
    use crate::operation::TopicNotAllowed;

    async fn answer(problem: Problem) -> (StatusCode, axum::http::HeaderMap, Value) {
        let (head, body) = problem.into_response().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        (
            head.status,
            head.headers,
            serde_json::from_slice(&body).unwrap(),
        )
    }

    fn refusals() -> Vec<Refusal> {
        let id = DownlinkId(Uuid::from_u128(7));
        vec![
            Refusal::NotFound,
            Refusal::no_device("urn:dev:x"),
            Refusal::ReferenceTaken(id),
            Refusal::KeyBusy,
            Refusal::OtherBody,
            Refusal::QueueFull {
                limit: 256,
                oldest: Duration::from_secs(5),
            },
            Refusal::TopicNotAllowed(TopicNotAllowed {
                topic: "a/b".into(),
                allowed: vec!["c/#".into()],
            }),
            Refusal::HeaderNotAllowed("host".into()),
            Refusal::Ended,
            Refusal::InFlight,
            Refusal::HasParent(id),
            Refusal::NotReady("a/b".into()),
            Refusal::TooWide { limit: 7 },
            Refusal::Draining,
            Refusal::StoreGone,
            Refusal::Fault(Uuid::from_u128(8)),
        ]
    }

    #[tokio::test]
    async fn every_refusal_is_a_problem_of_its_status_with_a_page() {
        for refusal in refusals() {
            let (status, headers, body) = answer(refusal.into()).await;
            assert_eq!(body["status"], status.as_u16(), "{body}");
            assert_eq!(headers[CONTENT_TYPE], "application/problem+json");
            let code = body["type"].as_str().unwrap().strip_prefix(PAGES).unwrap();
            assert!(crate::http::codes::page(code).is_some(), "{code}");
            assert!(body["title"].is_string() && body["detail"].is_string());
            let is_to_come_again = status == StatusCode::SERVICE_UNAVAILABLE;
            let says_when = headers.contains_key(RETRY_AFTER);
            assert!(says_when || !is_to_come_again, "{body}");
        }
    }

    #[tokio::test]
    async fn a_fault_is_named_as_the_log_names_it() {
        let id = Uuid::from_u128(8);
        let (status, _, body) = answer(Refusal::Fault(id).into()).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(body["instance"], format!("urn:uuid:{id}"));
    }

    #[tokio::test]
    async fn a_fault_that_the_engine_finds_tells_nothing_of_itself() {
        let error = downlink::Error::new(downlink::error::Code::DevicesDataRate, "of s3cret");
        let (status, _, body) = answer(Refusal::from(error).into()).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(body["type"], "/problems/internal/fault");
        assert!(body["instance"].as_str().unwrap().starts_with("urn:uuid:"));
        assert!(!body.to_string().contains("s3cret"));
    }

    #[tokio::test]
    async fn what_is_in_the_way_is_named() {
        let id = DownlinkId(Uuid::from_u128(7));
        for refusal in [Refusal::ReferenceTaken(id), Refusal::HasParent(id)] {
            let (status, _, body) = answer(refusal.into()).await;
            assert_eq!(status, StatusCode::CONFLICT);
            assert_eq!(body["existing"], format!("/downlinks/{id}"));
        }
    }
}
