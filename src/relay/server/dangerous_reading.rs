//! The relay's reading of one request without a connection, for tests that cannot open one for each
//! input.
//!
//! It exists only with the feature `test-hooks-dangerous`, because nothing here bounds its input.

use std::net::IpAddr;

use hyper::http::Request;

use super::http::{self, Fault};
use super::proxies::Proxies;
use crate::relay::problem::Refusal;
use crate::relay::registry::Call;

/// A request whose body has wholly arrived.
#[derive(Clone, Copy, Debug)]
pub struct Arrived<'a> {
    /// The method as in the request line.
    pub method: &'a str,
    /// The target as in the request line, query included.
    pub target: &'a str,
    /// The names and values of the headers, in their order.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body.
    pub body: &'a [u8],
    /// The address of the connection's other end.
    pub peer: IpAddr,
}

/// Reads a request, and gives `then` the call to the registry or the refusal before it (RELAY-9).
///
/// Gives `None` when the HTTP library refuses the request, so that the relay never sees it.
pub fn read_for_testing_only<T>(
    arrived: Arrived<'_>,
    proxies: &Proxies,
    then: impl FnOnce(Result<Call<'_>, Refusal>) -> T,
) -> Option<T> {
    let mut request = Request::builder()
        .method(arrived.method)
        .uri(arrived.target);
    for (name, value) in arrived.headers {
        request = request.header(*name, *value);
    }
    let (head, ()) = request.body(()).ok()?.into_parts();
    let refusal = |fault| match fault {
        Fault::Refused(refusal) => refusal,
        Fault::Method(_) => Refusal::MethodNotAllowed,
        Fault::LongBody => Refusal::TooLarge,
    };
    Some(match http::operation(&head) {
        Err(fault) => then(Err(refusal(fault))),
        Ok((target, operation)) => {
            let bound = operation.body_bound();
            if bound.is_some_and(|bound| arrived.body.len() > bound) {
                return Some(then(Err(Refusal::TooLarge)));
            }
            let body = bound.map_or(&[][..], |_| arrived.body);
            let call = http::call(&target, operation, &head, body, arrived.peer, proxies);
            then(call.map_err(refusal))
        }
    })
}
