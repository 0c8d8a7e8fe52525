//! Certificates, good and bad (CLIENT-4).

use std::sync::Arc;

use anyhow::Context;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use tokio::runtime::Runtime;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ALL_VERSIONS, ServerConfig, SupportedProtocolVersion};

use super::case::{Fault, SurroundingsCase};
use super::door::Keys;
use crate::suites::case::Case;
use crate::suites::live::judge::Difference;
use crate::suites::live::scenario::Scenario;
use crate::suites::live::script::Script;
use crate::suites::vectors::derive::Role;

type Authority = CertifiedIssuer<'static, KeyPair>;

/// A certificate that a client meets.
struct Meeting {
    name: &'static str,
    title: &'static str,
    keys: Keys,
    is_good: bool,
    /// Whether the client is told the suite's authority, or has those of its own alone.
    tells_ca: bool,
}

/// The tests.
pub(super) fn cases(runtime: &Arc<Runtime>) -> anyhow::Result<Vec<Box<dyn Case>>> {
    let known = authority("the suite's authority").context("no certificate")?;
    let unknown = authority("another authority").context("no certificate")?;
    let now = (2020, 2045);
    let good = Certificate {
        issuer: &known,
        host: "localhost",
        years: now,
        versions: ALL_VERSIONS,
    };
    let over = Certificate {
        years: (2019, 2020),
        ..good
    };
    let other_name = Certificate {
        host: "relay.invalid",
        ..good
    };
    let of_unknown = Certificate {
        issuer: &unknown,
        ..good
    };
    let (old, new) = ([&TLS12], [&TLS13]);
    let only = |versions| Certificate { versions, ..good };
    let meeting = |name, title, certificate: Certificate, is_good| {
        let keys = certificate.keys().context("no certificate")?;
        anyhow::Ok(Meeting {
            name,
            title,
            keys,
            is_good,
            tells_ca: true,
        })
    };
    let mut broken = meeting(
        "broken-handshake",
        "A first handshake that breaks off, which is *lost*",
        good,
        true,
    )?;
    broken.keys.broken = 1;
    let mut untold = meeting(
        "own-authorities",
        "A certificate of an authority that the client was not told",
        good,
        false,
    )?;
    untold.tells_ca = false;
    let meetings = [
        meeting("good", "A good certificate", good, true)?,
        meeting("1.2", "A server of TLS 1.2 alone", only(&old), true)?,
        meeting("1.3", "A server of TLS 1.3 alone", only(&new), true)?,
        broken,
        meeting(
            "other-name",
            "A certificate of another name",
            other_name,
            false,
        )?,
        meeting(
            "unknown-authority",
            "A certificate of an unknown authority",
            of_unknown,
            false,
        )?,
        untold,
        meeting("expired", "A certificate that is over", over, false)?,
    ];
    let mut cases: Vec<Box<dyn Case>> = Vec::new();
    for meeting in meetings {
        for role in Role::BOTH {
            cases.push(case(&meeting, role, known.pem(), runtime));
        }
    }
    Ok(cases)
}

fn case(meeting: &Meeting, role: Role, ca: String, runtime: &Arc<Runtime>) -> Box<dyn Case> {
    let Meeting {
        name,
        title,
        keys,
        is_good,
        tells_ca,
    } = meeting;
    let (keys, is_good) = (keys.clone(), *is_good);
    let ca = tells_ca.then_some(ca);
    let id = format!("tls-{name}-{}", role.name());
    let mut scenario = Scenario::new(&id, &[], title, role).with(|script| Script {
        ca: ca.clone(),
        ..script
    });
    if !is_good {
        scenario = scenario.requests(&[]).fails("relay-unreachable");
        // `exhausted` comes at once, and not when a window is over.
        scenario.expect.seconds = Some((0.0, 1.0));
    }
    let address = |port: u16| format!("https://localhost:{port}");
    Box::new(SurroundingsCase {
        id: format!("surroundings-{id}"),
        title: (*title).to_owned(),
        clauses: vec!["CLIENT-4".to_owned()],
        injects: ca.map(|_| "ca").into_iter().collect(),
        roles: vec![role.name()],
        runtime: Arc::clone(runtime),
        body: Box::new(move |setting| {
            let (played, connections) =
                setting.play(setting.adapter, &scenario, Some(&keys), address)?;
            if is_good || connections == 1 {
                return Ok(());
            }
            let difference = Difference::new(
                "CLIENT-4",
                "the attempts with an unacceptable certificate",
                "1",
                connections.to_string(),
            );
            Err(Fault::Client(difference, Some(Box::new(played))))
        }),
    })
}

fn authority(name: &str) -> Result<Authority, rcgen::Error> {
    let mut params = CertificateParams::new([])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![
        rcgen::KeyUsagePurpose::KeyCertSign,
        rcgen::KeyUsagePurpose::CrlSign,
    ];
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

/// A certificate to be made, and the versions of TLS with which it is shown.
#[derive(Clone, Copy)]
struct Certificate<'a> {
    issuer: &'a Authority,
    host: &'a str,
    /// The years in which it begins and ends.
    years: (i32, i32),
    versions: &'a [&'static SupportedProtocolVersion],
}

impl Certificate<'_> {
    fn keys(self) -> anyhow::Result<Keys> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new([self.host.to_owned()])?;
        let (from, to) = self.years;
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        // Strict verifiers want to know whose key signed.
        params.use_authority_key_identifier_extension = true;
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&key, self.issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(self.versions)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        Ok(Keys {
            config: Arc::new(config),
            broken: 0,
        })
    }
}
