//! A proxy that stops one request, or its answer, and reports it, so that a test can act just then.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::server::read_message;

/// The place where the first request of a kind is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// On its way to the relay, which never gets it.
    There,
    /// On the answer's way back: the relay has acted on it.
    Back,
}

pub(crate) struct Gate {
    address: SocketAddr,
    reached: UnboundedReceiver<()>,
}

impl Gate {
    /// Stops the first request whose first line contains this text.
    pub(crate) fn before(relay: SocketAddr, request: &'static str, stop: Stop) -> Gate {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, reached) = unbounded_channel();
        let sender = Arc::new(sender);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (client, server) = (stream.unwrap(), TcpStream::connect(relay).unwrap());
                let sender = Arc::clone(&sender);
                // The client sees what fails here.
                thread::spawn(move || pass(client, server, request, stop, &sender));
            }
        });
        Gate { address, reached }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until the request is stopped.
    pub(crate) async fn reached(&mut self) {
        self.reached.recv().await.unwrap();
    }
}

fn pass(
    mut client: TcpStream,
    mut server: TcpStream,
    stopped: &str,
    stop: Stop,
    reached: &UnboundedSender<()>,
) -> io::Result<()> {
    while let Some(request) = read_message(&mut client)? {
        let line = String::from_utf8_lossy(&request);
        let is_it = line
            .lines()
            .next()
            .is_some_and(|line| line.contains(stopped));
        if is_it && stop == Stop::There {
            let _ = reached.send(());
            return io::copy(&mut client, &mut io::sink()).map(drop);
        }
        server.write_all(&request)?;
        let Some(answer) = read_message(&mut server)? else {
            break;
        };
        if is_it {
            let _ = reached.send(());
            return io::copy(&mut client, &mut io::sink()).map(drop);
        }
        client.write_all(&answer)?;
    }
    Ok(())
}
