//! The errors of the HTTP and TLS libraries as failures of an attempt.

use std::{error::Error, io};

use rustls::{CertificateError, InvalidMessage};

use crate::protocol::AttemptFailure;

/// Searches an error and everything below it for a failure that is known, a TLS or a system error.
pub(super) fn find(error: &(dyn Error + 'static)) -> Option<AttemptFailure> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(failure) = error.downcast_ref::<AttemptFailure>() {
            return Some(*failure);
        }
        if let Some(tls) = error.downcast_ref() {
            return Some(of_tls(tls));
        }
        if let Some(io) = error.downcast_ref::<io::Error>() {
            // `source` of an I/O error skips the very error that it wraps.
            let inner = io.get_ref().and_then(|inner| find(inner));
            return Some(inner.unwrap_or_else(|| of_io(io)));
        }
        next = error.source();
    }
    None
}

/// Classifies a TLS error.
pub(super) fn of_tls(error: &rustls::Error) -> AttemptFailure {
    use rustls::Error as E;
    match error {
        E::InvalidCertificate(fault) => of_certificate(fault),
        E::NoCertificatesPresented => AttemptFailure::Certificate,
        E::InvalidMessage(InvalidMessage::InvalidContentType) => AttemptFailure::NotTls,
        _ => AttemptFailure::Tls,
    }
}

fn of_certificate(fault: &CertificateError) -> AttemptFailure {
    use CertificateError as F;
    match fault {
        F::NotValidForName | F::NotValidForNameContext { .. } => AttemptFailure::CertificateName,
        F::UnknownIssuer => AttemptFailure::CertificateAuthority,
        F::Expired | F::ExpiredContext { .. } => AttemptFailure::CertificateExpired,
        F::NotValidYet | F::NotValidYetContext { .. } => AttemptFailure::CertificateNotYet,
        _ => AttemptFailure::Certificate,
    }
}

fn of_io(error: &io::Error) -> AttemptFailure {
    use io::ErrorKind as K;
    match error.kind() {
        K::ConnectionRefused => AttemptFailure::Refused,
        K::HostUnreachable | K::NetworkUnreachable | K::NetworkDown | K::AddrNotAvailable => {
            AttemptFailure::Unreachable
        }
        K::TimedOut | K::WouldBlock => AttemptFailure::TimedOut,
        K::ConnectionReset
        | K::ConnectionAborted
        | K::BrokenPipe
        | K::NotConnected
        | K::UnexpectedEof
        | K::WriteZero => AttemptFailure::Broken,
        _ if is_lookup(error) => AttemptFailure::Name,
        kind => AttemptFailure::System(kind),
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

#[cfg(test)]
mod tests {
    use std::fmt;
    use std::net::ToSocketAddrs;

    use super::*;

    /// The standard library's text for a failed lookup may change, and this test would notice. The
    /// resolver itself refuses a label of 64 octets, without any network.
    #[test]
    fn a_failed_lookup_is_recognised() {
        let name = format!("{}.invalid:1", "a".repeat(64));
        let error = name.to_socket_addrs().unwrap_err();
        assert_eq!(find(&error), Some(AttemptFailure::Name), "{error:?}");
    }

    #[test]
    fn nested_errors_are_found() {
        let tls = rustls::Error::InvalidCertificate(CertificateError::Expired);
        let twice = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, tls));
        assert_eq!(find(&twice), Some(AttemptFailure::CertificateExpired));
        let plain = io::Error::other(io::Error::from(io::ErrorKind::ConnectionReset));
        assert_eq!(find(&plain), Some(AttemptFailure::Broken));
        assert_eq!(find(&fmt::Error), None);
    }
}
