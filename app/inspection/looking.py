"""Looking at one file: by its name's ending, with what the ending promises."""

from __future__ import annotations

from pathlib import Path

from app.file_types import EXTENSIONS
from app.inspection.refusing import DISGUISED, ENCRYPTED, RefusedError

#: how a file of each ending begins
_BEGINNINGS = {
    "pdf": b"%PDF-",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "png": b"\x89PNG\r\n\x1a\n",
}
_ARCHIVE = b"PK\x03\x04"
#: an older package of Microsoft's; a document with a password is put into one
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")


def look(path: Path, extension: str) -> str:
    """The media type of a file that is what its ending says and may be taken. Raises RefusedError."""
    with path.open("rb") as file:
        head = file.read(16)
    if not head.startswith(_BEGINNINGS.get(extension, _ARCHIVE)):
        if head.startswith(_COMPOUND) and extension not in _BEGINNINGS and _LOCKED in path.read_bytes():
            raise RefusedError(ENCRYPTED)
        raise RefusedError(DISGUISED)
    # Each is imported when it is needed: a child process looks at one file.
    if extension == "pdf":
        from app.inspection.pdf import look_at_pdf

        look_at_pdf(path)
    elif extension in _BEGINNINGS:
        from app.inspection.pictures import look_at_picture

        look_at_picture(path)
    else:
        from app.inspection.office import look_at_document

        look_at_document(path, extension)
    return EXTENSIONS[extension]
