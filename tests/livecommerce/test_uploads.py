import pytest


@pytest.fixture
def picture(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "0123abcd.webp").write_bytes(b"picture")
    (tmp_path.parent / "secret.txt").write_text("nobody may read this")
    return "/media-files/products/0123abcd.webp"


def test_upload_is_served_for_a_long_time_without_debug(client, settings, picture):
    assert not settings.DEBUG

    answer = client.get(picture)

    assert b"".join(answer.streaming_content) == b"picture"
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "path", ["products/none.webp", "../secret.txt", "%2e%2e/secret.txt", "products/"]
)
def test_nothing_else_is_served(client, picture, path):
    answer = client.get(f"/media-files/{path}")

    assert answer.status_code in (400, 404)
    assert b"nobody may read this" not in answer.content
