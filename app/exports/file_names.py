"""Names of files that every system can hold, Windows above all: nothing reserved, and not too long."""

from __future__ import annotations

import re
import unicodedata

#: characters that no name of Windows holds
_RESERVED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
#: names of devices there, with any extension
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
#: an extension that is kept when a name is cut
_EXTENSION = re.compile(r"\.[^. ]{1,8}$")


def safe_name(text: str, longest: int) -> str:
    """The text as the name of a file or a folder, of at most so many characters; its extension stays.

    Cyrillic stays as it is: composed (NFC), an archive marks it as UTF-8.
    """
    name = " ".join(_RESERVED.sub("_", unicodedata.normalize("NFC", text)).split()).rstrip(". ")
    if len(name) > longest:
        found = _EXTENSION.search(name)
        extension = found[0] if found else ""
        name = name[: longest - len(extension)].rstrip(". ") + extension
    if not name or _DEVICES.fullmatch(name):
        name = f"_{name}"[:longest]
    return name


class FreeNames:
    """Paths that were given out: the next of the same name gets a number, whatever its case."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, folder: str, name: str) -> str:
        """A path in the folder that nothing else has."""
        found = _EXTENSION.search(name)
        extension = found[0] if found else ""
        stem = name.removesuffix(extension)
        path, number = f"{folder}/{name}", 1
        while path.casefold() in self._taken:
            number += 1
            path = f"{folder}/{stem} ({number}){extension}"
        self._taken.add(path.casefold())
        return path
