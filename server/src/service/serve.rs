//! Serves connections: bounded in number, in the time that a header takes, and in its size.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::clock::Clock;
use crate::settings::Settings;

/// How long nothing is accepted after the system refused to: it has no descriptors left, say.
const PAUSE: Duration = Duration::from_secs(1);

/// Bytes of a request's head beside its header fields and its query: method, path, line ends.
const HEAD: usize = 16 * 1024;

/// What connections may take.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    /// Open connections; who comes then waits until one is closed.
    connections: Arc<Semaphore>,
    /// Bytes of a request's head. One that is longer is cut off; the router refuses shorter ones
    /// with a problem, by limits of its own.
    head: usize,
    /// When the head must have come, counted from the connection or from the answer before.
    deadline: Duration,
}

impl Bounds {
    pub(super) fn of(settings: &Settings) -> Self {
        let limits = &settings.limits;
        let head = limits.headers.get().saturating_add(limits.query.get());
        Self {
            connections: Arc::new(Semaphore::new(
                limits.connections.get().min(Semaphore::MAX_PERMITS),
            )),
            head: head.saturating_mul(2).saturating_add(HEAD),
            deadline: settings.timing.header_deadline,
        }
    }
}

/// Serves until it is stopped, and then finishes what is being answered.
pub(super) async fn serve(
    listener: TcpListener,
    routes: Router,
    bounds: Bounds,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
) {
    let graceful = GracefulShutdown::new();
    let connections = TaskTracker::new();
    let accept_all = async {
        loop {
            let Ok(place) = Arc::clone(&bounds.connections).acquire_owned().await else {
                return;
            };
            match listener.accept().await {
                Ok((stream, peer)) => {
                    let connection = Connection {
                        stream,
                        peer,
                        place,
                    };
                    connections.spawn(connection.serve(&bounds, routes.clone(), &graceful));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    clock.sleep_until(clock.now().plus(PAUSE)).await;
                }
            }
        }
    };
    tokio::select! {
        () = accept_all => {}
        () = stop.cancelled() => {}
    }
    drop(listener);
    graceful.shutdown().await;
    connections.close();
    connections.wait().await;
}

/// A connection, with its place among those that may be open.
struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
}

impl Connection {
    fn serve(
        self,
        bounds: &Bounds,
        routes: Router,
        graceful: &GracefulShutdown,
    ) -> impl Future<Output = ()> + Send + use<> {
        let Self {
            stream,
            peer,
            place,
        } = self;
        let answer = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            routes.clone().oneshot(request.map(Body::new))
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(bounds.deadline)
            .max_buf_size(bounds.head)
            .serve_connection(TokioIo::new(stream), answer);
        let served = graceful.watch(connection);
        async move {
            // Peers that go, are slow or speak no HTTP are no fault of ours.
            if let Err(error) = served.await {
                tracing::debug!(%error, "a connection was cut off");
            }
            drop(place);
        }
    }
}
