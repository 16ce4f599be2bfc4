"""Still pictures out of a recording: one key frame decoded, made small, kept as JPEG."""

import io
from pathlib import Path

import av
from PIL import Image

from streams.media.recordings import SegmentFile

QUALITY = 78


class NoPicture(RuntimeError):
    """The segment holds nothing that can be decoded."""


def grab_frame(folder: Path, segment: SegmentFile, *, width: int) -> bytes:
    """The first picture of a segment as a JPEG of at most `width` pixels. Raises NoPicture."""
    data = (folder / segment.init.file).read_bytes() + (folder / segment.file).read_bytes()
    try:
        with av.open(io.BytesIO(data), "r", format="mp4") as container:
            frame = next(container.decode(video=0))
            picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    except (av.FFmpegError, StopIteration, IndexError) as error:
        raise NoPicture(str(error)) from error
    if picture.width > width:
        picture.thumbnail((width, width), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
