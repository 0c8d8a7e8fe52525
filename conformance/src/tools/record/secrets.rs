//! The secrets of the client that is recorded. With them the suite can seal what no correct peer
//! seals, like a relay that knows the words.

use anyhow::Context;
use sha2::{Digest, Sha256};
use wormhole_sync::crypto::dangerous_values::schedule_values;
use wormhole_sync::crypto::{
    KeyContext, Label, Pake, PakeMessage, PakeScalar, ReceiverBlob, SealKey,
};
use wormhole_sync::values::{AppId, ChannelId, Mode, Password, hex};

use crate::suites::replay::transcript::{ClientRole, RecordedExchange, request_name};

/// The 32 bytes of a label, for values that are fixed and have no meaning.
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
    pub(super) fn own_message(&self) -> anyhow::Result<PakeMessage> {
        self.message(self.role, self.scalar)
    }

    /// The SPAKE2 message of a role with these words and this scalar.
    pub(super) fn message(
        &self,
        role: ClientRole,
        scalar: [u8; 32],
    ) -> anyhow::Result<PakeMessage> {
        Ok(*self.pake(role, scalar)?.message())
    }

    fn pake(&self, role: ClientRole, scalar: [u8; 32]) -> anyhow::Result<Pake> {
        let scalar = PakeScalar::dangerously_from_le_bytes(scalar)?;
        let password = Password::dangerously_from_bytes(self.password.as_bytes());
        Ok(Pake::start(role.into(), &password, scalar))
    }

    /// Seals any plaintext under the key of a label, as the peer that sent `message` could.
    pub(super) fn seal(
        &self,
        label: Label,
        message: &[u8],
        plaintext: &[u8],
    ) -> anyhow::Result<Vec<u8>> {
        let message: PakeMessage = message.try_into().ok().context("no SPAKE2 message")?;
        let pake = self.pake(self.role, self.scalar)?;
        let own = *pake.message();
        let shared = pake.finish(&message)?;
        let (offer, answer) = match self.role {
            ClientRole::Initiator => (own, message),
            ClientRole::Receiver => (message, own),
        };
        let key_context = KeyContext {
            mode: Mode::Transcribe,
            app_id: AppId::new(&self.app_id)?,
            channel: self.channel()?,
        };
        let values = schedule_values(shared.dangerously_reveal(), &key_context, &offer, &answer);
        let mut keys = values.keys.into_iter();
        let key = keys
            .find(|(found, _)| *found == label)
            .context("no key of that label")?
            .1;
        let key: SealKey<ReceiverBlob> = SealKey::dangerously_from_bytes(key, values.th);
        Ok(key.dangerously_seal_plaintext(plaintext))
    }

    /// The offer that a receiver was given.
    pub(super) fn offer(&self) -> anyhow::Result<Vec<u8>> {
        self.got("claim")
    }

    /// The answer that an initiator was given.
    pub(super) fn answer(&self) -> anyhow::Result<Vec<u8>> {
        self.got("get answer")
    }

    /// The last cell that a response to this request held.
    fn got(&self, name: &str) -> anyhow::Result<Vec<u8>> {
        let got = self.exchanges.iter().rev().find(|exchange| {
            request_name(&exchange.request.method, &exchange.request.target) == name
        });
        let body = got.and_then(|got| got.response.as_ref()?.body.as_ref());
        let text = body
            .and_then(|body| body["body"].as_str())
            .context("no such cell yet")?;
        Ok(hex::decode(text.as_bytes())?)
    }

    fn channel(&self) -> anyhow::Result<ChannelId> {
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
        let id = self
            .exchanges
            .iter()
            .find_map(of)
            .context("no channel yet")?;
        ChannelId::parse(id.as_bytes()).with_context(|| format!("{id} is no channel id"))
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
