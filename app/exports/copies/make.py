"""A copy of a file for everybody, by its type."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from app.domain.errors import CannotBePublishedError
from app.exports.copies.office import clean_office
from app.exports.copies.open_document import clean_open_document
from app.exports.copies.pictures import clean_picture
from app.file_types import EXTENSIONS


class Copy(NamedTuple):
    """The bytes of a copy and the ending of its name."""

    content: bytes
    extension: str


def public_copy(path: Path, media_type: str) -> Copy:
    """A copy without names, places and dates of making, and without hidden things.

    Raises CannotBePublishedError, with the reason, for a file that cannot be freed of them.
    """
    extension = next((each for each, kind in EXTENSIONS.items() if kind == media_type), "")
    if extension in {"docx", "xlsx"}:
        return Copy(clean_office(path), extension)
    if extension in {"odt", "ods"}:
        return Copy(clean_open_document(path, media_type), extension)
    if extension in {"jpg", "png"}:
        return Copy(clean_picture(path.read_bytes(), extension), extension)
    # A PDF keeps names in its properties, its XMP, its pictures, its attachments and its older versions;
    # nothing that is installed can take them out for certain.
    raise CannotBePublishedError(
        "A PDF may name its author and keep earlier versions inside, and they cannot be taken out here for "
        "certain. Ask for the document as DOCX, XLSX, ODT or ODS, or publish a link."
    )
