"""Holds the table of promises, docs/trust.md, to the tests that it names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
TABLE = TESTS.parent / "docs" / "trust.md"
_NAMED = re.compile(r"`([\w/]+\.py)(?:::(\w+))?`")


def lines() -> list[list[str]]:
    """The cells of each promise: what is promised, what keeps it, what was found last."""
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return [row for row in cells if row[0] != "promise" and set(row[0]) != {"-"}]


@cache
def functions(file: str) -> dict[str, ast.FunctionDef]:
    """The tests of a file, by name."""
    path = TESTS / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    return {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def named() -> set[tuple[str, str]]:
    """File and function of every test in the table; a file named alone stands for all it holds."""
    found = set()
    for _, keeps, _ in lines():
        for file, function in _NAMED.findall(keeps):
            found |= {(file, function)} if function else {(file, each) for each in functions(file)}
    return found


def long_tests() -> Iterator[tuple[str, str]]:
    """Tests that are marked as torture, themselves or with their whole file or through a parameter."""
    for path in sorted(TESTS.rglob("test_*.py")):
        if path == Path(__file__):
            continue
        file = path.relative_to(TESTS).as_posix()
        text = path.read_text(encoding="utf-8")
        if "pytest.mark.torture" not in text:
            continue
        whole_file = any(
            isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]) == "pytestmark"
            and "torture" in ast.unparse(node.value)
            for node in ast.parse(text).body
        )
        for name, node in functions(file).items():
            marks = " ".join(map(ast.unparse, node.decorator_list))
            if whole_file or "pytest.mark.torture" in marks:
                yield file, name


@pytest.mark.parametrize("row", lines(), ids=lambda row: row[0])
def test_a_promise_names_the_tests_that_keep_it_and_what_they_found(row: list[str]) -> None:
    assert len(row) == 3
    promise, keeps, found = row
    assert promise
    assert found
    assert _NAMED.search(keeps), "no test is named"
    for file, function in _NAMED.findall(keeps):
        assert functions(file), f"tests/{file} has no tests"
        assert not function or function in functions(file), f"tests/{file} has no {function}"


def test_every_long_test_keeps_a_promise_of_the_table() -> None:
    assert set(long_tests()) - named() == set()
