//! A relay behind TLS, whose certificate comes from an authority of its own:
//! `cargo run --example own_authority --features relay`.
//!
//! The authority, the relay and the proxy that ends TLS are made here; the part for an application
//! is the call of `trust`.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use wormhole_sync::relay::{Limits, RelayHandle, RelayOptions};
use wormhole_sync::{Error, Initiator, Outcome};

type Fault = Box<dyn std::error::Error>;

pub(crate) fn main() -> Result<(), Fault> {
    let relay = RelayHandle::spawn(
        ([127, 0, 0, 1], 0).into(),
        Limits::default(),
        RelayOptions::default(),
    )?;
    let runtime = tokio::runtime::Runtime::new()?;
    let (port, pem) = runtime.block_on(before(relay.addr()))?;
    let initiator = || {
        Initiator::new("example.com/app1", b"a blob")
            .rendezvous(format!("https://localhost:{port}"))
    };

    // The public authorities do not know the certificate, and nothing is sent.
    let refused = initiator().start().map(drop);
    assert_eq!(
        refused.map_err(|error: Error| error.outcome()),
        Err(Outcome::RelayUnreachable)
    );

    // An authority that the application trusts does.
    let waiting = initiator().trust(pem.as_bytes())?.start()?;
    println!("Invitation Code: {}", waiting.code().reveal());
    waiting.cancel();
    Ok(())
}

/// Starts a proxy that ends TLS before a relay, and gives its port and the PEM of its authority.
async fn before(relay: SocketAddr) -> Result<(u16, String), Fault> {
    let mut params = CertificateParams::new([])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let names = ["localhost".to_owned()];
    let certificate = CertificateParams::new(names)?.signed_by(&key, &authority)?;
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that refuses the certificate ends the handshake.
                let Ok(mut inner) = acceptor.accept(stream).await else {
                    return;
                };
                if let Ok(mut outer) = TcpStream::connect(relay).await {
                    let _ = copy_bidirectional(&mut inner, &mut outer).await;
                }
            });
        }
    });
    Ok((port, authority.pem()))
}
