"""JPEG and PNG: their heads are read, and no dot of them is drawn."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from app.inspection.refusing import DAMAGED, DOTS, RefusedError

#: millions of dots; a sheet of A2 at 600 dots an inch has 140, a camera up to 200
MOST_MILLIONS = 250


def look_at_picture(path: Path) -> None:
    """Refuse a picture that cannot be read, or that would fill the memory of who opens it."""
    # Pillow's own limit is lower, and none of the dots is read here.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(path, formats=["JPEG", "PNG"]) as picture:
            width, height = picture.size
    except (OSError, ValueError, SyntaxError, OverflowError) as error:
        raise RefusedError(DAMAGED) from error
    if width * height > MOST_MILLIONS * 1_000_000:
        raise RefusedError(DOTS, width=width, height=height, limit=MOST_MILLIONS)
