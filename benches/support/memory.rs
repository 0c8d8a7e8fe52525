//! The memory of a relay for each idle channel and each client that waits: the growth of the
//! resident set of a process of its own. The kernel's socket buffers are not in it.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use super::load::{Connection, channel};
use super::messages::{ALLOCATE, GET_ANSWER, Template};

/// The argument that makes this program the relay.
pub(crate) const CHILD: &str = "--relay-child";

const CHANNELS: u64 = 10_000;
const WAITERS: usize = 4_000;
/// The channels of one appid. One to an appid is measured as well: that is the most expensive case.
const ABREAST: u64 = 10;

/// The bytes for each channel and each client that waits, and the numbers of these.
pub(crate) struct Memory {
    pub(crate) channels: u64,
    pub(crate) channel: f64,
    pub(crate) lone_channel: f64,
    pub(crate) waiters: usize,
    pub(crate) waiter: f64,
}

/// Runs the relay until the standard input ends. Each line of input asks for the number of GETs
/// that wait.
pub(crate) fn child() {
    let relay = super::relay();
    println!("{}", relay.addr());
    for _ in io::stdin().lines() {
        println!("{}", relay.counts().waiting_gets);
    }
}

/// Measures all of it; `None` where there is no `/proc`.
pub(crate) fn measure() -> Option<Memory> {
    let channel = RelayProcess::spawn()?.channels(ABREAST)?;
    let lone_channel = RelayProcess::spawn()?.channels(1)?;
    // Two descriptors at this end would be too many under a common bound of 1024.
    let waiters = WAITERS.min(descriptors()?.saturating_sub(64));
    Some(Memory {
        channels: CHANNELS,
        channel,
        lone_channel,
        waiters,
        waiter: RelayProcess::spawn()?.waiters(waiters)?,
    })
}

struct RelayProcess {
    process: Child,
    address: SocketAddr,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl RelayProcess {
    fn spawn() -> Option<Self> {
        let mut process = Command::new(std::env::current_exe().ok()?)
            .arg(CHILD)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let stdin = process.stdin.take()?;
        let mut stdout = BufReader::new(process.stdout.take()?);
        let address = line(&mut stdout)?.parse().ok()?;
        Some(Self {
            process,
            address,
            stdin,
            stdout,
        })
    }

    /// Measures the bytes for each idle channel.
    fn channels(&mut self, abreast: u64) -> Option<f64> {
        let mut connection = Connection::connect(self.address);
        // The first ones bring code and tables into memory.
        self.allocate(&mut connection, 0..ABREAST, abreast);
        let before = self.resident()?;
        self.allocate(&mut connection, ABREAST..ABREAST + CHANNELS, abreast);
        Some((self.resident()? - before) / CHANNELS as f64)
    }

    /// Measures the bytes for each connection with a GET that waits, whose channel is there before.
    fn waiters(&mut self, count: usize) -> Option<f64> {
        let mut connection = Connection::connect(self.address);
        let numbers = self.allocate(&mut connection, 0..count as u64, 1);
        let before = self.resident()?;
        let mut connections = Vec::with_capacity(count);
        for (place, number) in (0..).zip(&numbers) {
            let mut connection = Connection::connect(self.address);
            let mut request = Template::all(place);
            request[GET_ANSWER].renew(place);
            request[GET_ANSWER].write_to(number, &mut connection.request);
            connection.send();
            connections.push(connection);
        }
        let begun = Instant::now();
        while self.waiting()? < count {
            // After this time, the relay has answered the first of them.
            assert!(begun.elapsed() < Duration::from_secs(20), "too slow");
        }
        Some((self.resident()? - before) / count as f64)
    }

    /// Allocates a channel for each of these, `abreast` of them in one appid. Gives their numbers.
    fn allocate(
        &mut self,
        connection: &mut Connection,
        places: std::ops::Range<u64>,
        abreast: u64,
    ) -> Vec<Vec<u8>> {
        places
            .map(|place| {
                let mut request = Template::all(place / abreast);
                request[ALLOCATE].renew(place);
                request[ALLOCATE].write_to(b"", &mut connection.request);
                connection.send();
                channel(connection.response()).to_vec()
            })
            .collect()
    }

    fn waiting(&mut self) -> Option<usize> {
        writeln!(self.stdin).ok()?;
        line(&mut self.stdout)?.parse().ok()
    }

    fn resident(&self) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let kibibytes: f64 = field(&status, "VmRSS:")?.parse().ok()?;
        Some(kibibytes * 1024.0)
    }
}

impl Drop for RelayProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The number of files that this process may have open.
fn descriptors() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    field(&limits, "Max open files")?.parse().ok()
}

/// The first word behind a name at the beginning of a line.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()
}

fn line(from: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    from.read_line(&mut line).ok()?;
    Some(line.trim_end().to_owned())
}
