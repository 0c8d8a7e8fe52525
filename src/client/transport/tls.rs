//! The certificate authorities that a client trusts.

use std::{error::Error, fmt};

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

/// The authorities against which a server's certificate is verified, with TLS 1.2 or 1.3: the
/// public ones (those of Mozilla, compiled in) or the caller's own.
///
/// Both transports build their configuration from a value of this type. They share the list of
/// authorities and not a finished configuration, because only the unversioned interface of ureq
/// takes one. For the same reason, own authorities replace the public ones instead of joining
/// them: ureq takes whole certificates, and the compiled-in set has only bare trust anchors.
#[derive(Debug, Clone, Default)]
pub struct TlsOptions {
    /// The caller's own authorities; empty means the public ones.
    own: Vec<CertificateDer<'static>>,
}

/// The reason why TLS cannot be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsFault {
    /// The text is not PEM, or a section of it is damaged.
    Malformed,
    /// The PEM text holds no certificate.
    NoCertificate,
    /// A section holds something that cannot serve as an authority's certificate.
    NotAnAuthority,
    /// The cryptographic library offers no usable protocol version.
    Unsupported,
}

impl TlsOptions {
    /// Trusts the public authorities.
    #[must_use]
    pub fn public() -> Self {
        Self::default()
    }

    /// Trusts the authorities in `pem`, one or several, in place of the public ones. A second call
    /// adds to those of the first.
    ///
    /// # Errors
    ///
    /// [`TlsFault`] when the text is damaged or holds no certificate that can be an authority's.
    /// Sections other than certificates are ignored.
    pub fn trust(mut self, pem: &[u8]) -> Result<Self, TlsFault> {
        let before = self.own.len();
        let mut probe = RootCertStore::empty();
        for section in CertificateDer::pem_slice_iter(pem) {
            let certificate = section.map_err(|_| TlsFault::Malformed)?;
            probe
                .add(certificate.clone())
                .map_err(|_| TlsFault::NotAnAuthority)?;
            self.own.push(certificate);
        }
        if self.own.len() == before {
            return Err(TlsFault::NoCertificate);
        }
        Ok(self)
    }

    /// Makes the configuration for ureq.
    #[cfg(feature = "blocking")]
    pub(super) fn for_ureq(&self) -> ureq::tls::TlsConfig {
        use ureq::tls::{Certificate, RootCerts, TlsConfig};
        let roots = if self.own.is_empty() {
            RootCerts::WebPki
        } else {
            let own = self.own.iter();
            RootCerts::from(own.map(|der| Certificate::from_der(der).to_owned()))
        };
        TlsConfig::builder().root_certs(roots).build()
    }

    /// Makes the configuration for hyper.
    #[cfg(feature = "async")]
    pub(super) fn for_hyper(&self) -> Result<rustls::ClientConfig, TlsFault> {
        let mut roots = RootCertStore::empty();
        if self.own.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        for certificate in &self.own {
            roots
                .add(certificate.clone())
                .map_err(|_| TlsFault::NotAnAuthority)?;
        }
        let ring = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(ring)
            .with_safe_default_protocol_versions()
            .map_err(|_| TlsFault::Unsupported)?;
        Ok(config.with_root_certificates(roots).with_no_client_auth())
    }
}

impl fmt::Display for TlsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the authority's certificate is not valid PEM",
            Self::NoCertificate => "there is no certificate in the authority's PEM text",
            Self::NotAnAuthority => "the certificate cannot serve as an authority's",
            Self::Unsupported => "no supported TLS version",
        })
    }
}

impl Error for TlsFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_authorities_are_told_apart() {
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        let cases: [(&str, TlsFault); 6] = [
            ("", TlsFault::NoCertificate),
            ("just text", TlsFault::NoCertificate),
            (key, TlsFault::NoCertificate),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n", TlsFault::Malformed),
            (
                "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
                TlsFault::Malformed,
            ),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                TlsFault::NotAnAuthority,
            ),
        ];
        for (pem, fault) in cases {
            let refused = TlsOptions::public().trust(pem.as_bytes());
            assert_eq!(refused.err(), Some(fault), "{pem}");
        }
    }
}
