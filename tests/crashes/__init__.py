"""Whatever is killed: what was acknowledged is there, whole, and everything can be done again."""

from __future__ import annotations

import pytest

#: how many kills; 0: each step that is no statement once, and a few moments by chance. The long form is half
#: of two hundred, for it runs on both databases
NUMBERS = [
    pytest.param(0, id="short"),
    pytest.param(100, id="long", marks=[pytest.mark.torture, pytest.mark.timeout(900)]),
]
