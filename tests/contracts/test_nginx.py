"""What nginx does with our addresses; with nginx at hand, by nginx itself."""

import os
import re
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from tests.livecommerce.embedded.shop import free_ports

CONF = Path(settings.BASE_DIR) / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")

LOCATIONS = {
    "/": "pages",
    "/static/": "pages",
    "= /readyz": "pages",
    "/ws/": "realtime",
    r"~ ^/media/[A-Za-z0-9_-]+/(whip|whep)(/|$)": "media_webrtc",
    r"~ ^/media/[A-Za-z0-9_-]+/[A-Za-z0-9_.-]+\.(m4s|mp4)$": "media_hls",
    r"~ ^/media/[A-Za-z0-9_-]+/([a-z]+[0-9]+_)?(stream|sound|plain)\.m3u8$": "media_hls",
    r"~ ^/media/[A-Za-z0-9_-]+/replay/": "replays",
    "/media/": "media_hls",
}


def blocks(text):
    """Each `location …` and its body."""
    return dict(
        re.findall(r"^        location (.+?) \{\n(.*?)^        \}", text, re.MULTILINE | re.DOTALL)
    )


@pytest.mark.parametrize(("location", "upstream"), LOCATIONS.items())
def test_location_leads_to_its_role(location, upstream):
    assert f"proxy_pass http://{upstream}" in blocks(CONF.read_text())[location]


def test_sockets_are_upgraded():
    text = CONF.read_text()

    assert "proxy_set_header Upgrade $http_upgrade;" in text
    assert "proxy_set_header Connection $connection_upgrade;" in text


@pytest.mark.parametrize("location", [name for name in LOCATIONS if "media" in name])
def test_the_engines_question_for_a_password_stays_inside(location):
    """What is said for the whole server holds only where a location hides nothing of its own."""
    body = blocks(CONF.read_text())[location]
    hides = re.findall(r"proxy_hide_header ([\w-]+);", body)

    assert not hides or "WWW-Authenticate" in hides


def test_braces_are_balanced():
    text = re.sub(r"#.*|\"[^\"]*\"", "", CONF.read_text())

    assert text.count("{") == text.count("}")


class Upstream(BaseHTTPRequestHandler):
    """Stands for every role: answers with who was asked for what, and counts."""

    asked = []

    def do_GET(self):
        self.asked.append(self.path)
        asked_for_right = "index.m3u8" in self.path or "token=late" in self.path
        denied = asked_for_right and "token=good" not in self.path
        body = f"{self.server.role} {self.path}".encode()
        self.send_response(401 if denied else 200)
        if denied:  # as MediaMTX does
            self.send_header("WWW-Authenticate", 'Basic realm="mediamtx"')
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "public, max-age=3600, immutable")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.send_response(201)
        self.send_header("Location", "/room1/whip/session1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """nginx with our configuration in front of stand-ins; its own check where it is not there."""
    folder = tmp_path_factory.mktemp("nginx")
    port = free_ports(1)
    servers = {}
    text = CONF.read_text().replace("listen 8080;", f"listen 127.0.0.1:{port};")
    for role in ("pages:8000", "realtime:8001", "media:8889", "media:8888", "replays:8002"):
        server = servers[role] = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
        server.role = role
        threading.Thread(target=server.serve_forever, daemon=True).start()
        text = text.replace(f"server {role};", f"server 127.0.0.1:{server.server_port};")
    text = text.replace("/tmp/nginx", f"{folder}/nginx").replace("/srv/files/", f"{folder}/files/")
    # As root, nginx's workers would be another user, who may not enter the tests' folder.
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(f"daemon off;\n{user}{text}")
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        for _ in range(200):
            try:
                client.get("/livez")
                break
            except httpx.TransportError:
                threading.Event().wait(0.05)
        yield client
    process.terminate()
    process.wait(10)
    for server in servers.values():
        server.shutdown()
        server.server_close()


if NGINX:  # the reading tests above hold everywhere; these ask nginx itself

    def test_pages_get_everything_else(site):
        assert site.get("/rooms/abc/").text == "pages:8000 /rooms/abc/"

    def test_engine_hooks_are_closed_to_the_outside(site):
        assert site.get("/hooks/media/auth/guess").status_code == 404

    def test_media_prefix_is_taken_off_and_put_back(site):
        answer = site.post("/media/room1/whip")

        assert answer.status_code == 201
        assert answer.headers["location"] == "/media/room1/whip/session1"

    def test_playlist_goes_to_the_engine_with_its_token(site):
        answer = site.get("/media/room1/stream.m3u8?token=good&_HLS_msn=3")

        assert answer.text == "media:8888 /room1/stream.m3u8?token=good&_HLS_msn=3"

    @pytest.mark.parametrize("name", ["stream", "sound", "video1_stream"])
    def test_a_list_is_asked_for_once_by_all_who_share_a_token(site, name):
        def asked():
            return len([path for path in Upstream.asked if f"/room5/{name}.m3u8" in path])

        address = f"/media/room5/{name}.m3u8?token=good&_HLS_msn=9&_HLS_part=1"
        before = asked()
        assert {site.get(address).status_code for _ in range(5)} == {200}
        assert asked() == before + 1
        site.get(f"{address}&other=1")
        assert asked() == before + 2, "another list is another question"

    def test_a_list_of_one_token_is_not_given_to_another(site):
        site.get("/media/room6/stream.m3u8?token=good&_HLS_msn=1")
        before = len(Upstream.asked)
        site.get("/media/room6/stream.m3u8?token=forged&_HLS_msn=1")

        assert len(Upstream.asked) == before + 1, "the engine is asked"

    def test_a_replay_goes_to_the_shops_own_engine(site):
        answer = site.get("/media/room1/replay/1700000000.m4s")

        assert answer.text == "replays:8002 /room1/replay/1700000000.m4s"

    def test_sound_alone_is_made_once_too(site):
        before = len([path for path in Upstream.asked if "ap9.0.m4s" in path])
        for _ in range(3):
            assert site.get("/media/room1/ap9.0.m4s?token=good").status_code == 200

        assert len([path for path in Upstream.asked if "ap9.0.m4s" in path]) == before + 1

    def test_part_is_made_once_for_all_who_may_read(site):
        before = len([path for path in Upstream.asked if "p7.0.m4s" in path])
        for _ in range(3):
            answer = site.get("/media/room1/p7.0.m4s?token=good")
            assert answer.status_code == 200
            assert answer.text.startswith("media:8888 /room1/p7.0.m4s")

        assert len([path for path in Upstream.asked if "p7.0.m4s" in path]) == before + 1

    def test_part_in_the_cache_is_refused_without_a_right(site):
        site.get("/media/room1/p8.0.m4s?token=good")

        assert site.get("/media/room1/p8.0.m4s?token=forged").status_code == 403
        assert site.get("/media/room1/p8.0.m4s").status_code == 403
        assert site.get("/media/room2/p8.0.m4s?token=forged").status_code == 403
        assert site.get("/media/room2/p8.0.m4s?token=forged").status_code == 403, "remembered"

    @pytest.mark.parametrize("name", ["index.m3u8", "video1_stream.m3u8", "p9.0.m4s"])
    def test_no_browser_asks_a_viewer_for_a_password(site, name):
        """The engine's 401 would make it, when a token runs out under the shop's own name."""
        answer = site.get(f"/media/room7/{name}?token=late")

        assert answer.status_code in (401, 403)
        assert "www-authenticate" not in answer.headers
