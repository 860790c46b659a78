//! Just enough of an HTTP client: a connection for each request.

use std::io;
use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::broker::soon;

/// Asks one service with one token.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("an answer in JSON")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The answer, if it has this status.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }
}

impl Client {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        soon(self.send("GET", path, &[], b"")).await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        soon(self.send("DELETE", path, &[], b"")).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &[u8]) -> Answer {
        let json = ("content-type", "application/json");
        soon(self.send("POST", path, &[json], body)).await.unwrap()
    }

    /// Asks; an error if the connection breaks before the answer is whole.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Answer> {
        let stream = TcpStream::connect(self.address).await?;
        let broken = |error| io::Error::other(error);
        let connected = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = connected.map_err(broken)?;
        // It ends with the answer, or with the process that it is connected to.
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("host", self.address.to_string());
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body)));
        let response = sender
            .send_request(request.unwrap())
            .await
            .map_err(broken)?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(broken)?.to_bytes().to_vec();
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body,
        })
    }
}
