"""How gunicorn serves Vekha. Options on gunicorn's own command line win over these."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("VEKHA_WORKERS", "2"))

# Threads keep connections open between requests (a calendar's 304 costs less than its handshake)
# and let one worker serve a page while another upload still trickles in.
worker_class = "gthread"
threads = 4
keepalive = 15
timeout = 60
# Whoever has begun to send an upload when the server is told to end may finish it.
graceful_timeout = 30

# The application is loaded once, before the fork: workers share its memory and start at once.
preload_app = True

# A worker shows that it lives by touching a file: on a slow disk that would look like a hang.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None

# gunicorn would believe X-Forwarded-Proto and SCRIPT_NAME of whoever asks from this machine, however many
# proxies there are: VEKHA_PROXIES alone says whom to believe (app/web/__init__.py).
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""

# Its control socket would stand in the home directory, one for every installation there.
control_socket_disable = True

# What gunicorn tells stands among what the application does, and requests are told by that alone.
logger_class = "app.server_log.ServerLog"
accesslog = None
errorlog = "-"
loglevel = "warning"


def post_fork(server: Any, worker: Any) -> None:
    """Leave the database connections that loading opened to the parent process."""
    parts = worker.app.wsgi().extensions.get("vekha")
    if parts is not None:
        parts.database.forget_connections()


def when_ready(server: Any) -> None:
    """Keep processes beside the workers: one for background work, one that tells figures."""
    parts = server.app.wsgi().extensions.get("vekha")
    if parts is None:
        return
    server.besides = []
    if parts.background.is_beside and os.environ.get("VEKHA_BACKGROUND", "1") != "0":
        _keep_beside(server, parts.background.consume, "the worker of background work")
    if parts.config.metrics[1]:
        _count(server, parts)


def _count(server: Any, parts: Any) -> None:
    """Have the workers count, and a process beside them tell it."""
    folder = tempfile.mkdtemp(prefix="vekha-metrics-", dir=worker_tmp_dir)
    # prometheus_client reads it while it is imported, which happens here for the first time.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = server.metrics_folder = folder
    from app import metrics

    server.app.wsgi().extensions["vekha.observed"].count = metrics.Counting(parts.database).seen
    tell = partial(metrics.serve, parts.config, parts.database, parts.store, folder)
    _keep_beside(server, tell, "the process that tells figures")


def _keep_beside(server: Any, work: Callable[[], None], name: str) -> None:
    from app.beside import WorkerBeside

    parts = server.app.wsgi().extensions["vekha"]

    def alone() -> None:
        for listener in server.LISTENERS:
            listener.sock.close()
        parts.database.forget_connections()
        work()

    beside = WorkerBeside(alone, name)
    server.besides.append(beside)
    look_after_workers = server.manage_workers

    def manage_workers() -> None:
        look_after_workers()
        beside.keep()

    # gunicorn looks after its own workers each second, and has no other place for a process beside them.
    server.manage_workers = manage_workers
    stop_workers = server.stop

    def stop(graceful: bool = True) -> None:
        # Both end what they are about at the same time, and not one after the other.
        beside.end()
        stop_workers(graceful)

    server.stop = stop


def on_reload(server: Any) -> None:
    """Start the processes beside anew with the workers; what they have begun they end before."""
    for beside in getattr(server, "besides", ()):
        beside.stop()


def child_exit(server: Any, worker: Any) -> None:
    """What a worker that is gone had in use counts no longer."""
    if getattr(server, "metrics_folder", None):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid, server.metrics_folder)


def on_exit(server: Any) -> None:
    """End the processes beside with the server."""
    for beside in getattr(server, "besides", ()):
        beside.stop()
    if folder := getattr(server, "metrics_folder", None):
        shutil.rmtree(folder, ignore_errors=True)
