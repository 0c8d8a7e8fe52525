//! Certificates: a whole exchange behind TLS, and the errors for certificates that are refused.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ServerConfig, SupportedProtocolVersion, crypto};
use wormhole_sync::Error;
use wormhole_sync::client::{Initiator, Receiver, TlsFault};
use wormhole_sync::protocol::Outcome;

use crate::kit::client::{Client, RUNTIME};
use crate::kit::server::{answer, serve};
use crate::kit::{APP, PROMPT, on_trouble, relay, with_both};

with_both!(
    a_whole_exchange_behind_tls,
    a_second_authority_joins_the_first,
    other_names_are_refused,
    unknown_authorities_are_refused,
    certificates_out_of_their_time_are_refused,
    the_wrong_scheme_is_named,
    plain_http_stays_on_this_machine,
);

pub(crate) type Authority = CertifiedIssuer<'static, KeyPair>;

pub(crate) fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// The names and the validity of a relay's certificate.
pub(crate) struct Leaf {
    names: &'static [&'static str],
    years: (i32, i32),
    version: &'static SupportedProtocolVersion,
}

pub(crate) const GOOD: Leaf = Leaf {
    names: &["localhost", "127.0.0.1"],
    years: (2000, 2100),
    version: &TLS13,
};

/// A proxy that ends TLS in front of an address, and counts the connections that passed it.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    passed: Arc<AtomicUsize>,
}

impl Proxy {
    fn named(&self, name: &str) -> String {
        format!("https://{name}:{}", self.address.port())
    }

    fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }
}

pub(crate) fn proxy(issuer: &Authority, leaf: &Leaf, target: SocketAddr) -> Proxy {
    let names: Vec<String> = leaf.names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.not_before = date_time_ymd(leaf.years.0, 1, 1);
    params.not_after = date_time_ymd(leaf.years.1, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_protocol_versions(&[leaf.version])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = RUNTIME.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let passed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&passed);
    RUNTIME.spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, count) = (acceptor.clone(), Arc::clone(&count));
            tokio::spawn(async move {
                let Ok(mut inner) = acceptor.accept(stream).await else {
                    return;
                };
                let mut outer = TcpStream::connect(target).await.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                let _ = copy_bidirectional(&mut inner, &mut outer).await;
            });
        }
    });
    Proxy { address, passed }
}

fn trusting<C: Client>(url: String, authorities: &[&Authority]) -> Initiator<C> {
    let initiator = Initiator::new(APP, *b"mine").rendezvous(url);
    if authorities.is_empty() {
        return initiator;
    }
    let pem: String = authorities.iter().map(|a| a.pem()).collect();
    initiator.trust(pem.as_bytes()).unwrap()
}

/// The error of an initiator that is refused at once, without a repeat.
// CLIENT-4: an unacceptable certificate or name is not repeated: the event is `exhausted` at once
fn refusal<C: Client>(initiator: Initiator<C>) -> Error {
    let begun = Instant::now();
    let error = C::start(initiator.on_event(on_trouble(|_| panic!("repeated")))).unwrap_err();
    assert_eq!(error.outcome(), Outcome::RelayUnreachable);
    assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
    error
}

fn a_whole_exchange_behind_tls<C: Client>() {
    let (ours, relay) = (authority("ours"), relay());
    for version in [&TLS12, &TLS13] {
        let proxy = proxy(&ours, &Leaf { version, ..GOOD }, relay.addr());
        let waiting = C::start(trusting(proxy.named("localhost"), &[&ours])).unwrap();
        let receiver = Receiver::<C>::new(APP, C::code(&waiting), *b"theirs")
            .rendezvous(proxy.named("127.0.0.1"))
            .trust(ours.pem().as_bytes())
            .unwrap();
        let receiving = thread::spawn(|| C::receive(receiver).unwrap());
        let received = C::finish(waiting).unwrap();
        assert_eq!(
            (received.blob(), received.delivered()),
            (&b"theirs"[..], true)
        );
        assert_eq!(receiving.join().unwrap().blob(), b"mine");
        assert!(proxy.passed() >= 2);
    }
}

fn a_second_authority_joins_the_first<C: Client>() {
    let (ours, other, relay) = (authority("ours"), authority("other"), relay());
    let proxy = proxy(&ours, &GOOD, relay.addr());
    let initiator = trusting::<C>(proxy.named("localhost"), &[&other]);
    let initiator = initiator.trust(ours.pem().as_bytes()).unwrap();
    C::give_up_waiting(C::start(initiator).unwrap());
}

