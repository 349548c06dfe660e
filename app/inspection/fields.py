"""Fields of a document: what it computes or fetches by itself, read as the programs read it.

An instruction may be spread over many runs, written in another encoding or with characters by their numbers,
so that looking for words in the bytes finds little.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers import expat

from app.inspection.refusing import DAMAGED, EXTERNAL, UNUSUAL, RefusedError

#: parts that need not be read are most: names of elements can be hidden by the encoding alone
_HINTS = re.compile(rb"instr|ddeLink|dde-|fld")
_WIDE = (b"\xfe\xff", b"\xff\xfe", b"<\0", b"\0<")
#: elements that fetch, whatever they say
_DDE = frozenset({"ddeLink", "dde-source", "dde-connection-decl"})
_RUNNING = re.compile(r"^\s*DDE\b|\bDDEAUTO\b", re.IGNORECASE)
_BRINGING = re.compile(r"^\s*(?:INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|LINK|RD)\b", re.IGNORECASE)
#: an address of another computer: of the web, or a share of Windows, with its strokes doubled or not
_ELSEWHERE = re.compile(
    r"\b(?:https?|ftps?)://[^\s\"]*|\bfile:[\\/]{2,}(?![\\/]|[A-Za-z]:)[^\s\"]+|(?<![^\s\"])\\\\[^\s\"]+",
    re.IGNORECASE,
)


def refuse_fetching_fields(content: bytes) -> None:
    """Refuse a part of XML with a field that runs something or fetches from elsewhere."""
    if content.startswith(_WIDE) or _HINTS.search(content):
        _Reader().read(content)


class _Reader:
    """Gathers the instruction of each field, of one within another apart."""

    def __init__(self) -> None:
        #: instructions of the fields that are open, the innermost last; the first belongs to none
        self.open: list[str] = [""]
        self.is_instruction = False

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._declared
        parser.StartElementHandler = self._begun
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._said
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            raise RefusedError(DAMAGED) from error
        for instruction in self.open:
            _refuse(instruction)

    def _declared(self, *_: object) -> None:
        raise RefusedError(UNUSUAL)

    def _begun(self, name: str, attributes: Mapping[str, str]) -> None:
        own = _own(name)
        if own in _DDE:
            raise RefusedError(EXTERNAL, target="DDE")
        if own == "instrText":
            self.is_instruction = True
        elif own in {"fldChar", "fldSimple"}:
            said = {_own(key): value for key, value in attributes.items()}
            _refuse(said.get("instr", ""))
            if said.get("fldCharType") == "begin":
                self.open.append("")
            elif said.get("fldCharType") == "end" and len(self.open) > 1:
                _refuse(self.open.pop())

    def _ended(self, name: str) -> None:
        if _own(name) == "instrText":
            self.is_instruction = False

    def _said(self, text: str) -> None:
        if self.is_instruction:
            self.open[-1] += text


def _own(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse(instruction: str) -> None:
    if _RUNNING.search(instruction):
        raise RefusedError(EXTERNAL, target="DDE")
    if _BRINGING.search(instruction) and (found := _ELSEWHERE.search(instruction)):
        raise RefusedError(EXTERNAL, target=found[0][:100])
