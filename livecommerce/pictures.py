"""Uploaded pictures: what they may be, and the WebP renditions made of them.

Nothing of the upload itself is ever served: pixels are decoded and encoded anew, turned the way
the camera held them, without EXIF (which tells where somebody lives) and without whatever else was
hidden in the file.
"""

import io
import threading
import warnings

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from livecommerce.errors import DomainError

WIDTHS = (320, 640, 1200)
FORMATS = ("JPEG", "PNG", "WEBP")
AT_ONCE, WAIT_SECONDS = 2, 20.0
"""Pictures unpacked at a time in a process: a file of a few kilobytes may be half a gigabyte of
pixels, and thirty threads take uploads."""
_QUALITY = 82
_few_at_once = threading.BoundedSemaphore(AT_ONCE)


def make_renditions(upload: "File[bytes]", *, widths: tuple[int, ...] = WIDTHS) -> dict[int, bytes]:
    """WebP by width in pixels; a small picture is never enlarged, so its own width may be the last.

    Raises DomainError with words: too large a file, no picture, a kind we do not take, a
    decompression bomb, a broken file; pictures_busy (503) when too many come at the same time.
    """
    if (upload.size or 0) > settings.MAX_UPLOAD_BYTES:
        raise DomainError(
            "picture_too_large",
            _("The picture is larger than %(megabytes)s MB. Make it smaller and try again.")
            % {"megabytes": settings.MAX_UPLOAD_BYTES // (1024 * 1024)},
            status=413,
        )
    if not _few_at_once.acquire(timeout=WAIT_SECONDS):
        raise DomainError(
            "pictures_busy",
            _("Too many at once. Please wait a moment and try again."),
            status=503,
            retry_after=5,
        )
    try:
        return _drawn(_decode(upload.read()), widths)
    finally:
        _few_at_once.release()


def _drawn(image: Image.Image, widths: tuple[int, ...]) -> dict[int, bytes]:
    fitting = [width for width in widths if width < image.width]
    chosen = [*fitting, image.width] if len(fitting) < len(widths) else fitting
    return {width: _webp(image, width) for width in chosen}


def _decode(data: bytes) -> Image.Image:
    """Sniffs the kind from the bytes: the file's name and declared type are only claims."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _refuse_bomb(image)
                image.draft("RGB", (max(WIDTHS), max(WIDTHS)))
                upright = ImageOps.exif_transpose(image)
                return upright.convert("RGBA" if _is_see_through(upright) else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise DomainError(
            "picture_unknown", _("This is not a JPEG, PNG or WebP picture."), status=415
        ) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise DomainError(
            "picture_broken", _("The picture is damaged and cannot be opened.")
        ) from error


def _refuse_bomb(image: Image.Image) -> None:
    """Size stands in the header: refuse before a single pixel is unpacked."""
    if image.width * image.height > settings.MAX_IMAGE_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> DomainError:
    return DomainError(
        "picture_too_many_pixels",
        _("The picture has more than %(millions)s million pixels. Make it smaller and try again.")
        % {"millions": settings.MAX_IMAGE_PIXELS // 1_000_000},
        status=413,
    )


def _is_see_through(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _webp(image: Image.Image, width: int) -> bytes:
    height = max(1, round(image.height * width / image.width))
    if width != image.width:
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=_QUALITY, method=4)
    return out.getvalue()