fn other_names_are_refused<C: Client>() {
    let (ours, relay) = (authority("ours"), relay());
    let names = &["elsewhere.test"];
    let proxy = proxy(&ours, &Leaf { names, ..GOOD }, relay.addr());
    for name in ["localhost", "127.0.0.1"] {
        let error = refusal::<C>(trusting(proxy.named(name), &[&ours]));
        let line = "relay-unreachable: the certificate is not valid for that name";
        assert_eq!(error.to_string(), line);
    }
    assert_eq!(proxy.passed(), 0, "nothing was sent");
}

fn unknown_authorities_are_refused<C: Client>() {
    let (ours, other, relay) = (authority("ours"), authority("other"), relay());
    let proxy = proxy(&ours, &GOOD, relay.addr());
    for trusted in [&[][..], &[&other]] {
        let error = refusal::<C>(trusting(proxy.named("localhost"), trusted));
        let line = "relay-unreachable: the certificate is from an unknown authority";
        assert_eq!(error.to_string(), line);
    }
    assert_eq!(proxy.passed(), 0, "nothing was sent");
}

fn certificates_out_of_their_time_are_refused<C: Client>() {
    let (ours, relay) = (authority("ours"), relay());
    for (years, line) in [
        ((2000, 2001), "the certificate has expired"),
        ((2090, 2100), "the certificate is not valid yet"),
    ] {
        let proxy = proxy(&ours, &Leaf { years, ..GOOD }, relay.addr());
        let error = refusal::<C>(trusting(proxy.named("localhost"), &[&ours]));
        assert_eq!(error.to_string(), format!("relay-unreachable: {line}"));
        assert_eq!(proxy.passed(), 0, "nothing was sent");
    }
}

fn the_wrong_scheme_is_named<C: Client>() {
    let deadline = std::time::Duration::from_millis(500);
    let said = |url: String| {
        let (sender, lines) = std::sync::mpsc::channel();
        let initiator = Initiator::<C>::new(APP, *b"mine").rendezvous(url);
        let initiator = initiator
            .deadline(deadline)
            .on_event(on_trouble(move |failure| {
                sender.send(failure.to_string()).unwrap()
            }));
        assert_eq!(C::start(initiator).unwrap_err().outcome(), Outcome::Timeout);
        lines.recv().unwrap()
    };
    let (ours, relay) = (authority("ours"), relay());
    let proxy = proxy(&ours, &GOOD, relay.addr());
    let plain = proxy.named("localhost").replace("https", "http");
    assert_eq!(said(plain), "the relay does not speak HTTP at that address");

    // A plain HTTP server finds the greeting of TLS malformed.
    let server = serve(|peer| {
        peer.send(answer("400 Bad Request", "", "{}"));
        peer.wait_for_end();
    });
    let url = server.url().replace("http", "https");
    assert_eq!(said(url), "the relay does not speak TLS at that address");
}

// RDV-2: A client MUST refuse plain `http` as `bad-rendezvous`, before any request, unless the host
// is `localhost` (in any case), an IPv4 address in 127.0.0.0/8 or the IPv6 address ::1 in any
// spelling, or its user has explicitly allowed plain `http`.
fn plain_http_stays_on_this_machine<C: Client>() {
    for elsewhere in [
        "http://192.0.2.1:9",
        "http://relay.test",
        "http://[2001:db8::1]",
    ] {
        let initiator = || Initiator::<C>::new(APP, *b"mine").rendezvous(elsewhere);
        let error = C::start(initiator()).unwrap_err();
        assert_eq!(error.outcome(), Outcome::BadRendezvous, "{elsewhere}");
        // When plain `http` is allowed, the address is good; the deadline comes before any request.
        let now = std::time::Duration::ZERO;
        let error = C::start(initiator().allow_plain_http().deadline(now)).unwrap_err();
        assert_eq!(error.outcome(), Outcome::Timeout, "{elsewhere}");
    }
}

#[test]
fn what_is_no_authority_is_named() {
    let trust = |pem: String| {
        let initiator = wormhole_sync::Initiator::new(APP, *b"mine");
        initiator.trust(pem.as_bytes()).map(drop)
    };
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let mut leaf = leaf.self_signed(&key).unwrap().pem();
    // A self-signed certificate can be trusted as an anchor; a key cannot.
    assert_eq!(trust(leaf.clone()), Ok(()));
    assert_eq!(trust(key.serialize_pem()), Err(TlsFault::NoCertificate));
    leaf.insert(60, '!');
    assert_eq!(trust(leaf), Err(TlsFault::Malformed));
}
