"""What holds for the whole engine: its examples are true, and it knows neither the clock nor the framework."""

import ast
import doctest
import importlib
import sys
from dataclasses import is_dataclass
from pathlib import Path

import pytest

import engine

SOURCES = sorted(path for path in Path(engine.__file__).parent.glob("*.py") if path.name != "__init__.py")
CLOCKS = {"today", "now", "utcnow", "time_ns", "monotonic", "localtime", "gmtime"}

each_module = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


@each_module
def test_the_examples_in_the_docstrings_are_true(source):
    result = doctest.testmod(importlib.import_module(f"engine.{source.stem}"))
    assert result.attempted > 0, f"{source.name} has no example that a collector could read"
    assert result.failed == 0


@each_module
def test_it_stands_on_the_standard_library_alone(source):
    imported = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            imported.add(node.module.split(".")[0])
    assert imported <= sys.stdlib_module_names


@each_module
def test_facts_and_answers_cannot_be_changed(source):
    module = importlib.import_module(f"engine.{source.stem}")
    records = [one for one in vars(module).values() if isinstance(one, type) and is_dataclass(one)]
    assert all(one.__dataclass_params__.frozen for one in records)


@each_module
def test_it_never_asks_what_day_it_is(source):
    asked = {
        node.func.attr
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not asked & CLOCKS
