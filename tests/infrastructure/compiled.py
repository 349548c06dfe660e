"""Templates and statements compiled once a test process: nearly every test has an application of its own."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

import pytest
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, create_engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule


class CompiledTemplates(BytecodeCache):
    """Kept in memory by name and content, for every application of the process."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[bucket.key, bucket.checksum] = bucket.code


class CompiledStatements:
    """`create_engine` for tests: engines of one kind of database share what their statements compile to.

    SQLAlchemy keeps that with an engine and its dialect, and an engine lasts as long as a test.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Engine] = {}

    def create_engine(self, url: str, **options: Any) -> Engine:
        """An engine of its own pool, with the dialect and the statements of the first of its kind."""
        engine = create_engine(url, **options)
        if engine.name not in self._kept:
            self._kept[engine.name] = _connected(url)
        first = self._kept[engine.name]
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
        return engine


def _connected(url: str) -> Engine:
    """An engine whose dialect has seen its database: only by its own engine does it learn the version."""
    engine = create_engine("sqlite://" if url.startswith("sqlite") else url)
    engine._compiled_cache = LRUCache(5000)
    engine.connect().close()
    engine.dispose()
    return engine


class CompiledRoutes:
    """What builds the addresses of routes, by the route: an application compiles two functions for each."""

    def __init__(self) -> None:
        self._kept: dict[object, Callable[..., tuple[str, str]]] = {}
        self._compile = Rule._compile_builder

    def patch(self, patch: pytest.MonkeyPatch) -> None:
        """Have every application take what an earlier one compiled."""
        kept, compiled = self._kept, self._compile

        def builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
            if rule.defaults:
                return compiled(rule, append_unknown)
            key = (rule.rule, tuple(rule._trace), append_unknown)
            if key not in kept:
                kept[key] = compiled(rule, append_unknown)
            return kept[key]

        patch.setattr(Rule, "_compile_builder", builder)
