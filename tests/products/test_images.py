"""Uploaded pictures are made anew, or refused in words."""

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from livecommerce import pictures
from livecommerce.errors import DomainError
from livecommerce.pictures import make_renditions
from products.domain.images import add_image
from tests.factories import make_product


def upload(image, kind="JPEG", name="photo.jpg", **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return SimpleUploadedFile(name, out.getvalue())


def sizes(renditions):
    return {width: Image.open(io.BytesIO(data)).size for width, data in renditions.items()}


def huge_png(side):
    """A PNG of a few bytes that unpacks to side × side pixels."""

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def test_a_large_picture_gets_three_renditions():
    made = make_renditions(upload(Image.new("RGB", (2000, 1000), "teal")))
    assert sizes(made) == {320: (320, 160), 640: (640, 320), 1200: (1200, 600)}


def test_only_few_pictures_are_unpacked_at_a_time(monkeypatch):
    monkeypatch.setattr(pictures, "WAIT_SECONDS", 0.01)
    picture = Image.new("RGB", (50, 50), "teal")
    with pictures._few_at_once, pictures._few_at_once:
        with pytest.raises(DomainError) as refused:
            make_renditions(upload(picture))
        assert (refused.value.code, refused.value.status) == ("pictures_busy", 503)
    for _ in range(pictures.AT_ONCE + 1):  # also after one that could not be read
        with pytest.raises(DomainError):
            make_renditions(SimpleUploadedFile("x.jpg", b"no picture"))
    assert sizes(make_renditions(upload(picture))) == {50: (50, 50)}


def test_a_small_picture_is_not_enlarged():
    made = make_renditions(upload(Image.new("RGB", (500, 500), "teal")))
    assert sizes(made) == {320: (320, 320), 500: (500, 500)}


def test_exif_is_stripped_and_orientation_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright: turn a quarter
    exif[0x010E] = "where I live"
    made = make_renditions(upload(Image.new("RGB", (400, 200), "teal"), exif=exif))
    image = Image.open(io.BytesIO(made[200]))
    assert (image.format, image.size, dict(image.getexif())) == ("WEBP", (200, 400), {})


def test_see_through_pictures_stay_so():
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    made = make_renditions(upload(image, "PNG"))
    assert Image.open(io.BytesIO(made[320])).mode == "RGBA"


@pytest.mark.parametrize("mode", ["L", "P", "CMYK"])
def test_odd_colour_modes_are_taken(mode):
    made = make_renditions(upload(Image.new(mode, (400, 400)), "PNG" if mode == "P" else "JPEG"))
    assert 320 in made


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "picture_unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_unknown"),
        (b"GIF89a" + b"\0" * 100, "picture_unknown"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "picture_unknown"),
        (huge_png(30_000), "picture_too_many_pixels"),
        (huge_png(9_000), "picture_too_many_pixels"),
    ],
)
def test_what_is_no_picture_is_refused(data, code):
    with pytest.raises(DomainError) as refused:
        make_renditions(SimpleUploadedFile("photo.jpg", data, "image/jpeg"))
    assert refused.value.code == code
    assert refused.value.message


def test_a_truncated_picture_is_refused():
    whole = upload(Image.effect_noise((400, 400), 50)).read()
    with pytest.raises(DomainError) as refused:
        make_renditions(SimpleUploadedFile("photo.jpg", whole[: len(whole) // 2]))
    assert refused.value.code == "picture_broken"


def test_too_many_bytes_are_refused_unread(settings):
    settings.MAX_UPLOAD_BYTES = 1000
    with pytest.raises(DomainError) as refused:
        make_renditions(SimpleUploadedFile("photo.jpg", b"x" * 1001))
    assert (refused.value.code, refused.value.status) == ("picture_too_large", 413)


@pytest.mark.django_db
def test_a_product_picture_is_stored_under_a_new_name():
    product = make_product()
    image = add_image(
        product=product, upload=upload(Image.new("RGB", (1500, 1500), "teal"), name="my house.jpg")
    )
    assert set(image.renditions) == {"320", "640", "1200"}
    assert all(default_storage.exists(name) for name in image.renditions.values())
    assert "house" not in image.file.name
    assert image.url_at(320).endswith("-320.webp")
    assert image.url_at(5000).endswith("-1200.webp")
    assert product.picture == image
