//! The two roles (sections 1 and 5).

use core::fmt;

/// `role`: who made the code, and who typed it in (section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Side A of SPAKE2: shows the code.
    Initiator,
    /// Side B of SPAKE2: types the code in.
    Receiver,
}

impl Role {
    /// The other one.
    #[must_use]
    pub const fn peer(self) -> Self {
        match self {
            Self::Initiator => Self::Receiver,
            Self::Receiver => Self::Initiator,
        }
    }

    /// The first byte of its SPAKE2 message: `A` or `B` (section 5.3).
    #[must_use]
    pub const fn side_byte(self) -> u8 {
        match self {
            Self::Initiator => 0x41,
            Self::Receiver => 0x42,
        }
    }

    /// `initiator` or `receiver`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Initiator => "initiator",
            Self::Receiver => "receiver",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_a_peer_a_side_byte_and_a_name() {
        for (role, peer, side_byte, name) in [
            (Role::Initiator, Role::Receiver, b'A', "initiator"),
            (Role::Receiver, Role::Initiator, b'B', "receiver"),
        ] {
            assert_eq!((role.peer(), role.side_byte()), (peer, side_byte));
            assert_eq!((role.name(), role.to_string().as_str()), (name, name));
        }
    }
}
