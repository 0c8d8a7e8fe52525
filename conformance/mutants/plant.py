"""Plants one change of a catalogue in a Python program from outside, and runs the program.

    plant.py run CATALOGUE ID NOTE FOLDER MODULE [ARGUMENT...]
    plant.py check CATALOGUE FOLDER

`run` imports MODULE out of FOLDER and calls its `main`. The text of the changed file is replaced
before it is compiled; nothing is written beside the sources. When the change is reached, one byte
is written to the file NOTE. `check` tries every entry and prints each fault of the catalogue.
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import os
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from reached import NOTE, Change, Marker


class StaleError(Exception):
    """An entry no longer fits the sources."""


def entries(catalogue: Path, id_: str | None = None) -> list[dict[str, Any]]:
    """The entries of a catalogue, or those that may have this id: to read few is faster."""
    head, *texts = catalogue.read_text(encoding="utf-8").split("\n[[entry]]\n")
    if id_ is not None:
        texts = [text for text in texts if id_ in text.partition("\n")[0]]
    text = "\n[[entry]]\n".join([head, *texts])
    found: list[dict[str, Any]] = tomllib.loads(text).get("entry", [])
    return found


def changes_of(entry: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """The pairs of `find` and `replace` of an entry, by file."""
    pairs = [entry, *entry.get("also", [])] if "find" in entry else entry["also"]
    result: dict[str, list[tuple[str, str]]] = {}
    for pair in pairs:
        module = pair.get("module", entry["module"])
        result.setdefault(module, []).append((pair["find"], pair["replace"]))
    return result


def changed(text: str, pairs: Sequence[tuple[str, str]], where: str) -> tuple[str, list[Change]]:
    """The text with each `find`, which occurs exactly once, replaced; and where that is."""
    places = []
    for find, replace in pairs:
        if (count := text.count(find)) != 1:
            raise StaleError(f"{where}: occurs {count} times instead of once: {find!r}")
        at = text.index(find)
        places.append((at, at + len(find), replace))
    places.sort()
    result, end, changes = "", 0, []
    for start, stop, replace in places:
        if start < end:
            raise StaleError(f"{where}: two changes overlap")
        result += text[end:start]
        changes.append(Change.between(text[start:stop], replace, len(result)))
        result += replace
        end = stop
    return result + text[end:], changes


class Planted(importlib.machinery.SourceFileLoader):
    """A loader of one file of the program, which may be one of those that are changed."""

    def __init__(self, name: str, path: str, planter: Planter) -> None:
        super().__init__(name, path)
        self._planter = planter

    def get_code(self, fullname: str) -> CodeType | None:
        """The code of the text as it is changed; nothing is cached."""
        path = Path(self.get_filename(fullname))
        return compile(self._planter.tree(path), str(path), "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        """Load, and watch the tables that the change made different."""
        super().exec_module(module)
        self._planter.watch_tables(module, Path(self.path))


class Planter(importlib.abc.MetaPathFinder):
    """A finder of the program's own modules, changed by one entry."""

    def __init__(self, folder: Path, entry: dict[str, Any]) -> None:
        self._folder = folder
        self._sources: dict[Path, str] = {}
        marked: dict[Path, list[Change]] = {}
        for module, pairs in changes_of(entry).items():
            path = folder / module
            if not path.is_file():
                raise StaleError(f"{entry['id']}: there is no {module}")
            text = path.read_text(encoding="utf-8")
            where = f"{entry['id']}, {module}"
            self._sources[path], marked[path] = changed(text, pairs, where)
        self._marker = Marker(self._sources, marked, sorted(folder.rglob("*.py")))

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of a module in the folder, with a loader that changes it."""
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin is None:
            return None
        path_ = Path(spec.origin)
        if self._folder not in path_.parents or not self._marker.touches(path_):
            return None
        spec.loader = Planted(name, spec.origin, self)
        return spec

    def tree(self, path: Path) -> Any:
        """The tree of a file, changed and marked."""
        return self._marker.tree(path)

    def watch_tables(self, module: ModuleType, path: Path) -> None:
        """Watch the tables of a changed file, cell by cell."""
        if path in self._sources:
            self._marker.watch_tables(module, path)


def check(catalogue: Path, folder: Path) -> list[str]:
    """The faults of a catalogue: what no longer fits the sources, or makes no Python."""
    faults = []
    texts: dict[str, str] = {}
    for entry in entries(catalogue):
        try:
            for module, pairs in changes_of(entry).items():
                if module not in texts:
                    texts[module] = (folder / module).read_text(encoding="utf-8")
                where = f"{entry['id']}, {module}"
                ast.parse(changed(texts[module], pairs, where)[0])
        except (StaleError, SyntaxError, KeyError, OSError) as error:
            faults.append(f"{entry['id']}: {error!r}")
    return faults


def main() -> int:
    """Do what the arguments say."""
    match sys.argv[1:]:
        case ["check", catalogue, folder]:
            faults = check(Path(catalogue), Path(folder).resolve())
            print("\n".join(faults), end="\n" if faults else "")
            return 1 if faults else 0
        case ["run", catalogue, id_, note, folder, module, *arguments]:
            pass
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    root = Path(folder).resolve()
    found = [one for one in entries(Path(catalogue), id_) if one["id"] == id_]
    if len(found) != 1:
        print(f"plant: {len(found)} entries are called {id_}", file=sys.stderr)
        return 2
    try:
        planter = Planter(root, found[0])
    except StaleError as error:
        print(f"plant: {error}", file=sys.stderr)
        return 2
    NOTE.to(note)
    sys.meta_path.insert(0, planter)
    sys.path[0] = str(root)
    sys.argv = [module, *arguments]
    status: int = importlib.import_module(module).main()
    return status


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status) if status else sys.exit(0)
