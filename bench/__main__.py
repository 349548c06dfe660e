"""Every figure of the product beside a bare Flask page on the same server, in one run.

Each round measures the bare page and then each page for the same time, so that a machine whose speed
drifts does not favour either; the ratio is taken within a round, and the median of the rounds counts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from bench.client import Client
from bench.large import COLD_TARGET, OCCURRENCES, WARM_TARGET, Large
from bench.large import measure as measure_large
from bench.log import TARGET as LINE_TARGET
from bench.log import Line
from bench.log import measure as measure_log
from bench.many import PLANS, TARGET, Many
from bench.many import measure as measure_many
from bench.reports import MEMORY_TARGET, Made
from bench.reports import measure as measure_reports
from bench.scenes import PASSWORD, Scene, new_feed, scenes
from bench.server import Server, prepare, serve

COLD_START_ROUNDS = 5
#: fetches of a calendar over which the memory of a worker must not grow, but for so many MB
FETCHES = 1000
GROWTH_TARGET = 2.0


@dataclass
class Figure:
    """A measured scene: its rate in each round, and the bare page's beside it."""

    scene: Scene
    rates: list[float]
    ratios: list[float]


@dataclass
class Results:
    """All that was measured."""

    figures: list[Figure]
    #: seconds
    starts: list[float]
    #: MB of a worker, and how many more after FETCHES of a calendar
    resident: float
    growth: float
    line: Line
    large: Large
    many: Many
    reports: list[Made]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds (default 7)")
    parser.add_argument("--seconds", type=float, default=1.0, help="seconds a scene a round (default 1)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = prepare(Path(folder) / "instance")
        starts = [_cold_start(environment) for _ in range(COLD_START_ROUNDS)]
        with serve("bench.bare:app", "/", {}) as bare, serve("wsgi:app", "/healthz", environment) as vekha:
            figures = _measure(bare, vekha, arguments.rounds, arguments.seconds)
            resident = max(vekha.resident())
            growth = _growth(vekha)
        large = measure_large(Path(folder) / "instance", Path(folder))
        many = measure_many(Path(folder) / "instance", Path(folder))
        reports = measure_reports(Path(folder) / "instance", Path(folder))
    results = Results(figures, starts, resident, growth, measure_log(), large, many, reports)
    (_print_json if arguments.json else _print_table)(results)


def _cold_start(environment: dict[str, str]) -> float:
    with serve("wsgi:app", "/healthz", environment) as server:
        return server.started_in


def _measure(bare: Server, vekha: Server, rounds: int, seconds: float) -> list[Figure]:
    with Client(bare.port) as yardstick:
        request = yardstick.prepare("GET", "/")
        figures = [Figure(scene, [], []) for scene in scenes(vekha.port)]
        for _ in range(rounds):
            for figure in figures:
                plain = _rate(lambda: yardstick.exchange(request), seconds / 2)
                rate = _rate(figure.scene.act, seconds)
                figure.rates.append(rate)
                figure.ratios.append(rate / plain)
    return figures


def _growth(vekha: Server) -> float:
    """MB by which the worker grows over FETCHES, once its caches have seen more than they keep."""
    with Client(vekha.port) as deputy, Client(vekha.port) as reader:
        deputy.sign_in("deputy", PASSWORD)
        path = new_feed(deputy)
        requests = [
            reader.prepare("GET", f"{path}?alarms={first},{second}")
            for first, second in combinations(range(61), 2)
        ]
        for request in requests[:800]:
            reader.exchange(request)
        before = max(vekha.resident())
        for request in requests[800 : 800 + FETCHES]:
            reader.exchange(request)
        return max(vekha.resident()) - before


def _rate(act: Callable[[], object], seconds: float) -> float:
    """How often a second the act can be done, one after another."""
    act()
    count, begun = 0, time.perf_counter()
    while (passed := time.perf_counter() - begun) < seconds:
        act()
        count += 1
    return count / passed


def _print_table(results: Results) -> None:
    print(f"{'scene':<44}{'a second':>10}{'ratio':>9}{'min':>8}{'max':>8}{'target':>9}")
    for figure in results.figures:
        ratio = statistics.median(figure.ratios)
        print(
            f"{figure.scene.name:<44}{statistics.median(figure.rates):>10.0f}{ratio:>9.3f}"
            f"{min(figure.ratios):>8.3f}{max(figure.ratios):>8.3f}{figure.scene.target:>9.2f}"
            f"{_verdict(ratio >= figure.scene.target)}"
        )
    starts, large = results.starts, results.large
    print(f"cold start: median {statistics.median(starts):.2f} s, worst {max(starts):.2f} s (target 1.5 s)")
    print(f"resident memory of a worker: {results.resident:.0f} MB (target 150 MB)")
    print(
        f"its growth over {FETCHES} fetches of a calendar, each asked another way: {results.growth:.1f} MB"
        f" (target {GROWTH_TARGET:.0f} MB){_verdict(results.growth <= GROWTH_TARGET)}"
    )
    line = results.line
    print(
        f"a line of the log: {line.seconds * 1e6:.0f} µs, {line.times:.1f} times a plain one"
        f" (target {LINE_TARGET:.0f}){_verdict(line.times <= LINE_TARGET)}"
    )
    cold, warm, other = (1000 * statistics.median(each) for each in (large.cold, large.warm, large.other))
    print(f"{OCCURRENCES} occurrences, built by icalendar: {other:.0f} ms")
    print(
        f"  the first answer: {cold:.0f} ms, {large.cold_times:.1f} times faster (target {COLD_TARGET})"
        f"{_verdict(large.cold_times >= COLD_TARGET)}"
    )
    print(
        f"  from then on: {warm:.2f} ms, {large.warm_times:.0f} times faster (target {WARM_TARGET})"
        f"{_verdict(large.warm_times >= WARM_TARGET)}"
    )
    many = results.many
    first, usual, bare = (statistics.median(each) for each in (many.first, many.usual, many.bare))
    print(f"{PLANS} plans, {many.tasks} tasks, read by a bare SELECT: {1000 * bare:.0f} ms")
    print(
        f"  the first daily run ({many.steps} steps, {many.letters} letters): {first:.1f} s,"
        f" {many.first_times:.1f} times as long (target {TARGET}){_verdict(many.first_times <= TARGET)}"
    )
    print(
        f"  the run of the next day: {usual:.1f} s, {many.usual_times:.1f} times as long (target {TARGET})"
        f"{_verdict(many.usual_times <= TARGET)}"
    )
    for made in results.reports:
        reached = made.memory <= MEMORY_TARGET and (made.target is None or made.seconds <= made.target)
        within = f" (target {made.target:.0f} s)" if made.target is not None else ""
        print(
            f"{made.name}: {made.seconds:.1f} s{within}, {made.memory:.0f} MB (target {MEMORY_TARGET:.0f} MB)"
            f"{_verdict(reached)}"
        )


def _verdict(reached: bool) -> str:
    return "" if reached else "  missed"


def _print_json(results: Results) -> None:
    content = {
        "scenes": [
            {
                "name": figure.scene.name,
                "per_second": statistics.median(figure.rates),
                "ratio": statistics.median(figure.ratios),
                "target": figure.scene.target,
            }
            for figure in results.figures
        ],
        "cold_start_seconds": statistics.median(results.starts),
        "resident_mb": results.resident,
        "growth_mb": results.growth,
        "log_line_times_a_plain_one": results.line.times,
        "large_calendar": {
            "occurrences": OCCURRENCES,
            "cold_times_faster_than_icalendar": results.large.cold_times,
            "warm_times_faster_than_icalendar": results.large.warm_times,
        },
        "daily_run": {
            "plans": PLANS,
            "tasks": results.many.tasks,
            "first_times_a_bare_select": results.many.first_times,
            "usual_times_a_bare_select": results.many.usual_times,
            "first_seconds_by_job": results.many.by_job,
        },
        "reports": [
            {"name": made.name, "seconds": made.seconds, "memory_mb": made.memory, "bytes": made.size}
            for made in results.reports
        ],
    }
    print(json.dumps(content, indent=2))


if __name__ == "__main__":
    main()
