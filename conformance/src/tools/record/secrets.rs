//! The secrets of the client that is recorded. With them the suite can seal what no correct peer seals, as a relay
//! could that knew the words.

use crate::suites::replay::compare;
use crate::suites::replay::transcript::{ClientRole, RecordedExchange};
use sha2::{Digest, Sha256};
use wormhole_sync::crypto::dangerous_values::schedule_values;
use wormhole_sync::crypto::{Label, Pake, PakeMessage, PakeScalar, Place, ReceiverBlob, SealKey};
use wormhole_sync::values::{AppId, ChannelId, Mode, Password, hex};

/// 32 bytes for a label, for values that are to be fixed and without meaning.
pub(super) fn labelled(label: &str) -> [u8; 32] {
    Sha256::digest(format!("wormhole-sync transcript {label}")).into()
}

/// One run so far, with its secrets.
pub(super) struct ClientSecrets {
    pub(super) role: ClientRole,
    pub(super) app_id: Vec<u8>,
    /// The words, joined by hyphens.
    pub(super) password: String,
    /// `pake_scalar` of the client.
    pub(super) scalar: [u8; 32],
    /// The exchanges so far.
    pub(super) exchanges: Vec<RecordedExchange>,
}

impl ClientSecrets {
    /// The client's own SPAKE2 message.
    pub(super) fn own_message(&self) -> Result<PakeMessage, String> {
        self.message(self.role, self.scalar)
    }

    /// The SPAKE2 message of a role with these words and this scalar.
    pub(super) fn message(
        &self,
        role: ClientRole,
        scalar: [u8; 32],
    ) -> Result<PakeMessage, String> {
        Ok(*self.pake(role, scalar)?.message())
    }

    fn pake(&self, role: ClientRole, scalar: [u8; 32]) -> Result<Pake, String> {
        let scalar = PakeScalar::dangerously_from_le_bytes(scalar).map_err(|e| e.to_string())?;
        let password = Password::dangerously_from_bytes(self.password.as_bytes());
        Ok(Pake::start(role.into(), &password, scalar))
    }

    /// Seals any plaintext under the key of a label, as the peer that sent `message` could.
    pub(super) fn seal(
        &self,
        label: Label,
        message: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, String> {
        let message: PakeMessage = message.try_into().map_err(|_| "no SPAKE2 message")?;
        let pake = self.pake(self.role, self.scalar)?;
        let own = *pake.message();
        let shared = pake.finish(&message).map_err(|error| error.to_string())?;
        let (offer, answer) = match self.role {
            ClientRole::Initiator => (own, message),
            ClientRole::Receiver => (message, own),
        };
        let place = Place {
            mode: Mode::Transcribe,
            app_id: AppId::new(&self.app_id).map_err(|error| error.to_string())?,
            channel: self.channel()?,
        };
        let values = schedule_values(shared.dangerously_reveal(), &place, &offer, &answer);
        let mut keys = values.keys.into_iter();
        let key = keys
            .find(|(found, _)| *found == label)
            .ok_or("no key of that label")?
            .1;
        let key: SealKey<ReceiverBlob> = SealKey::dangerously_from_bytes(key, values.th);
        Ok(key.dangerously_seal_plaintext(plaintext))
    }

    /// The offer that a receiver was given.
    pub(super) fn offer(&self) -> Result<Vec<u8>, String> {
        self.got("claim")
    }

    /// The answer that an initiator was given.
    pub(super) fn answer(&self) -> Result<Vec<u8>, String> {
        self.got("get answer")
    }

    /// The last cell that a response to this request held.
    fn got(&self, name: &str) -> Result<Vec<u8>, String> {
        let got = self.exchanges.iter().rev().find(|exchange| {
            compare::name(&exchange.request.method, &exchange.request.target) == name
        });
        let body = got.and_then(|got| got.response.as_ref()?.body.as_ref());
        let text = body
            .and_then(|body| body["body"].as_str())
            .ok_or("no such cell yet")?;
        hex::decode(text.as_bytes()).map_err(|error| error.to_string())
    }

    fn channel(&self) -> Result<ChannelId, String> {
        let of = |exchange: &RecordedExchange| {
            let allocated = exchange.response.as_ref()?.body.as_ref()?["channel"].as_u64();
            let mut parts = exchange
                .request
                .target
                .split('/')
                .skip_while(|part| *part != "channels");
            allocated
                .map(|id| id.to_string())
                .or_else(|| parts.nth(1).map(str::to_owned))
        };
        let id = self.exchanges.iter().find_map(of).ok_or("no channel yet")?;
        ChannelId::parse(id.as_bytes()).ok_or_else(|| format!("{id} is no channel id"))
    }
}

impl From<ClientRole> for wormhole_sync::values::Role {
    fn from(role: ClientRole) -> Self {
        match role {
            ClientRole::Initiator => Self::Initiator,
            ClientRole::Receiver => Self::Receiver,
        }
    }
}
