//! The operation `run` with the asynchronous client.

use std::sync::{Arc, OnceLock};

use anyhow::Context;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use wormhole_sync::asynchronous::{Initiator, Receiver};
use wormhole_sync::client::{Error, Received};
use wormhole_sync::values::hex;

use super::run::{End, bytes, common, flag, looking, report};
use crate::subject::adapter::{Reply, Task, UserEvent, members};

/// Runs one client to its end, reports what it shows, and does what the user says.
pub(super) fn run(task: &Task<'_>) -> Reply {
    let input = Value::Object(task.input.clone());
    let ended = runtime().and_then(|runtime| {
        let end = runtime.block_on(run_to_end(&input, task))?;
        end.to_value(&input)
    });
    match ended {
        Ok(result) => Reply::Ok(members(result)),
        Err(fault) => Reply::Error(format!("{fault:#}")),
    }
}

/// The runtime of all runs, in which the tasks of dropped steps go on.
fn runtime() -> anyhow::Result<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    RUNTIME
        .get_or_init(|| Runtime::new().ok())
        .as_ref()
        .context("there is no runtime")
}

async fn run_to_end(input: &Value, task: &Task<'_>) -> anyhow::Result<End> {
    let (say, said) = mpsc::unbounded_channel();
    let cancelled = Arc::new(Notify::new());
    let cancel = Arc::clone(&cancelled);
    task.user.listen(move |event| {
        if event == UserEvent::Cancel {
            cancel.notify_one();
        }
        // The run may have ended.
        let _ = say.send(event);
    });
    let cancelled = async move { cancelled.notified().await };
    let mut user = Events(said);
    let (appid, blob) = (bytes(input, "appid")?, bytes(input, "blob")?);
    let ended = if input["role"] == "receiver" {
        let receiver = common(Receiver::new(appid, bytes(input, "code")?, blob), input)?;
        receive(receiver.cancel_on(cancelled), input, &mut user, task).await
    } else {
        let words = input["words"].as_u64().context("`words` is no number")?;
        let initiator = Initiator::new(appid, blob).words(usize::try_from(words)?);
        let initiator = common(initiator, input)?.cancel_on(cancelled);
        initiate(initiator, input, &mut user, task).await
    };
    Ok(ended.into())
}

/// The events that the user, and the application, decide on.
struct Events(UnboundedReceiver<UserEvent>);

impl Events {
    /// Drops what was said when nobody was asked.
    fn drop_unasked(&mut self) {
        while self.0.try_recv().is_ok() {}
    }

    /// Waits for one of these events; the others are dropped.
    async fn next(&mut self, asked: &[UserEvent]) -> UserEvent {
        loop {
            match self.0.recv().await {
                Some(event) if asked.contains(&event) => return event,
                Some(_) => {}
                None => return std::future::pending().await,
            }
        }
    }
}

/// The end of an initiator.
async fn initiate(
    initiator: Initiator,
    input: &Value,
    user: &mut Events,
    task: &Task<'_>,
) -> Result<Received, Error> {
    use UserEvent::{Mismatch, Release};
    let waiting = initiator.start().await?;
    report(
        task,
        "code",
        json!({"code": waiting.code().reveal().to_string()}),
    );
    let mut holding = waiting.hold().await?;
    if flag(input, "look") {
        user.drop_unasked();
        looking(task, holding.held().verifier());
        let said = tokio::select! {
            said = user.next(&[Release, Mismatch]) => said,
            () = holding.watch() => Release,
        };
        if said == Mismatch {
            return Err(holding.mismatch().await);
        }
    }
    holding.release().await
}

/// The end of a receiver.
async fn receive(
    receiver: Receiver,
    input: &Value,
    user: &mut Events,
    task: &Task<'_>,
) -> Result<Received, Error> {
    use UserEvent::{Cancel, Mismatch, NotTaken, Release, Taken};
    let mut answered = receiver.start().await?;
    if flag(input, "look") {
        user.drop_unasked();
        looking(task, answered.verifier());
        let said = tokio::select! {
            said = user.next(&[Release, Mismatch]) => said,
            () = answered.watch() => Release,
        };
        if said == Mismatch {
            return Err(answered.mismatch().await);
        }
    }
    let taking = answered.open().await?;
    if flag(input, "take") {
        user.drop_unasked();
        let blob = hex::encode(taking.held().blob());
        report(task, "taking", json!({"blob": blob}));
        match user.next(&[Taken, NotTaken, Cancel]).await {
            NotTaken => return Err(taking.not_taken().await),
            Cancel => return Err(taking.cancel().await),
            _ => {}
        }
    }
    taking.taken().await
}
