"""The package as its users have it: a wheel in a fresh environment, and the README's examples."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
import zipfile
from pathlib import Path

from wormhole import __version__, errors
from wormhole.cli import arguments

from .relay import DEADLINE, FOLDER, environment, pip, python_in, relay

PACKAGE = Path(__file__).resolve().parents[1]
README = (PACKAGE / "README.md").read_text("utf-8")
SOURCES = ("pyproject.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "wormhole")
EXAMPLES = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", README, re.DOTALL))
SENT = {"initiator": "the initiator's blob", "receiver": "the receiver's blob"}


def build(folder: Path) -> Path:
    """The wheel, built from a copy, so that nothing is left beside the sources."""
    copy = folder / "sources"
    copy.mkdir()
    for name in SOURCES:
        source = PACKAGE / name
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, copy / name, ignore=ignore)
        else:
            shutil.copy(source, copy / name)
    pip(
        sys.executable, "wheel", "--no-deps", "--no-build-isolation", "--no-index",
        "--wheel-dir", str(folder), str(copy),
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


class ReadmeTest(unittest.TestCase):
    """The page names what there is."""

    def test_files(self):
        table = README.partition("## How it is made")[2]
        named = re.findall(r"`([\w./-]+(?:\.py|\.txt|/))`", table)
        self.assertGreater(len(named), 10)
        for name in named:
            beside = PACKAGE.parents[2] if name.startswith("spec/") else PACKAGE
            if name.startswith("spec/") and FOLDER is None:
                continue
            self.assertTrue((beside / name).exists(), name)
        for link in re.findall(r"\]\(([^)#]+)", README):
            self.assertTrue(FOLDER is None or (PACKAGE / link).exists(), link)

    def test_options(self):
        commands = next(a for a in arguments.parser()._actions if a.dest == "command").choices
        options = {o for c in commands.values() for a in c._actions for o in a.option_strings}
        named = set(re.findall(r"`[^`\n]*?(--[a-z-]+)[^`\n]*`", README.split("## How it")[0]))
        self.assertLessEqual({"--json", "--verify", "--help"}, named)
        self.assertLessEqual(named, options)

    def test_members(self):
        from wormhole.transcribe import Initiator, Receiver

        section = README.partition("## What they do")[2].partition("## The command line")[0]
        methods, keywords = section.split("After the blob")[:2]
        for row in re.findall(r"^\| (`[^|]+) \|", methods, re.MULTILINE):
            for name in re.findall(r"`(\w+)", row):
                self.assertTrue(hasattr(Initiator, name), name)
                self.assertEqual(name == "start", not hasattr(Receiver, name), name)
        named = {
            name
            for row in re.findall(r"^\| (`[^|]+) \|", keywords, re.MULTILINE)
            for name in re.findall(r"`(\w+)`", row)
        }
        known = set()
        for role in (Initiator, Receiver):
            known |= set(role.__init__.__kwdefaults__)
        self.assertEqual(named - {"reactor"}, known)
        kinds = re.findall(r"`([A-Z]\w+)`[,.]", section)
        self.assertEqual(kinds, [kind.__name__ for kind in errors.ERRORS.values()])

    def test_examples(self):
        self.assertEqual(
            set(EXAMPLES),
            {f"{twisted}{role}.py" for twisted in ("", "twisted_") for role in SENT},
        )


@unittest.skipIf(FOLDER is None, "only beside the relay")
class PackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.wheel = build(cls.folder)
        cls.python = environment(cls.folder / "fresh", PACKAGE / "requirements.txt")
        pip(cls.python, "install", "--no-index", "--no-deps", str(cls.wheel))
        for name, text in EXAMPLES.items():
            (cls.folder / name).write_text(text, "utf-8")
        cls.url = cls.enterClassContext(relay(cls.folder))

    def start(self, *arguments, stdin=None):
        """A process of the fresh environment, which ends with the test at the latest."""
        environ = {**os.environ, "WORMHOLE_SYNC_RENDEZVOUS": self.url}
        environ.pop("PYTHONPATH", None)
        process = subprocess.Popen(
            [str(self.python), *arguments], cwd=self.folder, env=environ, text=True,
            stdin=subprocess.DEVNULL if stdin is None else stdin, stdout=subprocess.PIPE,
        )
        killer = threading.Timer(DEADLINE, process.kill)
        killer.start()
        self.addCleanup(self.end, process, killer)
        return process

    def end(self, process, killer):
        killer.cancel()
        with contextlib.suppress(OSError), process:
            process.kill()

    def test_wheel(self):
        with zipfile.ZipFile(self.wheel) as wheel:
            names = set(wheel.namelist())
            info = f"wormhole_sync-{__version__}.dist-info"
            metadata = wheel.read(f"{info}/METADATA").decode()
        expected = {
            str(path.relative_to(PACKAGE))
            for path in (PACKAGE / "wormhole").rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        }
        self.assertEqual({name for name in names if not name.startswith(info)}, expected)
        self.assertLessEqual({"wormhole/py.typed", "wormhole/words/odd.txt"}, expected)
        for line in (
            "Name: wormhole-sync", "License-Expression: MIT OR Apache-2.0",
            "License-File: LICENSE-MIT", "Requires-Python: >=3.11", "Provides-Extra: twisted",
        ):
            self.assertIn(line, metadata.splitlines())

    def test_requirements_are_those_of_the_package(self):
        pip(self.python, "check")
        for name in ("MIT", "APACHE"):
            own, root = PACKAGE / f"LICENSE-{name}", PACKAGE.parents[2] / f"LICENSE-{name}"
            self.assertEqual(own.read_bytes(), root.read_bytes())

    def exchange(self, initiator, receiver):
        """Run two examples; the code goes from one to the other as its user types it."""
        sender = self.start(initiator)
        said = sender.stdout.readline()
        self.assertRegex(said, r"^Code: [0-9]+-[a-z]+-[a-z]+\n$")
        taker = self.start(receiver, stdin=subprocess.PIPE)
        got, _ = taker.communicate(said.removeprefix("Code: "))
        self.assertEqual(got, f"Code: Got: {SENT['initiator'].encode()}\n")
        got, _ = sender.communicate()
        self.assertEqual(got, f"Got: {SENT['receiver'].encode()}\n")
        self.assertEqual((sender.returncode, taker.returncode), (0, 0))

    def test_examples(self):
        self.exchange("initiator.py", "receiver.py")

    def test_examples_with_twisted(self):
        self.exchange("twisted_initiator.py", "twisted_receiver.py")
        self.exchange("initiator.py", "twisted_receiver.py")

    def test_command_line(self):
        sender = self.start("-m", "wormhole", "send", "the initiator's blob", "--quiet")
        code = sender.stdout.readline().strip()
        taker = self.start("-m", "wormhole", "receive", code, "ours", "--quiet")
        self.assertEqual(taker.communicate()[0], "the initiator's blob")
        self.assertEqual(sender.communicate()[0], "ours")
        self.assertEqual((sender.returncode, taker.returncode), (0, 0))

    def test_it_comes_from_the_wheel(self):
        ended = self.start("-c", "import wormhole; print(wormhole.__file__)")
        where = Path(ended.communicate()[0].strip())
        self.assertTrue(where.resolve().is_relative_to((self.folder / "fresh").resolve()))
        self.assertEqual(python_in(self.folder / "fresh"), self.python)


if __name__ == "__main__":
    unittest.main()
