//! `/ingestion/…/senml/v1`: devices that fetch their messages by a call of their own.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::carrier::polling::MessageToken;
use crate::http::answer::Answer;
use crate::http::app::App;
use crate::http::codes::Code;
use crate::http::extract::{is_json, read_body};
use crate::http::problem::Problem;
use crate::operation::{Answered, Ingestion, NotAnswered, Receipt, Refusal};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body::{Frame, SizeHint};

/// `POST /ingestion/{ip,m2m}/senml/v1`.
pub async fn call(ingestion: Ingestion, State(app): State<Arc<App>>, request: Request) -> Answer {
    is_json(
        request.headers(),
        &["application/senml+json", "application/json"],
    )?;
    let token = token(request.headers());
    let body = read_body(request, &app).await?;
    let answered = app.operations.poll(ingestion, &body, token).await;
    respond(answered.map_err(problem)?)
}

fn token(headers: &HeaderMap) -> Option<MessageToken> {
    MessageToken::read(headers.get("things-message-token")?.as_bytes())
}

fn problem(refused: NotAnswered) -> Problem {
    match refused {
        NotAnswered::Malformed(findings) => Problem::of_findings(&findings),
        NotAnswered::Unauthorized => Problem::new(
            Code::AuthToken,
            "the `Things-Message-Token` is not that of a device here",
        )
        .challenge("Things-Message-Token"),
        NotAnswered::Refused(refusal) => refusal.into(),
    }
}

fn respond(answered: Option<Answered>) -> Answer {
    let Some(answered) = answered else {
        return Ok(StatusCode::OK.into_response());
    };
    let mut response = Response::new(Body::new(Watched {
        bytes: Some((Bytes::from(answered.body), answered.receipt)),
    }));
    for (name, value) in answered.headers {
        let name = HeaderName::try_from(name);
        let value = HeaderValue::try_from(value);
        let (Ok(name), Ok(value)) = (name, value) else {
            return Err(Refusal::fault("a header field of a message is not one").into());
        };
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// A body that hands its receipt in when the connection takes its bytes.
///
/// What the connection took may still be lost on the way. No server can see that; the device calls
/// again with the same body then, and gets the same answer.
struct Watched {
    bytes: Option<(Bytes, Receipt)>,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(self.bytes.take().map(|(bytes, receipt)| {
            receipt.hand_in();
            Ok(Frame::data(bytes))
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.bytes.as_ref().map_or(0, |(bytes, _)| bytes.len());
        SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
    }
}
