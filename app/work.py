"""What background work works with: an installation, the moment, and who can make its reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BufferedRandom

from app.db import Database
from app.domain.errors import VekhaError
from app.domain.permissions import Actor
from app.services.plans import PlanInfo
from app.services.reports.asked import Asked
from app.storage import EvidenceStore
from config import Config


@dataclass(frozen=True, slots=True)
class Making:
    """What a maker of reports works with. It writes the report to `out`, a file that it may seek in.

    `progress(done, of)` tells how far it has come; it may be called as often as one likes, and costs nothing
    most of the time. Sessions are opened with `database.read()` and closed before anything slow.
    """

    plan: PlanInfo
    asked: Asked
    #: who asked for it
    actor: Actor
    database: Database
    store: EvidenceStore
    now: datetime
    out: BufferedRandom
    progress: Callable[[int, int], None]


#: makes a report of any kind and format
Maker = Callable[[Making], None]


class JobFailedError(VekhaError):
    """A job could not do what it should, or a check found something wrong; `params` are its result."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a job works on. `deep` asks for the checks that read every byte; without a maker reports wait."""

    config: Config
    database: Database
    store: EvidenceStore
    now: datetime
    deep: bool = False
    maker: Maker | None = None
