//! Request targets and methods (section 9.2).
//!
//! Paths are compared as they came. Nothing is decoded, and no dot segment or double slash is
//! resolved, so that a proxy and the relay cannot take one path for two different targets.

use crate::values::messages::CellName;
use crate::values::{AppId, ChannelId};

/// A target of the table in section 9.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) appid: AppId,
    pub(super) resource: Resource,
}

/// The part of a target after `/v1/{appid}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    /// `/channels`
    Channels,
    /// `/channels/{n}/claim`
    Claim(ChannelId),
    /// `/channels/{n}/answer`, `finish`, `receipt`
    Cell(ChannelId, CellName),
    /// `/channels/{n}/close`
    Close(ChannelId),
}

/// A request of the table in section 9.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Allocate,
    Claim(ChannelId),
    Put(ChannelId, CellName),
    Get(ChannelId, CellName),
    Close(ChannelId),
}

impl Target {
    /// Reads a path; `None` when the table has no such target.
    // RELAY-3: and allow no other methods and targets.
    pub(super) fn parse(path: &str) -> Option<Self> {
        let mut parts = path.strip_prefix("/v1/")?.split('/');
        let appid = parts.next()?;
        if parts.next()? != "channels" {
            return None;
        }
        let resource = match (parts.next(), parts.next(), parts.next()) {
            (None, None, None) => Resource::Channels,
            (Some(number), Some(name), None) => {
                let channel = ChannelId::parse(number.as_bytes())?;
                match name {
                    "claim" => Resource::Claim(channel),
                    "close" => Resource::Close(channel),
                    _ => Resource::Cell(channel, CellName::from_name(name)?),
                }
            }
            _ => return None,
        };
        let appid = AppId::from_hex(appid.as_bytes())?;
        Some(Self { appid, resource })
    }
}

impl Resource {
    /// The request that this method makes, or else the methods that the resource has.
    pub(super) fn operation(self, method: &str) -> Result<Operation, &'static str> {
        match (self, method) {
            (Self::Channels, "POST") => Ok(Operation::Allocate),
            (Self::Claim(channel), "POST") => Ok(Operation::Claim(channel)),
            (Self::Close(channel), "POST") => Ok(Operation::Close(channel)),
            (Self::Cell(channel, cell), "GET") => Ok(Operation::Get(channel, cell)),
            (Self::Cell(channel, cell), "PUT") => Ok(Operation::Put(channel, cell)),
            (Self::Cell(..), _) => Err("GET, PUT"),
            _ => Err("POST"),
        }
    }
}

impl Operation {
    /// The operation's name in section 9.2, for people.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Allocate => "allocate",
            Self::Claim(_) => "claim",
            Self::Put(..) => "put",
            Self::Get(..) => "get",
            Self::Close(_) => "close",
        }
    }

    /// The most bytes of the body that are read; `None` for a request whose body is ignored.
    // RELAY-10: A relay MUST keep no more than 1 024 bytes of the body of an allocate, claim, put
    // receipt and close, and 139 264 bytes of a put answer and put finish
    pub(super) const fn body_bound(self) -> Option<usize> {
        match self {
            Self::Get(..) => None,
            Self::Put(_, CellName::Answer | CellName::Finish) => Some(139_264),
            _ => Some(1_024),
        }
    }
}

/// Reads the seconds of a GET's query; `None` when the query is malformed.
// RELAY-5: unless the request is a GET and the query is exactly `wait=` and w, a decimal integer
// from
// 0 to 30 without leading zeros. A GET without a query has w = 0.
pub(super) fn wait(query: Option<&str>) -> Option<u8> {
    let Some(query) = query else {
        return Some(0);
    };
    let digits = query.strip_prefix("wait=")?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = digits.starts_with('0') && digits != "0";
    let seconds: u8 = digits.parse().ok()?;
    (plain && !leading_zero && seconds <= 30).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_targets_of_the_table() {
        let seven = ChannelId::new(7).unwrap();
        for (path, resource) in [
            ("/v1/61/channels", Resource::Channels),
            ("/v1/61/channels/7/claim", Resource::Claim(seven)),
            (
                "/v1/61/channels/7/answer",
                Resource::Cell(seven, CellName::Answer),
            ),
            (
                "/v1/61/channels/7/finish",
                Resource::Cell(seven, CellName::Finish),
            ),
            (
                "/v1/61/channels/7/receipt",
                Resource::Cell(seven, CellName::Receipt),
            ),
            ("/v1/61/channels/7/close", Resource::Close(seven)),
        ] {
            let target = Target::parse(path).unwrap();
            assert_eq!(
                (target.resource, target.appid.as_bytes()),
                (resource, &b"a"[..])
            );
        }
        let longest = format!("/v1/{}/channels/999999999/claim", "ff".repeat(128));
        assert!(Target::parse(&longest).is_some());
    }

    #[test]
    fn and_no_others() {
        for path in [
            "",
            "*",
            "/",
            "/v1",
            "/v1/",
            "/v1/61",
            "/v1/61/",
            "/v1//channels",
            "/v1/6/channels",
            "/v1/6A/channels",
            "/v1/%36%31/channels",
            "/v2/61/channels",
            "//v1/61/channels",
            "/v1/61/channels/",
            "/v1/61/Channels",
            "/v1/61/channels/7",
            "/v1/61/channels/7/",
            "/v1/61/channels/7/offer",
            "/v1/61/channels/7/claim/",
            "/v1/61/channels/7/claim/x",
            "/v1/61/channels/07/claim",
            "/v1/61/channels/0/claim",
            "/v1/61/channels/+7/claim",
            "/v1/61/channels/1000000000/claim",
            "/v1/61/./channels",
            "/v1/61/channels/7/../7/claim",
            "/relay/v1/61/channels",
        ] {
            assert_eq!(Target::parse(path), None, "{path}");
        }
        let long = format!("/v1/{}/channels", "ff".repeat(129));
        assert_eq!(Target::parse(&long), None);
    }

    #[test]
    fn methods() {
        let channel = ChannelId::new(7).unwrap();
        let cell = Resource::Cell(channel, CellName::Answer);
        assert_eq!(
            cell.operation("PUT"),
            Ok(Operation::Put(channel, CellName::Answer))
        );
        assert_eq!(
            Resource::Channels.operation("POST"),
            Ok(Operation::Allocate)
        );
        for method in ["HEAD", "OPTIONS", "DELETE", "get", "PATCH", "POST"] {
            assert_eq!(cell.operation(method), Err("GET, PUT"));
        }
        for method in ["GET", "PUT", "HEAD", "post"] {
            assert_eq!(Resource::Claim(channel).operation(method), Err("POST"));
        }
    }

    #[test]
    fn waits() {
        assert_eq!(wait(None), Some(0));
        for (text, seconds) in [("0", 0), ("1", 1), ("25", 25), ("30", 30)] {
            assert_eq!(wait(Some(&format!("wait={text}"))), Some(seconds));
        }
        for query in [
            "",
            "wait",
            "wait=",
            "wait=31",
            "wait=01",
            "wait=00",
            "wait=+1",
            "wait=-1",
            "wait=1.0",
            "wait=1&",
            "wait=1&wait=1",
            "Wait=1",
            "wait=256",
            "wait=%31",
            "x=1",
            "wait= 1",
        ] {
            assert_eq!(wait(Some(query)), None, "{query}");
        }
    }
}
