"""What documents of the office formats have in common: light packages without the hour of packing."""

from __future__ import annotations

import io
import re
import zipfile

from docx.document import Document as DocumentObject

#: the first moment that a ZIP archive can name
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
#: kinds of parts of a package, as relationships name them
_UNNEEDED = ("/stylesWithEffects", "/thumbnail", "/customXml", "/numbering", "/webSettings")
#: what XML cannot hold
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return _UNWRITABLE.sub("", text)


def lighten(document: DocumentObject) -> None:
    """Leave out what the library's own template brings along and no reader needs: half of the bytes."""
    for relations in (document.part.rels, document.part.package.rels):
        for key in [key for key, each in relations.items() if each.reltype.endswith(_UNNEEDED)]:
            del relations[key]


def timeless(package: io.BytesIO) -> bytes:
    """The same archive without the hour at which it was packed."""
    written = io.BytesIO()
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return written.getvalue()
