# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Photos of strangers: looked at before they are decoded, and painted anew so that nothing but the picture is left."""
from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, WebPImagePlugin  # noqa: F401  # the last: Odoo stops Pillow from loading it by itself

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 30_000_000
"""More than any phone takes as it is set up; decoded it fills 120 MB."""
MAX_SIDE = 12_000
KEPT_SIDE = 2_000
"""Pixels of the longer side that are kept: enough to see a hazard, too few for the noise of one camera's sensor."""
QUALITIES = ((KEPT_SIDE, 82), (KEPT_SIDE, 60), (KEPT_SIDE // 2, 60))
"""Longer side and quality, tried in turn until the file is small enough."""
MAX_BYTES = 1_500_000
"""What is kept of a photo at most; a sharp one of a phone takes some 800 KB."""


class PhotoRefused(Exception):
    """A file that is not taken.

    :param reason: ``type`` (no JPEG, PNG or WebP), ``pixels`` (too large), or ``broken``
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_photo(content: bytes) -> None:
    """Look at the head of a file: nothing is decoded.

    :param content: the file
    :raise PhotoRefused: by its content it is no picture that we take, or it would be too large when decoded
    """
    with _opened(content):
        pass


def repaint_photo(content: bytes) -> bytes:
    """The picture alone, as a JPEG of at most ``KEPT_SIDE``: no EXIF, GPS, thumbnail, profile, comment or hidden layer.

    :param content: the file
    :raise PhotoRefused: it is none that we take, or it breaks while it is decoded
    """
    with _opened(content) as image:
        try:
            image.draft("RGB", (KEPT_SIDE, KEPT_SIDE))  # JPEG: decoded smaller at once
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((KEPT_SIDE, KEPT_SIDE))
            canvas = Image.new("RGB", upright.size, "white")
            if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                layer = upright.convert("RGBA")
                canvas.paste(layer, mask=layer.getchannel("A"))
            else:
                canvas.paste(upright.convert("RGB"))
            for side, quality in QUALITIES:
                canvas.thumbnail((side, side))
                output = io.BytesIO()
                canvas.save(output, "JPEG", quality=quality, optimize=True)
                if output.tell() <= MAX_BYTES:
                    break
        except Exception as error:  # a hostile file may break a decoder in any way
            raise PhotoRefused("broken") from error
    return output.getvalue()


def _opened(content: bytes) -> Image.Image:
    """The picture with its head read; by content, whatever the name of the file says."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # asked below, with a limit of our own
            image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise PhotoRefused("pixels") from error
    except Exception as error:  # a hostile file may break the reading of its head in any way
        raise PhotoRefused("type") from error
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise PhotoRefused("pixels")
    return image
