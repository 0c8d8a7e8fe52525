"""The proof that a change was reached.

A call that notes it stands before the innermost statement that was changed. A value of a module or
a class is reached where a function reads it, or what other such values are made of it; a table of a
module is reached when a cell is read that the change made different.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

_CALL = "__change_was_reached__"


class _Note:
    """The file that says that the change was reached."""

    def __init__(self) -> None:
        self._path: str | None = None

    def to(self, path: str) -> None:
        """Note it in this file."""
        self._path = path

    def __call__(self) -> None:
        if self._path is not None:
            path, self._path = self._path, None
            file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            os.write(file, b"1")
            os.close(file)


NOTE = _Note()


@dataclass(frozen=True)
class Change:
    """A stretch of the changed text: what really differs of a replacement."""

    start: int
    end: int

    @staticmethod
    def between(find: str, replace: str, at: int) -> Change:
        """The part of `replace`, which begins at `at`, that `find` does not have."""
        least = min(len(find), len(replace))
        head = next((i for i in range(least) if find[i] != replace[i]), least)
        rest = least - head
        tail = next((i for i in range(rest) if find[-1 - i] != replace[-1 - i]), rest)
        return Change(at + head, at + len(replace) - tail)


class _Watched(dict[Any, Any]):
    """A table that notes when one of its different cells is read."""

    different: frozenset[Any] = frozenset()

    def _see(self, key: Any) -> None:
        if key in self.different:
            NOTE()

    def __getitem__(self, key: Any) -> Any:
        self._see(key)
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        self._see(key)
        return super().get(key, default)


_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


class Marker:
    """Puts the calls into the files of a program."""

    def __init__(
        self, sources: dict[Path, str], changes: dict[Path, list[Change]], files: list[Path]
    ) -> None:
        self._sources = sources
        self._files = files
        self._trees: dict[Path, ast.Module] = {}
        self._tables: dict[Path, set[str]] = {}
        self._touched = set(sources)
        self._calls = 0
        names: set[str] = set()
        for path, stretches in changes.items():
            tree = self._parsed(path)
            for stretch in stretches:
                names |= self._mark(path, tree, sources[path], stretch)
        if names:
            self._mark_readers(self._all_made_of(names))

    def touches(self, path: Path) -> bool:
        """Whether anything of a file is changed, or noted in it."""
        return path in self._touched

    def tree(self, path: Path) -> ast.Module:
        """The tree of a file, with its calls."""
        tree = self._parsed(path)
        if tree.body and not getattr(tree, "has_note", False):
            tree.has_note = True  # type: ignore[attr-defined]
            line = f"from reached import NOTE as {_CALL}"
            at = next(
                (
                    i
                    for i, one in enumerate(tree.body)
                    if not (isinstance(one, ast.ImportFrom) and one.module == "__future__")
                    and not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
                ),
                len(tree.body),
            )
            tree.body[at:at] = ast.parse(line).body
        return ast.fix_missing_locations(tree)

    def watch_tables(self, module: ModuleType, path: Path) -> None:
        """Watch the tables of a module whose text was changed."""
        names = self._tables.get(path, set())
        tables = {name for name in names if type(getattr(module, name, None)) is dict}
        if not tables:
            return
        before: dict[str, Any] = {"__name__": module.__name__, "__package__": module.__package__}
        before["__file__"] = module.__file__
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), before)
        for name in tables:
            table = _Watched(getattr(module, name))
            old = before[name]
            keys = table.keys() | old.keys()
            missing = object()
            table.different = frozenset(
                key for key in keys if table.get(key, missing) != old.get(key, missing)
            )
            setattr(module, name, table)
            for value in vars(module).values():  # a class that has the table as a member
                for member, held in list(vars(value).items()) if isinstance(value, type) else ():
                    if held == table and type(held) is dict:
                        setattr(value, member, table)

    def _parsed(self, path: Path) -> ast.Module:
        if path not in self._trees:
            text = self._sources.get(path)
            self._trees[path] = ast.parse(path.read_text("utf-8") if text is None else text)
        return self._trees[path]

    def _mark(self, path: Path, tree: ast.Module, text: str, change: Change) -> set[str]:
        """Put a call before a change, or give the names of the values that it changes."""
        first = text.count("\n", 0, change.start) + 1
        last = text.count("\n", 0, max(change.end - 1, change.start)) + 1
        block, index, inside = _place(tree, first, last)
        statement = block[index] if index < len(block) else None
        if inside is not None:
            if isinstance(statement, _Function):
                block, index = statement.body, 0
            self._call(block, index)
            return set()
        if isinstance(statement, _Function):  # its head
            self._call(statement.body, 0)
            return set()
        names = set(_targets(statement)) if statement is not None else set()
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            names = {alias.asname or alias.name for alias in statement.names}
        if block is tree.body:
            found = {name for name in names if self._makes_table(statement)}
            self._tables.setdefault(path, set()).update(found)
            names -= found
        return names

    @staticmethod
    def _makes_table(statement: ast.stmt | None) -> bool:
        value = getattr(statement, "value", None)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            return value.func.id == "table"
        return isinstance(value, ast.Dict)

    def _call(self, block: list[ast.stmt], index: int) -> None:
        call = ast.parse(f"{_CALL}()").body[0]
        near = block[min(index, len(block) - 1)]
        for node in ast.walk(call):
            ast.copy_location(node, near)
        block.insert(index, call)
        self._calls += 1

    def _all_made_of(self, names: set[str]) -> set[str]:
        """The names, and those of all values of modules and classes that are made of them."""
        names = set(names)
        while True:
            more = set()
            for path in self._files:
                for statement in _of_modules_and_classes(self._parsed(path).body):
                    if names & set(_reads(statement)):
                        more |= set(_targets(statement))
            if more <= names:
                return names
            names |= more

    def _mark_readers(self, names: set[str]) -> None:
        for path in self._files:
            if "tests" in path.parts:
                continue
            before = self._calls
            for function in ast.walk(self._parsed(path)):
                if isinstance(function, _Function):
                    heads = [function.args, *function.decorator_list]
                    if any(names & set(_reads(head)) for head in heads):
                        self._call(function.body, 0)
                    self._mark_in(function.body, names)
            if self._calls > before:
                self._touched.add(path)

    def _mark_in(self, block: list[ast.stmt], names: set[str]) -> None:
        for statement in list(block):
            if isinstance(statement, (*_Function, ast.ClassDef)):
                continue
            inner = list(_blocks(statement))
            within = {id(node) for one in inner for line in one for node in ast.walk(line)}
            if names & set(_reads(statement, within)):
                self._call(block, block.index(statement))
            for one in inner:
                self._mark_in(one, names)


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The lists of statements directly in a node."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block
    for name in ("handlers", "cases"):
        for part in getattr(node, name, []):
            yield part.body


def _place(
    tree: ast.Module, first: int, last: int
) -> tuple[list[ast.stmt], int, ast.AST | None]:
    """The innermost list of statements around some lines, the place in it, and the function."""
    block: list[ast.stmt] = tree.body
    inside: ast.AST | None = None
    while True:
        index = next(
            (i for i, one in enumerate(block) if (one.end_lineno or one.lineno) >= first),
            len(block),
        )
        if index == len(block):
            return block, index, inside
        holder = block[index]
        deeper = [
            one
            for one in _blocks(holder)
            if _start(one[0]) <= first and last <= (one[-1].end_lineno or 0)
        ]
        if not deeper:
            return block, index, inside
        if isinstance(holder, _Function):
            inside = holder
        block = deeper[0]


def _start(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])


def _of_modules_and_classes(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            yield statement
        elif isinstance(statement, (ast.ClassDef, ast.If)):
            yield from _of_modules_and_classes(statement.body)


def _targets(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement gives values to."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
        targets = [statement.target]
    for target in targets:
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                yield node.id


def _reads(node: ast.AST, without: set[int] = frozenset()) -> Iterator[str]:  # type: ignore[assignment]
    """The names that are read in a node, as names or as members."""
    for one in ast.walk(node):
        if id(one) in without or not isinstance(getattr(one, "ctx", None), ast.Load):
            continue
        if isinstance(one, ast.Name):
            yield one.id
        elif isinstance(one, ast.Attribute):
            yield one.attr
