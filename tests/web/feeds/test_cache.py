"""What a process keeps of calendars has bounds, however little each of them is."""

from __future__ import annotations

from datetime import UTC, datetime

from app.web.feeds.cache import Body, BodyCache, ComponentCache

MOMENT = datetime(2022, 6, 15, tzinfo=UTC)


def body(content: bytes) -> Body:
    return Body(content, "etag", MOMENT, ("Last-Modified", ""), [], [])


def test_ways_of_writing_that_write_nothing_are_forgotten_too() -> None:
    cache = ComponentCache()
    for number in range(5000):
        cache.written(("plan", number))
    assert len(cache._ways) < 500


def test_a_way_that_is_used_stays() -> None:
    cache = ComponentCache()
    cache.written("used").get(1, 1, lambda: b"component")
    for number in range(5000):
        cache.written(number)
        assert cache.written("used").get(1, 1, lambda: b"made anew") == b"component"


def test_the_largest_go_before_the_process_grows() -> None:
    cache = ComponentCache(capacity=1000)
    for number in range(20):
        cache.written(number).get(1, 1, lambda: b"x" * 400)
    assert sum(each.size for each in cache._ways.values()) <= 1400


def test_empty_calendars_count_too() -> None:
    cache = BodyCache(capacity=100_000)
    for number in range(5000):
        cache.get(number, 1, lambda: body(b""))
    assert len(cache._kept) < 200


def test_a_component_is_made_once_a_version() -> None:
    written, made = ComponentCache().written("way"), []

    def make() -> bytes:
        made.append(1)
        return b"component"

    for version in (1, 1, 2, 2):
        assert written.get(7, version, make) == b"component"
    assert len(made) == 2
