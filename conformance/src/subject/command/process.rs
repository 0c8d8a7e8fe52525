//! A program in one run: its outputs are read as they come, and an interrupt is its user's cancel.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::output::{Output, masked};
use crate::subject::adapter::{User, UserEvent};
use crate::terminal::say;

/// The time between two looks at a process.
const GLANCE: Duration = Duration::from_millis(2);
/// The time that a program has to end once it is interrupted.
const LAST: Duration = Duration::from_secs(4);
/// The time that its outputs have to end once it has ended.
const OUTPUTS: Duration = Duration::from_secs(2);

/// The most bytes of standard error that are kept.
const MOST_ERRORS: usize = 4 * 1024;

/// The end of a program.
pub(super) struct End {
    /// The exit status.
    pub(super) status: u8,
    /// The bytes on standard output, behind the code.
    pub(super) blob: Vec<u8>,
}

/// Runs a program to its end. `code` is a receiver's. Standard input is `input` alone. Standard
/// error is passed on, without the code. Reported are `code`, the first that an initiator shows,
/// and at the end `stderr`, the last part of standard error.
///
/// # Errors
///
/// A sentence about a program that does not start, that a signal ends, or that does not end.
pub(super) fn run(
    words: &[OsString],
    code: Option<&[u8]>,
    input: Option<Vec<u8>>,
    user: &User,
    report: &dyn Fn(&str, &str),
) -> anyhow::Result<End> {
    let [program, arguments @ ..] = words else {
        bail!("the command is empty");
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(match input {
            Some(_) => Stdio::piped(),
            None => Stdio::null(),
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
        // A program that does not read, or has ended, is judged by what it does.
        thread::spawn(move || stdin.write_all(&input));
    }
    let is_interrupted = Arc::new(AtomicBool::new(false));
    let (interrupts, id) = (Arc::clone(&is_interrupted), child.id());
    user.listen(move |event| {
        if event == UserEvent::Cancel && !interrupts.swap(true, Ordering::SeqCst) {
            interrupt(id);
        }
    });
    let known = code.map(|code| String::from_utf8_lossy(code).into_owned());
    let reading = Arc::new(Reading {
        is_initiator: known.is_none(),
        code: Mutex::new(known),
        output: Mutex::default(),
        errors: Mutex::default(),
    });
    let (news, tells) = mpsc::channel();
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    for (source, is_stdout) in [
        (stdout.map(|it| Box::new(it) as Box<dyn Read + Send>), true),
        (stderr.map(|it| Box::new(it) as Box<dyn Read + Send>), false),
    ] {
        let (reading, news) = (Arc::clone(&reading), news.clone());
        // Whatever the program has started may keep an output open: nobody waits for that.
        thread::spawn(move || {
            if let Some(source) = source {
                reading.read(source, is_stdout, &news);
            }
            let _ = news.send(News::Ended);
        });
    }
    let ended = wait(&mut child, &is_interrupted, &tells, report);
    report("stderr", &lock(&reading.errors));
    let status = ended?;
    let output = lock(&reading.output);
    let Some(code) = status.code() else {
        bail!("the program was ended by a signal: {status}");
    };
    Ok(End {
        status: u8::try_from(code).unwrap_or(u8::MAX),
        blob: output.blob().to_vec(),
    })
}

/// News from the outputs.
enum News {
    /// The code was shown.
    Code(String),
    /// One of them has ended.
    Ended,
}

/// Waits for the end of a program and of its outputs, and ends the program when it does not heed
/// the interrupt.
fn wait(
    child: &mut Child,
    is_interrupted: &AtomicBool,
    tells: &mpsc::Receiver<News>,
    report: &dyn Fn(&str, &str),
) -> anyhow::Result<ExitStatus> {
    let (mut open, mut status, mut end) = (2, None, None);
    loop {
        match tells.recv_timeout(GLANCE) {
            Ok(News::Code(code)) => report("code", &code),
            Ok(News::Ended) => open -= 1,
            Err(_) => {}
        }
        if status.is_none() {
            status = child
                .try_wait()
                .context("the program cannot be waited for")?;
            end = status.map(|_| Instant::now() + OUTPUTS).or(end);
        }
        if status.is_none() && is_interrupted.load(Ordering::SeqCst) {
            end.get_or_insert_with(|| Instant::now() + LAST);
        }
        let is_over = end.is_some_and(|end| Instant::now() >= end);
        match status {
            Some(status) if open == 0 || is_over => return Ok(status),
            None if is_over => {
                child.kill().context("the program cannot be ended")?;
                child.wait().context("the program cannot be waited for")?;
                bail!("the program did not end within {LAST:?} of an interrupt");
            }
            _ => {}
        }
    }
}

/// The outputs of a run, which are read in two threads.
struct Reading {
    is_initiator: bool,
    code: Mutex<Option<String>>,
    output: Mutex<Output>,
    /// The last lines of standard error.
    errors: Mutex<String>,
}

impl Reading {
    fn read(&self, mut source: impl Read, is_stdout: bool, news: &mpsc::Sender<News>) {
        let mut errors = Output::default();
        let (mut buffer, mut line) = ([0; 4096], Vec::new());
        while let Ok(count @ 1..) = source.read(&mut buffer) {
            let more = buffer.get(..count).unwrap_or_default();
            let found = match is_stdout {
                true => lock(&self.output).take(more),
                false => errors.take(more),
            };
            if let Some(found) = found.filter(|_| self.is_initiator) {
                let mut code = lock(&self.code);
                if code.is_none() {
                    let _ = news.send(News::Code(found.clone()));
                    *code = Some(found);
                }
            }
            if !is_stdout {
                self.pass_on(more, &mut line);
            }
        }
        self.pass_on(b"\n", &mut line);
    }

    /// Passes whole lines on to this program's standard error.
    fn pass_on(&self, more: &[u8], line: &mut Vec<u8>) {
        for byte in more {
            match byte {
                b'\n' if line.is_empty() => {}
                b'\n' => {
                    let text = masked(&String::from_utf8_lossy(line), lock(&self.code).as_deref());
                    let mut errors = lock(&self.errors);
                    errors.push_str(&text);
                    errors.push('\n');
                    let surplus = errors.len().saturating_sub(MOST_ERRORS);
                    let from = errors.ceil_char_boundary(surplus);
                    errors.drain(..from);
                    drop(errors);
                    say(text);
                    line.clear();
                }
                // A line without end is passed on as far as anybody would read it.
                _ if line.len() < 4096 => line.push(*byte),
                _ => {}
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
fn interrupt(id: u32) {
    use rustix::process::{Pid, Signal, kill_process};
    // A program that has ended hears nothing any more.
    let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
    let _ = pid.map(|pid| kill_process(pid, Signal::INT));
}

#[cfg(not(unix))]
fn interrupt(_id: u32) {}
