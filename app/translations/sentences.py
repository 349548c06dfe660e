"""What a person may be told by code that knows no gettext.

Rules, services and the store raise their messages as plain English literals, and the screen translates
them. Babel cannot know such a literal by the call around it, because many stand in a mapping or in a
variable first; but there they are the only strings that read like a sentence.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO, TypeGuard

#: several words, from a capital, an opening quotation mark or a value to the end of a sentence or a value
_SENTENCE = re.compile(r"(?:[A-Z“]|%\().* .*(?:[.…!?]|\)s)")

_Message = tuple[int, None, str, list[str]]


def extract(
    fileobj: BinaryIO, keywords: Mapping[str, object], comment_tags: object, options: object
) -> Iterator[_Message]:
    """The sentences of a module, docstrings left out: an extraction method of Babel (see babel.cfg)."""
    tree = ast.parse(fileobj.read())
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in documentation and is_sentence(node.value):
            yield node.lineno, None, node.value, []


def is_sentence(value: object) -> TypeGuard[str]:
    """Whether a literal reads like something that a person is told."""
    return isinstance(value, str) and _SENTENCE.fullmatch(value) is not None
