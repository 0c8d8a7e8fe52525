"""The command line as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from .peers import APPID, CODE, PeerInitiator
from .scripted import STORED, Scripted

PACKAGE = Path(__file__).resolve().parents[1]


class CommandLineTest(unittest.TestCase):
    def wsync(self, *arguments, stdout=subprocess.PIPE, blob=b"ours"):
        return subprocess.run(
            [sys.executable, "-m", "wsync", *arguments, "--appid", APPID.decode()],
            input=blob, stdout=stdout, stderr=subprocess.PIPE, cwd=PACKAGE, timeout=30,
        )

    def result(self, ended):
        lines = ended.stderr.decode().splitlines()
        return json.loads(lines[-2]), lines[-1]

    def receive(self, stdout):
        peer = PeerInitiator()
        with Scripted(peer.claim, peer.put_answer, peer.finish(b"theirs\n"), STORED) as server:
            ended = self.wsync("receiver", CODE, "--relay", server.url, stdout=stdout)
            self.assertEqual(peer.blob, b"ours")
            return ended, server

    def test_receiver(self):
        ended, server = self.receive(subprocess.PIPE)
        self.assertEqual((ended.returncode, ended.stdout), (0, b"theirs\n"))
        result, sentence = self.result(ended)
        got = (result["outcome"], result["delivered"], sentence)
        self.assertEqual(got, ("done", True, "Done."))
        self.assertEqual(server.requests[-1], "PUT /7/receipt")
        with tempfile.TemporaryFile() as file:
            ended, _ = self.receive(file)
            file.seek(0)
            self.assertEqual((ended.returncode, file.read()), (0, b"theirs\n"))

    def test_a_receiver_that_cannot_write(self):  # RECV-6
        reader, writer = os.pipe()
        os.close(reader)
        outputs = [os.fdopen(writer, "wb")]
        if os.path.exists("/dev/full"):
            outputs.append(open("/dev/full", "wb"))
        for output in outputs:
            with output:
                ended, server = self.receive(output)
            self.assertEqual(ended.returncode, 1)
            result, sentence = self.result(ended)
            self.assertEqual((result["outcome"], result["delivered"]), ("not-taken", False))
            self.assertIn(b"cannot write", ended.stderr)
            self.assertIn("could not be kept", sentence)
            self.assertNotIn(b"Traceback", ended.stderr)
            self.assertEqual(server.seen[-1].json, {"reason": "not-taken"})

    def test_initiator_at_a_stranger(self):
        with Scripted(lambda _: b"HTTP/1.1 404 X\r\n\r\n") as server:
            ended = self.wsync("initiator", "--relay", server.url)
        result, _ = self.result(ended)
        self.assertEqual((ended.returncode, ended.stdout), (1, b""))
        self.assertEqual(result["outcome"], "relay-misbehaved")

    def test_bad_arguments(self):
        for arguments in (("--timeout", "nan"), ("--timeout", "-1"), ("--words", "x"), ()):
            ended = self.wsync("initiator", *arguments)
            self.assertEqual((ended.returncode, ended.stdout), (2, b""))
            self.assertNotIn(b"Traceback", ended.stderr)


if __name__ == "__main__":
    unittest.main()
