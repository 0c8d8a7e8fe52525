"""The command line as a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

from wormhole.cli import arguments, status
from wormhole.outcome import SENTENCES, Outcome

from . import SPEC
from .peers import APPID, CODE, PeerInitiator, PeerReceiver
from .routes import for_initiator, for_receiver
from .scripted import HANG, STORED, Scripted, ok, problem, say

PACKAGE = Path(__file__).resolve().parents[1]
DEADLINE = 300.0


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def command(self, *more, server=None):
        address = () if server is None else ("--rendezvous", server.url, "--appid", APPID.decode())
        return [sys.executable, "-m", "wormhole", *map(str, more), *address]

    def run_it(self, *more, server=None, stdout=subprocess.PIPE, blob=b"ours"):
        """Run a command without a terminal."""
        return subprocess.run(
            self.command(*more, server=server), input=blob, stdout=stdout, stderr=subprocess.PIPE,
            cwd=PACKAGE, timeout=DEADLINE, start_new_session=True,
        )

    def fails(self, ended, code, *said):
        self.assertEqual(ended.returncode, code, ended.stderr)
        for text in said:
            self.assertIn(text, ended.stderr.decode())
        self.assertNotIn(b"Traceback", ended.stderr)


class ReceiveTest(CommandLine):
    def receive(self, *more, stdout=subprocess.PIPE, theirs=b"theirs\n", **routes):
        peer = PeerInitiator()
        routes.setdefault("get_finish", peer.finish(theirs))
        with Scripted(for_receiver(peer, **routes)) as server:
            ended = self.run_it("receive", CODE, *(more or "-"), server=server, stdout=stdout)
        self.blob, self.seen, self.requests = peer.blob, server.seen, server.requests
        return ended

    def test_to_standard_output(self):
        ended = self.receive()
        self.assertEqual((ended.returncode, ended.stdout), (0, b"theirs\n"), ended.stderr)
        self.assertEqual((self.blob, self.requests[-1]), (b"ours", "PUT /7/receipt"))
        self.assertTrue(ended.stderr.endswith(b"Done.\n"))
        with tempfile.TemporaryFile() as file:
            self.assertEqual(self.receive(stdout=file).returncode, 0)
            file.seek(0)
            self.assertEqual(file.read(), b"theirs\n")

    def test_sources(self):
        (self.folder / "file").write_bytes(b"of the file")
        for more, blob in (
            (("a text",), b"a text"),
            (("--file", self.folder / "file"), b"of the file"),
            (("-f", "-"), b"ours"),
            (("--quiet",), b""),  # standard input may be another's
        ):
            ended = self.receive(*more)
            self.assertEqual((ended.returncode, self.blob), (0, blob), ended.stderr)
        self.assertEqual(ended.stderr, b"")

    def test_a_code_on_standard_input(self):
        peer = PeerInitiator()
        with Scripted(for_receiver(peer)) as server:
            ended = self.run_it("receive", "-", server=server, blob=CODE.encode() + b"\n")
        self.assertEqual((ended.returncode, ended.stdout), (0, b"from A"), ended.stderr)

    def test_json(self):
        ended = self.receive("--json", "-q")
        verifier, blob, result = map(json.loads, ended.stdout.splitlines())
        self.assertEqual((verifier["event"], len(verifier["words"])), ("verifier", 8))
        self.assertEqual(blob, {"event": "blob", "blob": b"theirs\n".hex()})
        wanted = {"outcome": "done", "reason": None, "delivered": True, "status": 0}
        self.assertEqual(result, {"event": "result", **wanted})
        gone = say(problem(410, "closed", reason="timeout"))
        ended = self.receive("--json", "-q", get_finish=gone)
        result = json.loads(ended.stdout.splitlines()[-1])
        got = (result["outcome"], result["reason"], result["status"], result["hint"])
        self.assertEqual(got, ("closed", "timeout", 16, SENTENCES[Outcome.CLOSED]))
        self.assertEqual(ended.returncode, 16)

    def test_a_file_appears_whole_and_private(self):
        output = self.folder / "blob"
        ended = self.receive("--output", output)
        self.assertEqual((ended.returncode, ended.stdout), (0, b""), ended.stderr)
        self.assertEqual(output.read_bytes(), b"theirs\n")
        self.assertEqual(list(self.folder.iterdir()), [output])
        self.assertEqual(output.stat().st_mode & 0o777, 0o600)
        self.fails(self.receive("-o", output), 1, "it exists", "--force")
        self.assertEqual(self.seen, [])
        ended = self.receive("-o", output, "--force", theirs=b"others")
        self.assertEqual((ended.returncode, output.read_bytes()), (0, b"others"))
        self.fails(self.receive("-o", self.folder), 1, "it is a directory")
        self.fails(self.receive("-o", self.folder / "no" / "such"), 1, "cannot write to the folder")

    def test_the_file_is_there_before_the_receipt(self):  # RECV-6
        output, there = self.folder / "blob", []

        def receipt(seen):
            there.append(output.read_bytes())
            return STORED(seen)

        self.assertEqual(self.receive("-o", output, put_receipt=receipt).returncode, 0)
        self.assertEqual(there, [b"theirs\n"])

    def test_a_file_made_meanwhile_is_not_replaced(self):
        output, peer = self.folder / "blob", PeerInitiator()

        def finish(seen):
            output.write_bytes(b"mine")
            return peer.finish()(seen)

        with Scripted(for_receiver(peer, get_finish=finish)) as server:
            ended = self.run_it("receive", CODE, "-o", output, server=server)
        self.fails(ended, 1, "is on standard output instead")
        self.assertEqual((ended.stdout, output.read_bytes()), (b"from A", b"mine"))
        self.assertEqual(server.requests[-1], "PUT /7/receipt")

    def test_an_output_that_fails(self):  # RECV-6
        reader, writer = os.pipe()
        os.close(reader)
        outputs = [os.fdopen(writer, "wb")]
        if os.path.exists("/dev/full"):
            outputs.append(open("/dev/full", "wb"))
        for output in outputs:
            with output:
                ended = self.receive(stdout=output)
            self.fails(ended, 1, "cannot write the other side's blob", "The blob is lost")
            self.assertEqual(self.seen[-1].json, {"reason": "not-taken"})

    def test_failures(self):
        ended = self.receive(get_finish=say(ok(body="00" * 272)))
        self.fails(ended, 18, "error: wrong-code: ", f"hint: {SENTENCES[Outcome.WRONG_CODE]}")
        with Scripted(say(problem(404, "no-such-channel"))) as server:
            ended = self.run_it("receive", CODE, server=server)
        self.fails(ended, 14, f"at {server.url} (from --rendezvous)")
        self.fails(self.run_it("receive", "7-crosover-clockwork"), 10, "Is it crossover")
        self.fails(self.run_it("receive", "7"), 10, "A code is one argument")
        self.fails(self.run_it("receive", "-", "-"), 2, "cannot both come")
        self.fails(self.run_it("receive"), 2, "no terminal")


def heeds_signals():
    """Ignore nothing, whatever the tests were started with (nohup, a background job)."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class SendTest(CommandLine):
    def send(self, *more, blob=b"ours", **routes):
        with Scripted(for_initiator(PeerReceiver(), **routes)) as server:
            self.server = server
            return self.run_it("send", *more, server=server, blob=blob)

    def test_the_code_comes_first(self):
        code = self.folder / "code"
        ended = self.send("--code-file", code, "--words", "3")
        # Nobody knows the words that were drawn, so the other side's are others.
        self.fails(ended, 18, "error: wrong-code: ")
        shown, rest = ended.stdout.split(b"\n")
        self.assertRegex(shown, rb"^7(-[a-z]+){3}$")
        self.assertEqual((rest, code.read_bytes()), (b"", shown + b"\n"))
        self.assertEqual(code.stat().st_mode & 0o777, 0o600)
        self.assertNotIn(shown, ended.stderr)  # RAND-2
        self.assertIn(f"--rendezvous {self.server.url} --appid {APPID.decode()}", str(ended.stderr))
        self.assertIn(b"handing in 4 bytes (standard input)", ended.stderr)

    def test_refusals(self):
        for more, code, said in (
            (("--words", "1"), 10, "2 to 8"),
            (("--appid", ""), 11, "1 to 128 bytes"),
            (("--appid-hex", "AA"), 11, "lowercase"),
            (("--rendezvous", "http://relay.example"), 13, "--allow-plain-http"),
            (("--file", self.folder / "none"), 1, "cannot read"),
            (("--ca-file", self.folder / "none"), 1, "cannot read"),
            (("--ca-file", __file__), 1, "no certificate"),
            (("--verify",), 1, "needs a terminal"),
        ):
            self.fails(self.run_it("send", *more), code, said)
        self.fails(self.run_it("send", blob=bytes(65_536)), 12, "more than 65535 bytes")
        with Scripted(lambda _: b"HTTP/1.1 404 X\r\n\r\n") as server:
            self.fails(self.run_it("send", server=server), 21, "error: relay-misbehaved")

    def test_the_time_is_over(self):
        ended = self.send("--deadline", "1s", get_answer=HANG)
        self.fails(ended, 23, "error: timeout")
        self.assertEqual(self.server.seen[-1].json, {"reason": "timeout"})

    @unittest.skipIf(os.name == "nt", "signals")
    def test_a_signal_tells_the_relay(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with Scripted(for_initiator(PeerReceiver(), get_answer=HANG)) as server:
                process = subprocess.Popen(
                    self.command("send", "x", server=server), stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, cwd=PACKAGE,
                    preexec_fn=heeds_signals,
                )
                killer = threading.Timer(DEADLINE, process.kill)
                killer.start()
                with process, contextlib.closing(process.stdout):
                    self.assertRegex(process.stdout.readline(), rb"^7-")
                    process.send_signal(number)
                    said = process.stderr.read()
                killer.cancel()
                self.assertEqual(process.returncode, 24, said)
                self.assertIn(b"giving up (a second signal", said)
                self.assertEqual(server.seen[-1].json, {"reason": "cancelled"})


@unittest.skipUnless(hasattr(os, "openpty"), "terminals")
class TerminalTest(CommandLine):
    def ask(self, typed, *more, **routes):
        """A receiver whose user types this when it is asked."""
        import fcntl
        import termios

        peer = PeerInitiator()
        controller, terminal = os.openpty()
        said: queue.Queue[bytes] = queue.Queue()

        def listen():
            with contextlib.suppress(OSError):
                while True:
                    said.put(os.read(controller, 4_096))

        def become():
            fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

        with Scripted(for_receiver(peer, **routes)) as server:
            process = subprocess.Popen(
                self.command("receive", *more, server=server), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=PACKAGE, start_new_session=True,
                preexec_fn=become, pass_fds=[terminal],
            )
            killer = threading.Timer(DEADLINE, process.kill)
            killer.start()
            threading.Thread(target=listen, daemon=True).start()
            shown = b""
            while not shown.endswith((b"[y/n] ", b"Code: ")):
                shown += said.get(timeout=DEADLINE)
            os.write(controller, typed)
            output, errors = process.communicate()
            killer.cancel()
        os.close(terminal)
        os.close(controller)
        self.peer, self.server = peer, server
        return process.returncode, output, shown, errors

    def test_verify(self):
        code, output, shown, errors = self.ask(b"y\n", CODE, "--verify")
        self.assertEqual((code, output), (0, b"from A"), errors)
        self.assertIn(" ".join(self.peer.keys.verifier), shown.decode())
        code, output, _, errors = self.ask(b"no\n", CODE, "--verify")
        self.assertEqual((code, output), (26, b""), errors)
        self.assertEqual(self.server.seen[-1].json, {"reason": "verifier-mismatch"})
        code, output, _, errors = self.ask(b"\x04", CODE, "--verify")
        self.assertEqual((code, output), (24, b""), errors)

    def test_the_code_is_asked_for(self):
        code, output, _, errors = self.ask(b"7-crosover-clockwork\n" + CODE.encode() + b"\n")
        self.assertEqual((code, output), (0, b"from A"), errors)
        self.assertIn(b"Is it crossover", errors)


class ArgumentsTest(CommandLine):
    def test_bad_arguments(self):
        for more in (
            (), ("relay",), ("demo",), ("initiator",), ("send", "--word", "3"),
            ("send", "--nothing"), ("send", "--words", "x"), ("send", "text", "--file", "x"),
            ("send", "--force"),
            ("send", "--deadline", "0"), ("send", "--appid", "a", "--appid-hex", "aa"),
            ("receive", CODE, "text", "more"),
        ):
            ended = self.run_it(*more)
            self.fails(ended, 2)
            self.assertEqual(ended.stdout, b"")

    def test_help(self):
        for more in (("--help",), ("send", "--help"), ("receive", "--help"), ("--version",)):
            ended = self.run_it(*more)
            self.assertEqual((ended.returncode, ended.stderr), (0, b""))
        text = self.run_it("send", "--help").stdout.decode()
        for outcome, code in status.STATUSES.items():
            self.assertRegex(text, rf"(?m)^ +{code}  {outcome} +{status.MEANINGS[outcome]}$")

    def test_times(self):
        for typed, seconds in (("90", 90), ("90s", 90), ("5m", 300), ("1h 30m", 5_400)):
            self.assertEqual(arguments.seconds_of(typed), seconds)
        for typed in ("", "0", "-1", "0.5", "100ms", "5 apples", "nan", "9" * 20):
            with self.assertRaises(ValueError):
                arguments.seconds_of(typed)

    @unittest.skipUnless(SPEC is not None, "only beside the reference")
    def test_names_are_those_of_the_reference(self):
        source = (SPEC.parent / "src" / "protocol" / "outcome.rs").read_text("utf-8")
        found = re.findall(r'^    [A-Z]\w+(?:\([^)]*\))?, "([a-z-]+)", (\d+),$', source, re.M)
        self.assertEqual({token: int(code) for token, code in found}, status.STATUSES)
        source = (SPEC.parent / "src" / "cli" / "arguments.rs").read_text("utf-8")
        self.assertIn(f'APPID: &str = "{arguments.APPID}"', source)
        peer = source.split("struct SendArguments")[1].split("struct RelayArguments")[0]
        fields = re.findall(r"#\[arg\((?:[^\]]*, )?long[^\]]*\)\]\s+pub\(super\) (\w+):", peer)
        wanted = {"--" + field.replace("_", "-") for field in fields}
        parser = arguments.parser()
        commands = next(a for a in parser._actions if a.dest == "command").choices
        options = {o for c in commands.values() for a in c._actions for o in a.option_strings}
        # A file of settings, a proxy and a QR code are the reference's alone.
        alone = {"--config", "--no-config", "--proxy", "--qr"}
        self.assertLessEqual(alone, wanted)
        self.assertEqual({o for o in options if o.startswith("--")} - {"--help"}, wanted - alone)


if __name__ == "__main__":
    unittest.main()
