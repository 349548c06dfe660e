"""gunicorn's own log, among that of the product and in its form; gunicorn.conf.py names it."""

from __future__ import annotations

from gunicorn.config import Config as ServerConfig
from gunicorn.glogging import Logger

from app import logs
from config import Config


class ServerLog(Logger):  # type: ignore[misc]
    """Hands what gunicorn tells to the log of the process, where the settings say how it is written."""

    def setup(self, cfg: ServerConfig) -> None:
        super().setup(cfg)
        logs.write(Config.from_env().log)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
