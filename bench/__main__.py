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
from pathlib import Path

from bench.client import Client
from bench.scenes import Scene, scenes
from bench.server import Server, prepare, serve

COLD_START_ROUNDS = 5


@dataclass
class Figure:
    """A measured scene: its rate in each round, and the bare page's beside it."""

    scene: Scene
    rates: list[float]
    ratios: list[float]


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
            resident = vekha.resident()
    (_print_json if arguments.json else _print_table)(figures, starts, resident)


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


def _rate(act: Callable[[], object], seconds: float) -> float:
    """How often a second the act can be done, one after another."""
    act()
    count, begun = 0, time.perf_counter()
    while (passed := time.perf_counter() - begun) < seconds:
        act()
        count += 1
    return count / passed


def _print_table(figures: list[Figure], starts: list[float], resident: list[float]) -> None:
    print(f"{'scene':<44}{'a second':>10}{'ratio':>9}{'min':>8}{'max':>8}{'target':>9}")
    for figure in figures:
        ratio = statistics.median(figure.ratios)
        verdict = "" if ratio >= figure.scene.target else "  missed"
        print(
            f"{figure.scene.name:<44}{statistics.median(figure.rates):>10.0f}{ratio:>9.3f}"
            f"{min(figure.ratios):>8.3f}{max(figure.ratios):>8.3f}{figure.scene.target:>9.2f}{verdict}"
        )
    print(f"cold start: median {statistics.median(starts):.2f} s, worst {max(starts):.2f} s (target 1.5 s)")
    print(f"resident memory of a worker: {max(resident):.0f} MB (target 150 MB)")


def _print_json(figures: list[Figure], starts: list[float], resident: list[float]) -> None:
    content = {
        "scenes": [
            {
                "name": figure.scene.name,
                "per_second": statistics.median(figure.rates),
                "ratio": statistics.median(figure.ratios),
                "target": figure.scene.target,
            }
            for figure in figures
        ],
        "cold_start_seconds": statistics.median(starts),
        "resident_mb": max(resident),
    }
    print(json.dumps(content, indent=2))


if __name__ == "__main__":
    main()
