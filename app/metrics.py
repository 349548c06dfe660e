"""Figures for Prometheus: what the workers count, what the installation says of itself, and who tells it.

Workers count into files that all of them share, in the way of prometheus_client: one a process and kind,
mapped into memory, in a folder that lives as long as the server. A process beside them answers `/metrics` on
an address of its own (`VEKHA_METRICS`), never the public one. Nothing of the library is imported before
that; it must find the folder in PROMETHEUS_MULTIPROC_DIR, which gunicorn.conf.py sees to.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterable, Iterator
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from app.anchor import Anchor
from app.db import Database
from app.health import Findings, Health, free_bytes, is_ready
from app.services import outbox
from app.services.counters import badges
from app.services.job_runs import last_runs
from app.services.plans import all_plans
from app.storage import EvidenceStore
from app.version import __version__
from config import Config

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from prometheus_client.metrics_core import Metric

#: upper bounds, seconds: a page takes tens of milliseconds, a report and an upload may take many seconds
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)
#: answers to a sign-in that let nobody in
_NOT_LET_IN = frozenset({401, 422, 429})
#: seconds that who asks for figures may keep a thread waiting
_PATIENCE = 10


class Counting:
    """What one worker counts. `seen` is called once a request."""

    def __init__(self, database: Database) -> None:
        from prometheus_client import Counter, Gauge, Histogram

        self._seconds = Histogram(
            "vekha_request_seconds",
            "Time until a request was answered",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=None,
        )
        self._requests = Counter(
            "vekha_requests", "Requests by their answer", ("method", "route", "status"), registry=None
        )
        self._failures = Counter(
            "vekha_sign_in_failures", "Attempts to sign in that let nobody in", registry=None
        )
        self._busy = Counter(
            "vekha_database_outages",
            "Errors by which the database let a request down",
            ("kind",),
            registry=None,
        )
        in_use = Gauge(
            "vekha_database_connections",
            "Connections to the database that are in use",
            multiprocess_mode="livesum",
            registry=None,
        )
        database.watch(taken=lambda: in_use.inc(), given_back=lambda: in_use.dec(), let_down=self._let_down)

    def seen(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._seconds.labels(method, route).observe(seconds)
        self._requests.labels(method, route, str(status)).inc()
        if route == "/login" and method == "POST" and status in _NOT_LET_IN:
            self._failures.inc()

    def _let_down(self, kind: str) -> None:
        self._busy.labels(kind).inc()


class Installation:
    """What the database and the disks say, asked anew whenever somebody asks."""

    def __init__(self, config: Config, database: Database, health: Health) -> None:
        self._config = config
        self._database = database
        self._health = health

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked before somebody wants to know."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All of it; where the database does not answer, what can be said without it."""
        about = {
            "version": __version__,
            "python": platform.python_version(),
            "database": self._database.engine.dialect.name,
        }
        yield _one("vekha_build", "What runs here", 1, about)
        findings = self._health.look()
        yield _one("vekha_ready", "Whether requests can be answered", is_ready(findings))
        states = {name: finding.state == "ok" for name, finding in findings.items()}
        yield _many("vekha_check_ok", "What /readyz looks at, and whether it is well", "check", states)
        free = free_bytes(self._config)
        yield _many("vekha_disk_free_bytes", "Free room on the disk of a folder", "folder", free)
        if findings["database"].state == "ok" and findings["migrations"].state == "ok":
            yield from self._asked()

    def _asked(self) -> Iterator[Metric]:
        clock = self._config.clock
        with self._database.read() as session:
            runs, letters, plans = last_runs(session), outbox.standing(session), all_plans(session)
            now = clock.now()
            overdue = {plan.code: badges(session, plan.id, plan.today(now), None).overdue for plan in plans}
        begun = {name: run.begun_at.timestamp() for name, run in runs.items() if run.begun_at}
        yield _many("vekha_job_last_run_timestamp_seconds", "When a job was begun last", "job", begun)
        failed = {name: run.failed_runs for name, run in runs.items()}
        yield _many("vekha_job_failed_runs", "Failures of a job since it last went well", "job", failed)
        lasted = {
            name: (run.finished_at - run.started_at).total_seconds()
            for name, run in runs.items()
            if run.finished_at
        }
        yield _many("vekha_job_last_duration_seconds", "How long a job took last", "job", lasted)
        waiting = {"waiting": letters.waiting, "dead": letters.dead}
        yield _many("vekha_outbox_letters", "Letters that wait, and that were given up", "state", waiting)
        age = (now - letters.oldest).total_seconds() if letters.oldest else 0
        yield _one("vekha_outbox_oldest_seconds", "Age of the letter that waits the longest", age)
        yield _many("vekha_overdue_tasks", "Tasks that are overdue", "plan", overdue)
        ends = {plan.code: plan.revision for plan in plans}
        yield _many("vekha_journal_position", "Entries of the journal", "plan", ends)
        anchored = Anchor(self._config.anchor).last()
        places = {code: head.position for code, head in anchored.items()}
        yield _many("vekha_anchor_position", "Entry of the journal that was anchored last", "plan", places)
        times = {code: head.at.timestamp() for code, head in anchored.items()}
        yield _many("vekha_anchor_timestamp_seconds", "When it was anchored last", "plan", times)


def serve(config: Config, database: Database, store: EvidenceStore, folder: str) -> None:
    """Answer `/metrics`, and `/readyz` with its details, until the process is told to end."""
    host, port = config.metrics
    health = Health(config, database, store)
    answer = _answering(Installation(config, database, health), health, folder)
    with make_server(host, port, answer, _Server, _Quiet) as server:
        server.serve_forever()


def _answering(installation: Installation, health: Health, folder: str) -> Callable[..., list[bytes]]:
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    registry.register(installation)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        if environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"] == "/metrics":
            body = generate_latest(registry)
            start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
            return [body]
        if environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"] == "/readyz":
            return _ready(health.look(), start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"Ask for /metrics or /readyz.\n"]

    return answer


def _ready(findings: Findings, start_response: StartResponse) -> list[bytes]:
    ready = is_ready(findings)
    checks = {name: finding._asdict() for name, finding in findings.items()}
    status = "200 OK" if ready else "503 Service Unavailable"
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps({"ready": ready, "checks": checks}, ensure_ascii=False).encode()]


def _one(name: str, words: str, value: float, labels: dict[str, str] | None = None) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    metric = GaugeMetricFamily(name, words, labels=list(labels or {}))
    metric.add_metric(list((labels or {}).values()), float(value))
    return metric


def _many(name: str, words: str, label: str, values: dict[str, Any]) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    metric = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        metric.add_metric([key], float(value))
    return metric


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    """Logs nothing: who asks does so every few seconds."""

    timeout = _PATIENCE

    def log_message(self, format: str, *args: Any) -> None:
        return
