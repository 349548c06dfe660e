"""How gunicorn serves Vekha. Options on gunicorn's own command line win over these."""

from __future__ import annotations

import os
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
graceful_timeout = 10

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
    """Keep a worker of background work beside the others, unless it has a service of its own."""
    parts = server.app.wsgi().extensions.get("vekha")
    if parts is None or not parts.background.is_beside or os.environ.get("VEKHA_BACKGROUND", "1") == "0":
        return
    from app.beside import WorkerBeside

    def work() -> None:
        for listener in server.LISTENERS:
            listener.sock.close()
        parts.database.forget_connections()
        parts.background.consume()

    server.worker_beside = beside = WorkerBeside(work)
    look_after_workers = server.manage_workers

    def manage_workers() -> None:
        look_after_workers()
        beside.keep()

    # gunicorn looks after its own workers each second, and has no other place for a process beside them.
    server.manage_workers = manage_workers


def on_exit(server: Any) -> None:
    """End the worker of background work with the server."""
    if beside := getattr(server, "worker_beside", None):
        beside.stop()
