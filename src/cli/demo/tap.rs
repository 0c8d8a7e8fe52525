//! Proxies that pass requests on to the relay and answers back, and report both to the script.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::script::Script;
use crate::values::Role;

/// One tap for each side, so that a request's side is known without its bearer.
pub(super) struct Taps {
    addresses: [SocketAddr; 2],
    /// The runtime of the taps, which end with it.
    _runtime: Runtime,
}

impl Taps {
    /// Opens both taps in front of the relay.
    pub(super) fn open(relay: SocketAddr, script: &Arc<Script>) -> io::Result<Taps> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let open = |role| {
            let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
            let address = listener.local_addr()?;
            runtime.spawn(serve(listener, Tap::new(role, relay, script)));
            io::Result::Ok(address)
        };
        Ok(Taps {
            addresses: [open(Role::Initiator)?, open(Role::Receiver)?],
            _runtime: runtime,
        })
    }

    /// The rendezvous address of a side.
    pub(super) fn url(&self, role: Role) -> String {
        let [initiator, receiver] = self.addresses;
        match role {
            Role::Initiator => format!("http://{initiator}"),
            Role::Receiver => format!("http://{receiver}"),
        }
    }
}

#[derive(Clone)]
struct Tap {
    role: Role,
    relay: SocketAddr,
    script: Arc<Script>,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Tap {
    fn new(role: Role, relay: SocketAddr, script: &Arc<Script>) -> Tap {
        Tap {
            role,
            relay,
            script: Arc::clone(script),
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// Passes one request and its answer. The client sees a failure as a bad gateway.
    async fn pass(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        Ok(self.try_pass(request).await.unwrap_or_else(|_| {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            response
        }))
    }

    async fn try_pass(
        self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
        let (mut head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let target = head.uri.to_string();
        let number = self.script.request(self.role, &head.method, &target, &body);
        head.uri = format!("http://{}{target}", self.relay).parse()?;
        let answer = self
            .client
            .request(Request::from_parts(head, Full::new(body)))
            .await?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await?.to_bytes();
        self.script.answer(number, head.status.as_u16(), &body);
        Ok(Response::from_parts(head, Full::new(body)))
    }
}

async fn serve(listener: TcpListener, tap: Tap) {
    while let Ok((stream, _)) = listener.accept().await {
        let tap = tap.clone();
        let service = service_fn(move |request| tap.clone().pass(request));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}
