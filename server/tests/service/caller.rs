//! Somebody who calls, and what is answered.

use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::world::{PUBLIC_URL, World, peer};

pub(crate) struct Caller<'w> {
    world: &'w World,
    token: Option<String>,
    fields: Vec<(&'static str, String)>,
}

impl<'w> Caller<'w> {
    pub(crate) fn new(world: &'w World, token: Option<String>) -> Self {
        Self {
            world,
            token,
            fields: Vec::new(),
        }
    }

    /// The same caller, whose requests have this header field too.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, Vec::new()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, Vec::new()).await
    }

    /// Posts a document as JSON.
    pub(crate) async fn post(&self, path: &str, document: impl Into<Value>) -> Reply {
        let body = document.into().to_string().into_bytes();
        self.post_bytes(path, body).await
    }

    pub(crate) async fn post_bytes(&self, path: &str, body: Vec<u8>) -> Reply {
        self.send("POST", path, body).await
    }

    /// Sends a request; a path may be an absolute URL of the service, as links are.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Vec<u8>) -> Reply {
        let path = path.strip_prefix(PUBLIC_URL).unwrap_or(path);
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let says_type = self.fields.iter().any(|(name, _)| *name == "content-type");
        if method == "POST" && !says_type {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in &self.fields {
            request = request.header(*name, value);
        }
        let request = request.extension(ConnectInfo(peer()));
        let request = request.body(Body::from(body)).unwrap();
        let response = self.world.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Reply {
            asked: format!("{method} {path}"),
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    /// The downlink or part as it is now.
    pub(crate) async fn see(&self, path: &str) -> Value {
        self.get(path).await.ok().json()
    }

    /// The status of a downlink or part.
    pub(crate) async fn status(&self, path: &str) -> String {
        self.see(path).await["status"].as_str().unwrap().to_owned()
    }

    /// The events of an instruction, in order; a cancel is `CANCELLED`.
    pub(crate) async fn logs(&self, path: &str) -> Vec<String> {
        let document = self.see(path).await;
        let entries = document["logs"].as_array().unwrap().iter();
        let name = |entry: &Value| {
            let name = entry.get("event").or(entry.get("errorCode")).unwrap();
            name.as_str().unwrap().to_owned()
        };
        entries.map(name).collect()
    }

    /// What happened to a part, in order.
    pub(crate) async fn history(&self, path: &str) -> Vec<String> {
        let events = self.see(&format!("{path}/events")).await;
        let items = events["items"].as_array().unwrap().iter();
        items
            .map(|it| it["event"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Reply {
    asked: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    fn is(self, status: u16) -> Self {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{}: {text}", self.asked);
        self
    }

    pub(crate) fn ok(self) -> Self {
        self.is(200)
    }

    /// It was created, and says where.
    pub(crate) fn created(self) -> Self {
        let reply = self.is(201);
        assert!(reply.headers.contains_key("location"), "{}", reply.asked);
        reply
    }

    /// Cancelling was accepted; there is nothing to say.
    pub(crate) fn accepted(self) {
        let reply = self.is(202);
        assert!(reply.body.is_empty(), "{}", reply.asked);
    }

    /// It is a problem document of this status and code; the document.
    pub(crate) fn problem(self, status: u16, code: &str) -> Value {
        let reply = self.is(status);
        assert_eq!(
            reply.field("content-type"),
            Some("application/problem+json"),
            "{}",
            reply.asked
        );
        let problem = reply.json();
        assert_eq!(
            problem["type"],
            format!("/problems/{code}"),
            "{}: {problem}",
            reply.asked
        );
        assert_eq!(problem["status"], status, "{}", reply.asked);
        problem
    }

    pub(crate) fn json(&self) -> Value {
        let json = serde_json::from_slice(&self.body);
        json.unwrap_or_else(|error| panic!("{}: {error}: {:?}", self.asked, self.body))
    }

    /// The value of a header field.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> String {
        self.field("location").unwrap().to_owned()
    }

    /// The paths that the answer links to with this relation.
    pub(crate) fn links(&self, relation: &str) -> Vec<String> {
        let end = format!(">; rel=\"{relation}\"");
        let fields = self.headers.get_all("link").iter();
        let texts = fields.map(|field| field.to_str().unwrap());
        texts
            .filter_map(|text| text.strip_prefix('<')?.strip_suffix(&end))
            .map(str::to_owned)
            .collect()
    }

    /// The codes of all findings of a problem.
    pub(crate) fn findings(&self) -> Vec<String> {
        let problem = self.json();
        let findings = problem["errors"].as_array().unwrap().iter();
        findings
            .map(|it| it["code"].as_str().unwrap().to_owned())
            .collect()
    }
}
