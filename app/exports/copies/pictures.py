"""Pictures drawn anew from their dots: no EXIF, no place, no thumbnail, nothing behind the end."""

from __future__ import annotations

import io
from contextlib import suppress

from PIL import Image, ImageCms, ImageOps

from app.domain.errors import CannotBePublishedError

#: dots of a picture; a larger one would take more memory than a server has to spare
MOST_DOTS = 50_000_000
#: of a JPEG: nobody sees the difference at this one
_QUALITY = 90
#: what a picture may be drawn in
_MODES = {"jpg": {"L", "RGB"}, "png": {"1", "L", "LA", "P", "RGB", "RGBA"}}


def clean_picture(content: bytes, extension: str) -> bytes:
    """A JPEG (`jpg`) or PNG as it is seen. Raises CannotBePublishedError for one that cannot be read."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as picture:
            if picture.width * picture.height > MOST_DOTS:
                raise CannotBePublishedError(
                    "The picture is too large to be published. Please make it smaller."
                )
            return _drawn(_upright(picture), extension)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise CannotBePublishedError("The picture is damaged and cannot be published.") from error


def _upright(picture: Image.Image) -> Image.Image:
    """The first frame, turned as a viewer turns it, in the colours that it shows on a screen."""
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    if profile and upright.mode in {"RGB", "RGBA"}:
        with suppress(ImageCms.PyCMSError, OSError):
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(upright, own, ImageCms.createProfile("sRGB"))
            upright = converted if converted is not None else upright
    return upright


def _drawn(picture: Image.Image, extension: str) -> bytes:
    if picture.mode not in _MODES[extension]:
        alpha = extension == "png" and picture.has_transparency_data
        picture = picture.convert("RGBA" if alpha else "RGB")
    seen = picture.info.get("transparency") if extension == "png" else None
    # What Pillow knows of a picture it writes into the copy: profile, EXIF, texts, comment, resolution.
    picture.info = {} if seen is None else {"transparency": seen}
    written = io.BytesIO()
    if extension == "jpg":
        picture.save(written, "JPEG", quality=_QUALITY, optimize=True)
    else:
        picture.save(written, "PNG", optimize=True)
    return written.getvalue()
