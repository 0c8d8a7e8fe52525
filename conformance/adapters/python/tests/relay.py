"""A whole relay: the one in Python, as a process of its own."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import venv
from collections.abc import Iterator
from pathlib import Path

from . import SPEC

ROOT = None if SPEC is None else SPEC.parent
FOLDER = None if ROOT is None else ROOT / "conformance" / "relays" / "python"
DEADLINE = 600.0


def python_in(environment: Path) -> Path:
    windows = environment / "Scripts" / "python.exe"
    return windows if windows.exists() else environment / "bin" / "python3"


@contextlib.contextmanager
def relay(scratch: Path) -> Iterator[str]:
    """A relay that listens; gives its address."""
    assert FOLDER is not None
    command = [str(_python(scratch)), "-E", "-s", "-B", "-m", "relay", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True) as process:
        killer = threading.Timer(DEADLINE, process.kill)
        killer.start()
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("listening on "), line
            yield line.removeprefix("listening on ").strip()
        finally:
            killer.cancel()
            process.kill()


def _python(scratch: Path) -> Path:
    """A Python that has what the relay needs: this one, the suite's, or a new one."""
    assert ROOT is not None and FOLDER is not None
    suites = python_in(ROOT / "target" / "conformance-relay-python")
    for python in (Path(sys.executable), suites):
        if python.exists():
            found = subprocess.run(
                [python, "-c", "import h11"], capture_output=True, timeout=DEADLINE
            )
            if found.returncode == 0:
                return python
    return environment(scratch / "relay", FOLDER / "requirements.txt")


def environment(folder: Path, requirements: Path) -> Path:
    """A new environment of exactly these requirements; gives its Python."""
    venv.create(folder, with_pip=True)
    python = python_in(folder)
    pip(python, "install", "--require-hashes", "--only-binary", ":all:", "-r", str(requirements))
    return python


def pip(python: Path | str, *arguments: str) -> None:
    ended = subprocess.run(
        [str(python), "-m", "pip", "--disable-pip-version-check", *arguments],
        capture_output=True, text=True, timeout=DEADLINE,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
