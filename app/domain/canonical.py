"""One text for one content, so that a hash over it says whether it is the same."""

from __future__ import annotations

import json


def canonical(content: object) -> str:
    """JSON that is the same for the same content: keys in order, no blanks, letters as they are."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
