//! A JWKS at an `https` URL that the configuration fixes.
//!
//! One request on a connection of its own, once in minutes: no pool, no redirects, no proxies.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::{BoxFuture, Either, select};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, HOST};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{InvalidDnsNameError, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::keys::{FetchFailed, FetchJwks, LARGEST};
use crate::settings::HttpsUrl;

/// A JWKS at an `https` URL.
pub struct JwksHttps {
    url: HttpsUrl,
    server: ServerName<'static>,
    connector: TlsConnector,
}

impl std::fmt::Debug for JwksHttps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("JwksHttps").field(&self.url).finish()
    }
}

/// No secure connection can be had at all.
#[derive(Debug, thiserror::Error)]
pub enum NoTls {
    /// The system names no authority whose certificates are taken.
    #[error("no certificate authorities: `SSL_CERT_FILE` names a file of them")]
    NoRoots,
    /// The host is no name that a certificate can have.
    #[error("the host of `{0}` is not a name that a certificate can have")]
    Host(HttpsUrl),
    /// The cryptography of this build has no protocol that is secure.
    #[error("no TLS: {0}")]
    Protocol(#[from] tokio_rustls::rustls::Error),
}

impl JwksHttps {
    /// The JWKS at this URL, on a host whose certificate the system's authorities vouch for.
    pub fn new(url: HttpsUrl) -> Result<Self, NoTls> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            Err(NoTls::NoRoots)
        } else {
            Self::with_roots(url, roots)
        }
    }

    /// The JWKS at this URL, on a host whose certificate these authorities vouch for.
    pub fn with_roots(url: HttpsUrl, roots: RootCertStore) -> Result<Self, NoTls> {
        // Named here, since a default of the process can be missing or set by others.
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let server = server_name(&url.host).map_err(|_| NoTls::Host(url.clone()))?;
        Ok(Self {
            url,
            server,
            connector: Arc::new(config).into(),
        })
    }

    async fn get(&self) -> Result<Vec<u8>, FetchFailed> {
        let stream = self.connect().await.map_err(unreachable)?;
        let handshake = http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(unreachable)?;
        let answer = async {
            let response = sender.send_request(self.request()?).await;
            body(response.map_err(unreachable)?).await
        };
        // The connection carries the answer, and is needed no longer than that. Where it ends
        // first, what it has carried is still read.
        match select(std::pin::pin!(answer), std::pin::pin!(connection)).await {
            Either::Left((answer, _)) => answer,
            Either::Right((_, answer)) => answer.await,
        }
    }

    async fn connect(&self) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect((self.url.host.as_str(), self.url.port)).await?;
        self.connector.connect(self.server.clone(), stream).await
    }

    fn request(&self) -> Result<Request<Empty<Bytes>>, FetchFailed> {
        Request::get(&self.url.target)
            .header(HOST, self.url.authority())
            .header(ACCEPT, "application/jwk-set+json, application/json")
            .body(Empty::new())
            .map_err(unreachable)
    }
}

fn server_name(host: &str) -> Result<ServerName<'static>, InvalidDnsNameError> {
    match host.parse::<IpAddr>() {
        Ok(address) => Ok(ServerName::from(address)),
        Err(_) => ServerName::try_from(host.to_owned()),
    }
}

async fn body(response: Response<Incoming>) -> Result<Vec<u8>, FetchFailed> {
    if response.status() != StatusCode::OK {
        let status = response.status();
        return Err(FetchFailed::Unreachable(format!("answered {status}")));
    }
    let body = Limited::new(response.into_body(), LARGEST).collect().await;
    match body {
        Ok(body) => Ok(body.to_bytes().into()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(FetchFailed::TooLarge),
        Err(error) => Err(unreachable(error)),
    }
}

fn unreachable(error: impl std::fmt::Display) -> FetchFailed {
    FetchFailed::Unreachable(error.to_string())
}

impl FetchJwks for JwksHttps {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchFailed>> {
        Box::pin(self.get())
    }

    fn name(&self) -> String {
        self.url.to_string()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::pki_types::pem::PemObject;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

    use super::*;

    const KEY: &[u8] = include_bytes!("../../tests/keys/localhost.pem");
    const CERTIFICATE: &[u8] = include_bytes!("../../tests/keys/localhost.crt");

    fn certificate() -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(CERTIFICATE).unwrap()
    }

    fn acceptor() -> TlsAcceptor {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate()], key)
            .unwrap();
        Arc::new(config).into()
    }

    /// Takes one connection, and gives this answer to its request. Returns the request.
    async fn answer(listener: &TcpListener, answer: &[u8]) -> std::io::Result<String> {
        let (stream, _) = listener.accept().await?;
        let mut stream = acceptor().accept(stream).await?;
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await?);
        }
        stream.write_all(answer).await?;
        stream.shutdown().await?;
        Ok(String::from_utf8(request).unwrap())
    }

    /// Fetches from a host that knows one answer.
    async fn fetch(
        host: &str,
        roots: RootCertStore,
        response: &[u8],
    ) -> (Result<Vec<u8>, FetchFailed>, std::io::Result<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = format!("https://{host}:{port}/keys?v=1").parse().unwrap();
        let jwks = JwksHttps::with_roots(url, roots).unwrap();
        futures::future::join(jwks.fetch(), answer(&listener, response)).await
    }

    fn roots() -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(certificate()).unwrap();
        roots
    }

    #[tokio::test]
    async fn what_the_host_answers_is_the_jwks() {
        let ok = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        for host in ["localhost", "127.0.0.1"] {
            let (fetched, request) = fetch(host, roots(), ok).await;
            assert_eq!(fetched.unwrap(), b"{}");
            let request = request.unwrap();
            assert!(
                request.starts_with("GET /keys?v=1 HTTP/1.1\r\n"),
                "{request}"
            );
            assert!(request.contains(&format!("\r\nhost: {host}:")), "{request}");
        }
        let until_it_closes = b"HTTP/1.1 200 OK\r\n\r\n{\"keys\":[]}";
        let (fetched, _) = fetch("localhost", roots(), until_it_closes).await;
        assert_eq!(fetched.unwrap(), b"{\"keys\":[]}");
    }

    #[tokio::test]
    async fn a_host_that_nobody_vouches_for_is_not_asked() {
        let (fetched, request) = fetch("localhost", RootCertStore::empty(), b"").await;
        assert!(matches!(fetched, Err(FetchFailed::Unreachable(_))));
        assert!(request.is_err());
    }

    #[tokio::test]
    async fn redirects_errors_and_broken_answers_are_failures() {
        for response in [
            "HTTP/1.1 302 Found\r\nlocation: https://evil.example/\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}",
            "SSH-2.0-x\r\n\r\n",
            "",
        ] {
            let (fetched, _) = fetch("localhost", roots(), response.as_bytes()).await;
            assert!(
                matches!(fetched, Err(FetchFailed::Unreachable(_))),
                "{response}"
            );
        }
    }

    #[tokio::test]
    async fn an_answer_that_is_too_large_is_not_taken() {
        let length = LARGEST + 1;
        let mut response =
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").into_bytes();
        response.resize(response.len() + length, b' ');
        let (fetched, _) = fetch("localhost", roots(), &response).await;
        assert!(matches!(fetched, Err(FetchFailed::TooLarge)));
    }
}
