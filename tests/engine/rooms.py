"""Which room of the add-on names which: read from the syntax trees of ``models/``; no import shows what ``self._x`` reaches.

A file names another where it imports it, names its model or, inside SQL, its table, or uses a method or a field that only the
other defines. Names that several rooms define, names of one word, and those of the engine say nothing.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from scripts.paths import ADDON, ROOT

MODELS = ROOT / ADDON / "models"
#: What a class says of itself rather than defines.
OF_ITSELF = re.compile(
    r"_(name|inherit|inherits|description|order|rec_name|table|auto|abstract|log_access|check_company_auto)"
)
#: Names that Odoo's own records have as well.
OF_ODOO = frozenset({"activity_type_id", "date_deadline", "date_maturity", "invoice_ids"})
SQL_WORDS = re.compile(r"\b(SELECT|FROM|JOIN|UPDATE|INSERT|DELETE)\b")


class Arrow(NamedTuple):
    """``file`` names ``name`` on a line, which ``to`` defines: two files as room and module."""

    file: str
    line: int
    name: str
    to: str


@dataclass(frozen=True, eq=False)
class File:
    """One module, and what it defines."""

    room: str
    path: Path
    tree: ast.Module
    models: frozenset[str]
    names: frozenset[str]

    @property
    def name(self) -> str:
        """Room and module."""
        return f"{self.room}/{self.path.stem}"


@cache
def rooms() -> tuple[str, ...]:
    """The rooms in the order in which they are loaded."""
    tree = ast.parse((MODELS / "__init__.py").read_text(encoding="utf-8"))
    named = [alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    return tuple(name for name in named if (MODELS / name).is_dir())


@cache
def files() -> tuple[File, ...]:
    """All modules of the rooms."""
    paths = [path for room in rooms() for path in sorted((MODELS / room).glob("*.py")) if path.stem != "__init__"]
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> File:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    models, names = set(), set()
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef):
                names.add(statement.name)
            elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                name = statement.targets[0].id
                if name == "_name":
                    models |= {one for one in [ast.literal_eval(statement.value)] if one.startswith("collection.")}
                elif not OF_ITSELF.fullmatch(name):
                    names.add(name)
    return File(path.parent.name, path, tree, frozenset(models), frozenset(names))


@cache
def _of_the_engine() -> frozenset[str]:
    """What the rules call things: facts, findings, reasons."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (MODELS.parent / "engine").glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    fields = {node.target.id for node in nodes if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)}
    return frozenset(
        fields | {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    )


@cache
def _definers() -> tuple[dict[str, set[File]], dict[str, File]]:
    """Who defines each name, and each model."""
    by_name, by_model = defaultdict(list), {}
    for file in files():
        by_model |= dict.fromkeys(file.models, file)
        for name in file.names:
            by_name[name].append(file)
    return by_name, by_model


@cache
def arrows() -> tuple[Arrow, ...]:
    """Each place at which a file names what only another defines."""
    return (*_names(), *_imports())


def _names() -> Iterator[Arrow]:
    by_name, by_model = _definers()
    by_table = {model.replace(".", "_"): file for model, file in by_model.items()}
    for file in files():
        for node in ast.walk(file.tree):
            for name in _named(node, by_model, by_table):
                of_models = by_model.get(name) or by_table.get(name)
                found = [of_models] if of_models else by_name.get(name, [])
                places = {one.room for one in found}
                if found and file not in found and (len(found) == 1 or (len(places) == 1 and file.room not in places)):
                    yield Arrow(file.name, node.lineno, name, found[0].name)


def _named(node, by_model, by_table) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        if _says_something(node.attr):
            yield node.attr
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
        if SQL_WORDS.search(text):
            yield from (table for table in by_table if re.search(rf"\b{table}\b", text))
        elif text in by_model:
            yield text
        elif re.fullmatch(r"[a-z_.]+", text):
            yield from (part for part in text.split(".") if _says_something(part))


def _says_something(name: str) -> bool:
    return "_" in name and name not in OF_ODOO | _of_the_engine()


def _imports() -> Iterator[Arrow]:
    known = {(file.room, file.path.stem): file for file in files()}
    for file in files():
        for node in ast.walk(file.tree):
            if isinstance(node, ast.ImportFrom) and node.level in (1, 2) and node.module:
                room, _dot, module = node.module.rpartition(".")
                target = known.get((room or file.room, module))
                if target:
                    yield Arrow(file.name, node.lineno, node.module, target.name)


def upward() -> list[Arrow]:
    """The arrows to a room that is loaded later."""
    level = {room: place for place, room in enumerate(rooms())}
    return [one for one in arrows() if level[one.file.split("/")[0]] < level[one.to.split("/")[0]]]


def largest_knot() -> set[str]:
    """The largest set of files of which each needs each other, by whatever way."""
    needed = defaultdict(set)
    for one in arrows():
        needed[one.file].add(one.to)
    reached = {file.name: _reached(file.name, needed) for file in files()}
    knots = ({other for other in reached[name] if name in reached[other]} | {name} for name in reached)
    return max(knots, key=len, default=set())


def _reached(start: str, needed: dict[str, set[str]]) -> set[str]:
    found, ahead = set(), [start]
    while ahead:
        for other in needed[ahead.pop()] - found:
            found.add(other)
            ahead.append(other)
    return found
