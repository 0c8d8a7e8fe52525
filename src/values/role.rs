//! The two roles (sections 1 and 5).

use core::fmt;

/// `role`: the part that a side has in an exchange (section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The side that shows the code; side A of SPAKE2.
    Initiator,
    /// The side that types the code in; side B of SPAKE2.
    Receiver,
}

impl Role {
    /// The role of the other side.
    #[must_use]
    pub const fn peer(self) -> Self {
        match self {
            Self::Initiator => Self::Receiver,
            Self::Receiver => Self::Initiator,
        }
    }

    /// The first byte of the side's SPAKE2 message: `A` or `B` (section 5.3).
    #[must_use]
    pub const fn side_byte(self) -> u8 {
        match self {
            Self::Initiator => 0x41,
            Self::Receiver => 0x42,
        }
    }

    /// The role's name: `initiator` or `receiver`.
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
