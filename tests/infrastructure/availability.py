"""What happens when a machine lacks something that a test needs."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def unavailable(reason: str) -> NoReturn:
    """Skip the test, or fail it where `VEKHA_TEST_REQUIRE=all` says that nothing may be missing."""
    if os.environ.get("VEKHA_TEST_REQUIRE") == "all":
        pytest.fail(f"VEKHA_TEST_REQUIRE=all, but {reason}", pytrace=False)
    pytest.skip(reason)
