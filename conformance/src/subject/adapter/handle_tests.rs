//! Tests of the suite's end of the protocol, against good and bad adapters.

use serde_json::json;

use super::fakes::{Does, LONG, SHORT, fake, first_line, reply, serving};
use super::wire::members;
use super::{AdapterError, CallProgress, Hello, Members, Operations, Reply, Task, UserEvent};

/// An adapter that reports an event for `slow`, and replies to it only when cancelled.
struct Slow;

impl Operations for Slow {
    fn hello(&self) -> Hello {
        Hello {
            name: "slow".to_owned(),
            version: "1".to_owned(),
            spec: "1.0.0".to_owned(),
            roles: vec!["initiator".to_owned()],
            operations: vec!["run".to_owned(), "quick".to_owned()],
            inject: Vec::new(),
            runs_at_once: 1,
            lacks: Vec::new(),
            outcomes: None,
        }
    }

    fn perform(&self, task: &Task<'_>) -> Reply {
        if task.op == "run" {
            task.report("code", members(json!({"code": "7-crossover-clockwork"})));
            let (say, said) = std::sync::mpsc::channel();
            task.user
                .listen(move |event| assert!(say.send(event).is_ok()));
            while said.recv() != Ok(UserEvent::Cancel) {}
        }
        Reply::Ok(members(json!({"op": task.op})))
    }
}

#[test]
fn several_requests_are_under_way_at_once() {
    let adapter = serving(Slow).unwrap();
    assert_eq!(adapter.hello().name, "slow");
    let mut run = adapter.start("run", Members::new()).unwrap();
    let mut second = adapter.start("run", Members::new()).unwrap();
    match run.next(LONG).unwrap() {
        CallProgress::Event(event) => {
            assert_eq!(event.name, "code");
            assert_eq!(event.members["code"], "7-crossover-clockwork");
        }
        CallProgress::Reply(reply) => panic!("{reply:?}"),
    }
    let quick = adapter.call("quick", Members::new(), LONG).unwrap();
    assert_eq!(quick, Reply::Ok(members(json!({"op": "quick"}))));
    assert_eq!(
        adapter.say(&run, UserEvent::Cancel, LONG).unwrap(),
        Reply::Ok(Members::new())
    );
    assert!(matches!(
        run.next(LONG),
        Ok(CallProgress::Reply(Reply::Ok(_)))
    ));
    assert!(matches!(run.next(LONG), Err(AdapterError::Misuse(_))));
    adapter.say(&second, UserEvent::Release, LONG).unwrap();
    adapter.say(&second, UserEvent::Cancel, LONG).unwrap();
    assert!(matches!(second.next(LONG), Ok(CallProgress::Event(_))));
    assert!(matches!(second.next(LONG), Ok(CallProgress::Reply(_))));
}

#[test]
fn a_late_reply_is_ignored_and_a_second_one_is_not() {
    let mut held = None;
    let adapter = fake(&["op"], move |request| match held.take() {
        None => {
            held = Some(reply(request, "ok", json!({})));
            Does::Nothing
        }
        Some(mut late) => {
            late.extend(reply(request, "ok", json!({"second": true})));
            Does::Say(late)
        }
    })
    .unwrap();
    let first = adapter.call("op", Members::new(), SHORT);
    assert_eq!(first, Err(AdapterError::TimedOut(SHORT)));
    let second = adapter.call("op", Members::new(), LONG).unwrap();
    assert_eq!(second, Reply::Ok(members(json!({"second": true}))));

    let twice = fake(&["op"], |request| {
        Does::Say(reply(request, "ok", json!({})).repeat(2))
    })
    .unwrap();
    twice.call("op", Members::new(), LONG).unwrap();
    let error = twice.call("op", Members::new(), LONG).unwrap_err();
    assert!(error.to_string().contains("has had its reply"), "{error}");
}

#[test]
fn each_breach_of_the_protocol_is_told() {
    let request = || Members::new();
    for (line, message) in [
        (&b"hello\n"[..], "refused as JSON"),
        (b"{\"id\":\"1\"}\n", "none of"),
        (b"{\"id\":\"1\",\"ok\":{},\"error\":\"x\"}\n", "at once"),
        (b"{\"id\":1,\"ok\":{}}\n", "\"id\" is not a string"),
        (b"{\"id\":\"1\",\"ok\":7}\n", "not an object"),
        (b"{\"id\":\"1\",\"refused\":{}}\n", "\"outcome\" is missing"),
        (
            b"{\"id\":\"1\",\"refused\":{\"outcome\":\"x\",\"fault\":1}}\n",
            "\"fault\" is not",
        ),
        (b"{\"id\":\"9\",\"ok\":{}}\n", "not asked"),
        (b"{\"id\":\"9\",\"event\":\"code\"}\n", "not open"),
        (b"{\"id\":\"1\",\"ok\":{}", "without LF"),
    ] {
        let mut said = false;
        let adapter = fake(&["op"], move |_| {
            if std::mem::replace(&mut said, true) {
                return Does::End;
            }
            Does::Say(line.to_vec())
        })
        .unwrap();
        // The suite sees a cut line when the adapter ends.
        let pending = adapter.start("op", request());
        let error = adapter.call("op", request(), LONG).unwrap_err();
        assert!(error.to_string().contains(message), "{message}: {error}");
        drop(pending);
        assert!(adapter.call("op", request(), LONG).is_err(), "{message}");
    }
}

#[test]
fn a_bad_hello_is_told() {
    for (line, message) in [
        (&b""[..], "ended before it said hello"),
        (b"hi\n", "refused as JSON"),
        (b"{}\n", "no object \"hello\""),
        (b"{\"hello\":{\"protocol\":2}}\n", "chooses protocol 2"),
        (b"{\"hello\":{\"protocol\":1}}\n", "\"name\" is missing"),
    ] {
        let error = first_line(line).unwrap_err();
        assert!(error.to_string().contains(message), "{message}: {error}");
    }
}
