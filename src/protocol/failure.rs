//! The failure of one attempt of a request: *lost* or *busy* (section 11.2).

use std::fmt;
use std::io;

/// The failure of one attempt, described by this machine and not by the relay (CLIENT-6).
///
/// `Display` is one line for the user, in lower case and without a full stop: `connection refused`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptFailure {
    /// The relay's name did not resolve.
    Name,
    /// Nothing listens at the address.
    Refused,
    /// There is no way to the address from here.
    Unreachable,
    /// The time of the attempt was over (TIME-3).
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
    /// No answer came.
    NoAnswer,
    /// The user's proxy made no tunnel to the relay (CLIENT-3).
    Proxy(ProxyFailure),
    /// The request cannot be sent at all, for the reason that is given.
    Unsendable(&'static str),
    /// The relay lets no more requests through from this address (status 429).
    RateLimited {
        /// The seconds of `Retry-After`, if there are any (TIME-1).
        retry_after: Option<u32>,
    },
    /// The relay answered with a status of 500 to 599.
    Busy {
        /// The status.
        status: u16,
    },
    /// An answer came that is not the relay's (CLIENT-11).
    Foreign {
        /// The status.
        status: u16,
    },
}

impl AttemptFailure {
    /// Whether a repeat cannot help.
    // CLIENT-4: an unacceptable certificate or name is not repeated
    #[must_use]
    pub fn is_final(self) -> bool {
        self.is_of_certificate() || matches!(self, Self::Unsendable(_))
    }

    /// Whether the relay's certificate was not acceptable.
    #[must_use]
    pub fn is_of_certificate(self) -> bool {
        matches!(
            self,
            Self::CertificateName
                | Self::CertificateAuthority
                | Self::CertificateExpired
                | Self::CertificateNotYet
                | Self::Certificate
        )
    }

    /// The failure of an answer that is *busy* by its status.
    pub(super) fn busy(status: u16, retry_after: Option<u32>) -> AttemptFailure {
        match status {
            429 => Self::RateLimited { retry_after },
            _ => Self::Busy { status },
        }
    }
}

impl fmt::Display for AttemptFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "the relay's name could not be resolved",
            Self::Refused => "connection refused",
            Self::Unreachable => "the relay cannot be reached from this network",
            Self::TimedOut => "the relay did not answer in time",
            Self::Broken => "the connection broke off before the answer was complete",
            Self::NotHttp => "the relay does not speak HTTP at that address",
            Self::NotTls => "the relay does not speak TLS at that address",
            Self::CertificateName => "the certificate is not valid for that name",
            Self::CertificateAuthority => "the certificate is from an unknown authority",
            Self::CertificateExpired => "the certificate has expired",
            Self::CertificateNotYet => "the certificate is not valid yet",
            Self::Certificate => "the certificate is not acceptable",
            Self::Tls => "the TLS handshake failed",
            Self::System(kind) => return write!(f, "the network failed: {kind}"),
            Self::Other => "the exchange failed",
            Self::NoAnswer => "no answer",
            Self::Proxy(failure) => return failure.fmt(f),
            Self::Unsendable(why) => why,
            Self::RateLimited { retry_after: None } => {
                "the relay lets no more requests through from this address"
            }
            Self::RateLimited {
                retry_after: Some(seconds),
            } => {
                return write!(
                    f,
                    "the relay lets no more requests through from this address for {seconds} s"
                );
            }
            Self::Busy { status } => return write!(f, "the relay is busy (status {status})"),
            Self::Foreign { status } => {
                return write!(f, "an answer that is not the relay's (status {status})");
            }
        })
    }
}

impl std::error::Error for AttemptFailure {}

/// The failure of an attempt before the user's proxy has made a tunnel (CLIENT-3): the relay had no
/// part in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyFailure {
    /// The proxy's name did not resolve.
    Name,
    /// Nothing listens at the proxy's address.
    Refused,
    /// There is no way to the proxy from here.
    Unreachable,
    /// The time of the attempt was over.
    TimedOut,
    /// The connection broke off, or could not be used.
    Broken,
    /// The proxy wants a user name and a password, or others.
    Credentials,
    /// The proxy refused, or gave an answer that is not a proxy's.
    NoTunnel,
}

impl ProxyFailure {
    /// The proxy's failure by what became of the connection to it.
    #[must_use]
    pub fn from_connecting(failure: AttemptFailure) -> ProxyFailure {
        match failure {
            AttemptFailure::Proxy(failure) => failure,
            AttemptFailure::Name => Self::Name,
            AttemptFailure::Refused => Self::Refused,
            AttemptFailure::Unreachable => Self::Unreachable,
            AttemptFailure::TimedOut => Self::TimedOut,
            AttemptFailure::Broken => Self::Broken,
            AttemptFailure::NotHttp
            | AttemptFailure::NotTls
            | AttemptFailure::CertificateName
            | AttemptFailure::CertificateAuthority
            | AttemptFailure::CertificateExpired
            | AttemptFailure::CertificateNotYet
            | AttemptFailure::Certificate
            | AttemptFailure::Tls
            | AttemptFailure::System(_)
            | AttemptFailure::Other
            | AttemptFailure::NoAnswer
            | AttemptFailure::Unsendable(_)
            | AttemptFailure::RateLimited { .. }
            | AttemptFailure::Busy { .. }
            | AttemptFailure::Foreign { .. } => Self::NoTunnel,
        }
    }
}

impl fmt::Display for ProxyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "the proxy's name could not be resolved",
            Self::Refused => "nothing listens at the proxy's address",
            Self::Unreachable => "the proxy cannot be reached from this network",
            Self::TimedOut => "the proxy did not answer in time",
            Self::Broken => "the connection to the proxy broke off",
            Self::Credentials => "the proxy wants a user name and a password, or others",
            Self::NoTunnel => "the proxy made no connection to the relay",
        })
    }
}
