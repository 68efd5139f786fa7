"""Make a picture from outside safe to keep and to show: drawn anew, and nothing else kept of it.

Only the dots survive: no place, camera or owner written into the file, no script in it, and no
second file behind the first. Plain Python; no database, no clock.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from smarthub.kernel.errors import Refused

MOST_BYTES = 8_000_000
MOST_DOTS = 60_000_000
"""A phone's largest photograph has about 50 million; more is no screenshot but an attack."""
LONGEST_SIDE = 1600
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


class PictureRefused(Refused):
    """What was sent is too large, or no picture we read; ``reason`` says which."""

    code = "picture_refused"


def redraw(data: bytes) -> bytes:
    """Return a picture as a JPEG of its dots, at most ``LONGEST_SIDE`` long.

    Raises:
        PictureRefused: ``reason`` is ``size`` or ``kind``.
    """
    if len(data) > MOST_BYTES:
        raise PictureRefused(reason="size")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _drawn(data)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise PictureRefused(reason="kind") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused(reason="size") from error


def _drawn(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_DOTS:
            raise PictureRefused(reason="size")
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    drawn = io.BytesIO()
    clean.save(drawn, "JPEG", quality=85)
    return drawn.getvalue()
