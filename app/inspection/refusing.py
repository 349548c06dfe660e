"""Why a file is not taken: each reason with what is wrong and what to do, and what belongs into the words."""

from __future__ import annotations

DISGUISED = "disguised"
DAMAGED = "damaged"
ENCRYPTED = "encrypted"
MACROS = "macros"
PROGRAM = "program"
ACTIONS = "actions"
EXTERNAL = "external"
UNUSUAL = "unusual"
UNFOLDS = "unfolds"
CROWDED = "crowded"
DOTS = "dots"
#: looking took too much, or broke
UNFINISHED = "unfinished"
#: nobody had time to look
BUSY = "busy"

#: of a file `name`, which is to be one of a `type`
WORDS = {
    DISGUISED: (
        "“%(name)s” is not a %(type)s file, whatever its name says. "
        "Open it in the program that made it, save it as %(type)s and attach that."
    ),
    DAMAGED: (
        "“%(name)s” is damaged or was cut off. Check that it opens, save or scan it anew and attach that."
    ),
    ENCRYPTED: (
        "“%(name)s” is locked with a password or against printing and copying. "
        "Save it without protection and attach that."
    ),
    MACROS: (
        "“%(name)s” holds macros, and nobody may be made to run them. "
        "Save it as a %(type)s file without macros, or as PDF, and attach that."
    ),
    PROGRAM: (
        "“%(name)s” holds a program or another file inside: %(part)s. "
        "Take it out, save the document and attach that."
    ),
    ACTIONS: (
        "“%(name)s” runs a script or starts a program. "
        "Print it to PDF anew, which leaves that out, and attach the result."
    ),
    EXTERNAL: (
        "“%(name)s” fetches something from elsewhere when it is opened: %(target)s. "
        "Break the link or put a copy into the document, save it and attach that."
    ),
    UNUSUAL: (
        "“%(name)s” is not packed as an office program packs a document. "
        "Open it, save it anew as %(type)s and attach that."
    ),
    UNFOLDS: (
        "“%(name)s” unfolds into far more than a document needs. "
        "Make it smaller or save it as PDF, and attach that."
    ),
    CROWDED: ("“%(name)s” is made of far more parts than a document needs. Save it as PDF and attach that."),
    DOTS: (
        "“%(name)s” is %(width)s × %(height)s dots large; pictures of at most %(limit)s million dots are "
        "taken. Make it smaller and attach that."
    ),
    UNFINISHED: (
        "“%(name)s” could not be checked: it is too complicated or made in an unusual way. "
        "Save or print it anew as PDF and attach that, or tell the administrator."
    ),
    BUSY: (
        "“%(name)s” could not be checked: too many files are being checked at the moment. "
        "Attach it once more in a minute."
    ),
}


class RefusedError(Exception):
    """The file is not taken. `params` go into the words of the reason."""

    def __init__(self, reason: str, **params: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params
