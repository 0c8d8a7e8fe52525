//! The reasons why a request has no answer, worded for people.

use std::{error::Error, fmt, io};

use rustls::{CertificateError, InvalidMessage};

use crate::protocol::AttemptFailure;

/// The error of a request without an answer. `Display` is one line without any text from the
/// server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::client) enum TransportError {
    /// No complete answer arrived. The server may nevertheless have acted on the request.
    NoAnswer(FailureKind),
    /// The caller cancelled the request.
    #[cfg(feature = "blocking")]
    Cancelled,
    /// The request was never sent: its address or credential is malformed, as the text says.
    Unsendable(&'static str),
}

/// The reason why no answer arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::client) enum FailureKind {
    /// The server's name did not resolve.
    Name,
    /// Nothing listens at the address.
    Refused,
    /// There is no way to the address from here.
    Unreachable,
    /// The total time was over.
    TimedOut,
    /// The connection was reset or closed before the answer was complete.
    Broken,
    /// The bytes that came back are not an HTTP/1.1 answer.
    NotHttp,
    /// The bytes that came back are not TLS.
    NotTls,
    /// The certificate is for other names.
    CertificateName,
    /// The certificate comes from an authority that is not trusted.
    CertificateAuthority,
    /// The certificate has expired.
    CertificateExpired,
    /// The certificate is not valid yet.
    CertificateNotYet,
    /// The certificate is not acceptable for another reason.
    Certificate,
    /// The two sides have no version or cipher of TLS in common, or one broke its rules.
    Tls,
    /// The system reported another failure.
    System(io::ErrorKind),
    /// The HTTP library reported a failure of its own.
    Other,
}

impl FailureKind {
    /// Searches an error and everything below it for a TLS or a system error.
    pub(super) fn find(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(tls) = error.downcast_ref() {
                return Some(Self::of_tls(tls));
            }
            if let Some(io) = error.downcast_ref::<io::Error>() {
                // `source` of an I/O error skips the very error that it wraps.
                let inner = io.get_ref().and_then(|inner| Self::find(inner));
                return Some(inner.unwrap_or_else(|| Self::of_io(io)));
            }
            next = error.source();
        }
        None
    }

    /// Classifies a TLS error.
    pub(super) fn of_tls(error: &rustls::Error) -> Self {
        use rustls::Error as E;
        match error {
            E::InvalidCertificate(fault) => Self::of_certificate(fault),
            E::NoCertificatesPresented => Self::Certificate,
            E::InvalidMessage(InvalidMessage::InvalidContentType) => Self::NotTls,
            _ => Self::Tls,
        }
    }

    fn is_of_certificate(self) -> bool {
        matches!(
            self,
            Self::CertificateName
                | Self::CertificateAuthority
                | Self::CertificateExpired
                | Self::CertificateNotYet
                | Self::Certificate
        )
    }

    fn of_certificate(fault: &CertificateError) -> Self {
        use CertificateError as F;
        match fault {
            F::NotValidForName | F::NotValidForNameContext { .. } => Self::CertificateName,
            F::UnknownIssuer => Self::CertificateAuthority,
            F::Expired | F::ExpiredContext { .. } => Self::CertificateExpired,
            F::NotValidYet | F::NotValidYetContext { .. } => Self::CertificateNotYet,
            _ => Self::Certificate,
        }
    }

    fn of_io(error: &io::Error) -> Self {
        use io::ErrorKind as K;
        match error.kind() {
            K::ConnectionRefused => Self::Refused,
            K::HostUnreachable | K::NetworkUnreachable | K::NetworkDown | K::AddrNotAvailable => {
                Self::Unreachable
            }
            K::TimedOut | K::WouldBlock => Self::TimedOut,
            K::ConnectionReset
            | K::ConnectionAborted
            | K::BrokenPipe
            | K::NotConnected
            | K::UnexpectedEof
            | K::WriteZero => Self::Broken,
            _ if is_lookup(error) => Self::Name,
            kind => Self::System(kind),
        }
    }
}

/// Whether the system's name resolution failed. The standard library has no stable kind for this:
/// on Unix it wraps its own text, on Windows it passes on the number from the sockets library.
fn is_lookup(error: &io::Error) -> bool {
    match error.raw_os_error() {
        Some(number) => cfg!(windows) && matches!(number, 11001..=11004),
        None => error
            .to_string()
            .starts_with("failed to lookup address information"),
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer(cause) => cause.fmt(f),
            #[cfg(feature = "blocking")]
            Self::Cancelled => f.write_str("the request was cancelled"),
            Self::Unsendable(why) => f.write_str(why),
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "the server's name could not be resolved",
            Self::Refused => "connection refused",
            Self::Unreachable => "the server cannot be reached from this network",
            Self::TimedOut => "the server did not answer in time",
            Self::Broken => "the connection broke off before the answer was complete",
            Self::NotHttp => "the server does not speak HTTP at that address",
            Self::NotTls => "the server does not speak TLS at that address",
            Self::CertificateName => "the certificate is not valid for that name",
            Self::CertificateAuthority => "the certificate is from an unknown authority",
            Self::CertificateExpired => "the certificate has expired",
            Self::CertificateNotYet => "the certificate is not valid yet",
            Self::Certificate => "the certificate is not acceptable",
            Self::Tls => "the TLS handshake failed",
            Self::System(kind) => return write!(f, "the network failed: {kind}"),
            Self::Other => "the exchange failed",
        })
    }
}

impl Error for TransportError {}

impl From<TransportError> for AttemptFailure {
    fn from(error: TransportError) -> AttemptFailure {
        AttemptFailure {
            why: error.to_string(),
            // CLIENT-4: A client MUST verify the relay's certificate and name on `https`; an
            // unacceptable certificate or name is not repeated
            is_final: match error {
                TransportError::NoAnswer(cause) => cause.is_of_certificate(),
                TransportError::Unsendable(_) => true,
                #[cfg(feature = "blocking")]
                TransportError::Cancelled => false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::ToSocketAddrs;

    use super::*;

    /// The standard library's text for a failed lookup may change, and this test would notice. The
    /// resolver itself refuses a label of 64 octets, without any network.
    #[test]
    fn a_failed_lookup_is_recognised() {
        let name = format!("{}.invalid:1", "a".repeat(64));
        let error = name.to_socket_addrs().unwrap_err();
        assert_eq!(
            FailureKind::find(&error),
            Some(FailureKind::Name),
            "{error:?}"
        );
    }

    #[test]
    fn nested_errors_are_found() {
        let tls = rustls::Error::InvalidCertificate(CertificateError::Expired);
        let twice = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, tls));
        assert_eq!(
            FailureKind::find(&twice),
            Some(FailureKind::CertificateExpired)
        );
        let plain = io::Error::other(io::Error::from(io::ErrorKind::ConnectionReset));
        assert_eq!(FailureKind::find(&plain), Some(FailureKind::Broken));
        assert_eq!(FailureKind::find(&fmt::Error), None);
    }
}
