"""DOCX and XLSX: the properties go, and every part that is not shown; what names people is refused."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Set
from pathlib import Path

from app.domain.errors import CannotBePublishedError
from app.exports.copies.packages import HIDDEN_CELLS, HIDDEN_TEXT, clean_image, pack, read_parts, text_of

_TYPES = "[Content_Types].xml"
#: parts that nobody sees, and that say who made the document and where: they are left out
_UNSEEN = re.compile(
    r"docProps/|customXml/|docMetadata/|_xmlsignatures/|package/|.*/printerSettings/|.*/people\.xml$|xl/persons/"
    r"|.*/(?:webSettings|stylesWithEffects)\.xml$|word/glossary/|xl/calcChain\.xml$",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r".*/(?:comments\w*|threadedComments/\w+)\.xml$", re.IGNORECASE)
_XML = re.compile(r".*\.(?:xml|rels|vml)$", re.IGNORECASE)
_MEDIA = re.compile(r".*/media/[^/]+$")
#: within the parts of XML, what names a person, a computer or a folder
_NAMING = (
    re.compile(r"<(?:\w+:)?(?:fileSharing|absPath|attachedTemplate)\b[^>]*?(?:/>|>.*?</[^>]*>)", re.DOTALL),
    re.compile(r"<(?:\w+:)?(docVars|mailMerge|rsids)\b[^>]*>.*?</(?:\w+:)?\1>", re.DOTALL),
)
#: the printer's settings are left out, and with them what the set-up of a page names
_PAGE_SETUP = re.compile(r"(<(?:\w+:)?pageSetup\b[^>]*?)\s+\w+:id=\"[^\"]*\"")
_AUTHOR = re.compile(r"\b(?:\w+:)?author\s*=\s*[\"']")
_HIDDEN_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*\bstate\s*=\s*[\"'](?:hidden|veryHidden)")
_HIDDEN_CELLS = re.compile(r"<(?:\w+:)?(?:row|col)\b[^>]*\bhidden\s*=\s*[\"'](?:1|true)[\"']")
#: a style may hide text too, but those that every document brings along are used nowhere
_HIDDEN_TEXT = re.compile(r"<(?:\w+:)?vanish\b(?![^>]*\bval\s*=\s*[\"'](?:0|false|off)[\"'])")
_STYLES = re.compile(r"word/(?:styles|numbering)\.xml$")
_COMMENT = re.compile(r"<(?:\w+:)?(?:comment|threadedComment|commentEx)\b")
_RELATIONSHIP = re.compile(r"<(?:\w+:)?Relationship\b[^>]*?(?:/>|></(?:\w+:)?Relationship>)")
_OVERRIDE = re.compile(
    r"<(?:\w+:)?Override\b[^>]*?\bPartName\s*=\s*[\"']/?([^\"']+)[\"'][^>]*?(?:/>|></[^>]*>)"
)
_TARGET = re.compile(r"(\bTarget\s*=\s*[\"'])([^\"']*)([\"'])")
_EXTERNAL = re.compile(r"\bTargetMode\s*=\s*[\"']External[\"']")
#: where anybody may be led
_OPEN = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
#: of what the package names as a whole, the document alone is shown
_DOCUMENT = re.compile(r"/officeDocument[\"']")
_ROOT = "_rels/.rels"
_TEMPLATE = re.compile(r"/(?:attachedTemplate|mailMerge\w*)[\"']")


def clean_office(path: Path) -> bytes:
    """The document as it is shown and printed. Raises CannotBePublishedError, with the reason."""
    parts = read_parts(path)
    unseen = set(_beside_the_document(text_of(_ROOT, parts.get(_ROOT, b""))))
    kept = {
        name: content
        for name, content in parts.items()
        if name not in unseen and not _is_left_out(name, content)
    }
    gone = parts.keys() - kept.keys()
    return pack({name: _cleaned(name, content, gone) for name, content in kept.items()})


def _beside_the_document(relations: str) -> Iterator[str]:
    """Properties and pictures of the first page, under whatever names they stand."""
    for found in _RELATIONSHIP.findall(relations):
        if not _DOCUMENT.search(found) and (target := _TARGET.search(found)):
            yield _resolved("", target[2])


def _is_left_out(name: str, content: bytes) -> bool:
    """Whether it is a part that nobody sees, or one for comments that holds none."""
    if _COMMENTS.match(name):
        return not _COMMENT.search(text_of(name, content))
    return _UNSEEN.match(name) is not None


def _cleaned(name: str, content: bytes, gone: Set[str]) -> bytes:
    if _MEDIA.match(name):
        return clean_image(name, content)
    if not _XML.match(name) or "/embeddings/" in name:
        return clean_image(name, content)
    text = text_of(name, content)
    if name == _TYPES:
        return _OVERRIDE.sub(lambda found: "" if found[1] in gone else found[0], text).encode()
    if name.endswith(".rels"):
        return "".join(_relations(name, text, gone)).encode()
    _refuse(name, text)
    for pattern in _NAMING:
        text = pattern.sub("", text)
    return _PAGE_SETUP.sub(r"\1", text).encode()


def _refuse(name: str, text: str) -> None:
    if _COMMENT.search(text):
        raise CannotBePublishedError(
            "The document holds comments, and they name people. Take them out and attach the file again."
        )
    if _AUTHOR.search(text):
        raise CannotBePublishedError(
            "The document holds tracked changes, and they name people. "
            "Accept or reject them and attach the file again."
        )
    if _HIDDEN_SHEET.search(text):
        raise CannotBePublishedError(
            "The table has hidden sheets. Show them or take them out, and attach the file again."
        )
    if name.startswith("xl/") and _HIDDEN_CELLS.search(text):
        raise CannotBePublishedError(HIDDEN_CELLS)
    if name.startswith("word/") and not _STYLES.match(name) and _HIDDEN_TEXT.search(text):
        raise CannotBePublishedError(HIDDEN_TEXT)
    if name.startswith(("xl/pivotCache/", "xl/externalLinks/", "xl/revisions/", "xl/connections")):
        raise CannotBePublishedError(
            "The table keeps data of other tables inside. Keep only what is shown, and attach the file again."
        )


def _relations(name: str, text: str, gone: Set[str]) -> Iterator[str]:
    """The relationships of a part, without those to what is gone and to folders of somebody's computer."""
    folder = posixpath.dirname(posixpath.dirname(name))
    end = 0
    for found in _RELATIONSHIP.finditer(text):
        yield text[end : found.start()]
        end = found.end()
        target = _TARGET.search(found[0])
        if target is None or _TEMPLATE.search(found[0]):
            continue
        if _EXTERNAL.search(found[0]):
            open_to_all = _OPEN.match(target[2]) is not None
            yield found[0] if open_to_all else _TARGET.sub(r"\1about:blank\3", found[0])
        elif _resolved(folder, target[2]) not in gone:
            yield found[0]
    yield text[end:]


def _resolved(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
