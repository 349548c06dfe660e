"""The child process that looks at one file: `python -m app.inspection <file> <ending>`.

1. Give up what it does not need: memory, time, files to write, other programs, the network.
2. Look at the file. 3. Say on the output, as JSON, what it is or why it is not taken.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from app.inspection.looking import look
from app.inspection.refusing import RefusedError

#: bytes; a file of 50 MB that unfolds into 256 MB needs this much
MEMORY = 640 * 1024 * 1024
#: seconds
CPU = 10
#: what looking at a file has no reason to do
_NEVER = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "ctypes.")


def main(path: str, extension: str) -> None:
    _give_up()
    try:
        told: dict[str, str | int] = {"media_type": look(Path(path), extension)}
    except RefusedError as error:
        told = {"refused": error.reason, **error.params}
    print(json.dumps(told))


def _give_up() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse)


def _refuse(event: str, _: object) -> None:
    if event.startswith(_NEVER):
        raise PermissionError(event)


if __name__ == "__main__":
    main(*sys.argv[1:])
