"""What can go wrong, as one tree. The web translates it to HTTP, the command line to exit codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.domain.plausibility import Doubt


class VekhaError(Exception):
    """Base of everything that a person may be told. `message` is an English msgid, `params` fill it in."""

    message = "Something went wrong."

    def __init__(self, message: str | None = None, **params: object) -> None:
        self.message = message or self.message
        self.params = params
        super().__init__(self.message % params if params else self.message)


class NotFoundError(VekhaError):
    """It does not exist, or this person may not know that it does."""

    message = "There is nothing here."


class NotAllowedError(VekhaError):
    message = "You may not do this."


class ConflictError(VekhaError):
    """Somebody changed it meanwhile."""

    message = "Somebody changed this while you were filling in the form. Look at what changed and try again."


class WrongStateError(VekhaError):
    """The trigger is unknown or not open from the present state."""

    message = "This cannot be done now: the state is “%(state)s”."


class GuardRefusedError(VekhaError):
    """The step is open, but something that it needs is missing: `missing` holds pairs (code, detail)."""

    message = "Something is missing."

    def __init__(self, missing: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self.missing = missing


class InvalidInputError(VekhaError):
    """What was entered cannot be taken; `fields` names the field and the reason (English msgids)."""

    message = "Please correct what is marked below."

    def __init__(self, fields: Mapping[str, str], **params: object) -> None:
        super().__init__(None, **params)
        self.fields = dict(fields)


class DoubtfulFiguresError(VekhaError):
    """Figures that are hardly so, by their keys: whoever gives them is asked, and corrects or explains.

    `unexplained` are those that were called right without a word why.
    """

    message = "Some numbers are unusual. Correct them, or say why they are right."

    def __init__(self, doubts: Mapping[str, tuple[Doubt, ...]], unexplained: frozenset[str]) -> None:
        super().__init__()
        self.doubts = dict(doubts)
        self.unexplained = unexplained


class UploadRefusedError(VekhaError):
    """A file that is empty, too large, of a type that is not taken, or not what its name says."""

    def __init__(self, name: str, message: str, **params: object) -> None:
        super().__init__(message, name=name, **params)
        self.name = name


class WithheldError(VekhaError):
    """A file that is there, and is not given: harmful, or not known to be harmless yet."""

    message = "The file is not given at the moment."


class CannotBePublishedError(VekhaError):
    """A file that cannot be freed of what it tells of its makers."""

    message = "The file cannot be published."


class FeedRevokedError(VekhaError):
    message = "This calendar address was withdrawn."


class LinkSpentError(VekhaError):
    message = "This link does not count any more."


class OutageError(VekhaError):
    """The machine or its database cannot do it now, through no fault of who asks."""

    message = "This cannot be done now; please try again in a moment."
    #: seconds after which it is worth to ask again; None when somebody must do something first
    retry_after: int | None = None


class DatabaseBusyError(OutageError):
    """Somebody holds the database longer than anybody waits for it."""

    message = "The database is busy. Nothing was changed; please try again in a moment."
    retry_after = 10


class DatabaseAwayError(OutageError):
    """The database does not answer; whether it took the last thing that it was told, nobody knows."""

    message = "The database does not answer. Please send it again in a moment: it is not done twice."
    retry_after = 30


class ReadOnlyError(OutageError):
    """The database or the store can be read and not written."""

    message = "Nothing can be saved now, only read. Nothing was changed; please tell the administrator."


class NoRoomError(OutageError):
    """The disk is full."""

    message = "There is no room left on the server. Nothing was changed; please tell the administrator."


class StorageError(OutageError):
    """The store cannot take or give a file now."""

    message = "The file could not be stored. Nothing was changed; please try again."


class PdfUnavailableError(VekhaError):
    """The library that prints pages is not installed, or lacks what it needs of the machine."""

    message = "A PDF cannot be made on this server: %(reason)s"


class TooManyAttemptsError(VekhaError):
    message = "Too many attempts. Please wait %(seconds)s seconds and try again."


class NoDayError(InvalidInputError):
    """The day whose state is asked for cannot be read."""

    message = "This is no date. Please write it as in 2022-05-31."

    def __init__(self, field: str) -> None:
        super().__init__({field: self.message})


class DayToComeError(InvalidInputError):
    """The day whose state is asked for lies ahead."""

    message = "This day is still to come: nothing can be told of it."

    def __init__(self, field: str) -> None:
        super().__init__({field: self.message})


class OutsideWindowError(InvalidInputError):
    """A date that is not inside the plan's period."""

    def __init__(self, field: str, start: date, end: date) -> None:
        super().__init__(
            {field: "The date must lie between %(start)s and %(end)s."},
            start=start.isoformat(),
            end=end.isoformat(),
        )
