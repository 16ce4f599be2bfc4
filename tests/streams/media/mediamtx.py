"""MediaMTX's control API and playback server in one stand-in, in its own words: payloads.json has
what version 1.20.1 answered (real_mediamtx.py captures and compares)."""

import io
import json
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import av
import imageio_ffmpeg

_FRAGMENTS = "frag_keyframe+empty_moov+default_base_moof"
_CUT = {
    "movflags": f"{_FRAGMENTS}+frag_discont",
    "use_editlist": "0",
    "avoid_negative_ts": "disabled",
}
"""FFmpeg leaves the times of a cut as they are."""
KNOWN = json.loads((Path(__file__).parent / "payloads.json").read_text("utf-8"))


class MediaMtx:
    """A server that answers as MediaMTX's API reference says."""

    def __init__(self) -> None:
        now = datetime.now(UTC)
        self.kicked = []
        since = (now - timedelta(seconds=30)).isoformat().replace("+00:00", "123Z")
        path = KNOWN["path"] | {
            "readyTime": since,
            "availableTime": since,
            "onlineTime": since,
            "readers": [{"type": "hlsSession", "id": "85"}, {"type": "webRTCSession", "id": "77"}],
        }
        session = KNOWN["webrtcsession"]
        sessions = [
            session | {"id": "5c5b"},
            session | {"id": "77", "state": "read"},
            session | {"id": "88", "path": "other"},
        ]
        self.path = path
        self.defaults = dict(KNOWN["pathdefaults"])
        old = (now - timedelta(minutes=10)).isoformat()
        self.answers = {
            "/v3/paths/get/room": path,
            "/v3/paths/list": {
                "itemCount": 2,
                "pageCount": 1,
                "items": [path, path | {"name": "idle", "ready": False, "online": False}],
            },
            "/v3/webrtcsessions/list": {"itemCount": 3, "pageCount": 1, "items": sessions},
            "/v3/recordings/get/room": {"name": "room", "segments": [{"start": old}]},
            "/v3/rtmpconns/list": {"itemCount": 0, "pageCount": 0, "items": []},
            "/v3/config/pathdefaults/get": self.defaults,
        }
        later = (now - timedelta(minutes=5)).isoformat()
        self.lists = {
            "room": [
                {"start": old, "duration": 6.0, "url": "x"},
                {"start": later, "duration": 6.0, "url": "x"},
            ]
        }
        self.unreadable = set()  # starts of files that a full disk left
        self.files = []
        self.fetched, self.deleted, self.patched, self.bearers = [], [], [], set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                place = self.path.split("?")[0]
                query = dict(parse_qsl(urlsplit(self.path).query))
                if place == "/get":
                    return self.hand_out(query)
                answer = server.answers.get(place)
                if place == "/list":
                    return self.list(query)
                if place.startswith("/v3/recordings/get/") and answer is None:
                    answer = {"name": place.rsplit("/", 1)[1], "segments": []}
                missing = {"status": "error", "error": "path not found"}
                return self.reply(200 if answer else 404, answer or missing)

            def list(self, query):
                """A file that cannot be read spoils the whole list; no folder is an error."""
                found = server.lists.get(query["path"])
                if found is None:
                    return self.reply(400, KNOWN["never_recorded"])
                first, last = (query.get(name) for name in ("start", "end"))
                found = [
                    one
                    for one in found
                    if (not first or _moment(one, ends=True) > datetime.fromisoformat(first))
                    and (not last or _moment(one) <= datetime.fromisoformat(last))
                ]
                if any(one["start"] in server.unreadable for one in found):
                    return self.reply(500, {"status": "error", "error": "EOF"})
                missing = {"status": "error", "error": "no recording segments found"}
                return self.reply(200 if found else 404, found or missing)

            def do_PATCH(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                server.defaults |= json.loads(body)
                server.patched.append(json.loads(body))
                self.reply(200, {"status": "ok"})

            def hand_out(self, query):
                server.fetched.append(self.path)
                server.bearers.add(self.headers.get("authorization"))
                body = server.cut(query)
                if not body:
                    return self.reply(404, {"status": "error", "error": "no recordings found"})
                self.send_response(200)
                self.send_header("content-type", "video/mp4")
                self.send_header("accept-ranges", "none")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                return self.wfile.write(body)

            def do_DELETE(self):
                server.deleted.append(self.path)
                self.reply(200, {"status": "ok"})

            def do_POST(self):
                server.kicked.append(self.path)
                self.reply(200, {"status": "ok"})

            def reply(self, status, answer):
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def cut(self, query) -> bytes:
        """A part of a stretch's file; what begins with the stretch, as it is."""
        first = datetime.fromisoformat(query["start"])
        found = zip(self.lists[query["path"]], self.files, strict=False)
        for stretch, file in sorted(found, key=lambda pair: pair[0]["start"], reverse=True):
            since = (first - _moment(stretch)).total_seconds()
            if since >= 0:
                return cut_mp4(file, since, float(query["duration"]))
        return b""

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _moment(stretch, *, ends=False):
    began = datetime.fromisoformat(stretch["start"])
    return began + timedelta(seconds=stretch["duration"] if ends else 0)


def cut_mp4(data: bytes, since: float, seconds: float) -> bytes:
    """Packets of a span of time, their times counted from its beginning."""
    target = io.BytesIO()
    with (
        av.open(io.BytesIO(data)) as source,
        av.open(target, "w", format="mp4", options=_CUT) as output,
    ):
        streams = {s.index: output.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            if packet.dts is None or not since <= packet.dts * packet.time_base < since + seconds:
                continue
            shift = round(since / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = streams[packet.stream.index]
            output.mux(packet)
    return target.getvalue()


def mp4_of(clip, target, *, sound="copy", b_frames=0):
    """A stretch as MediaMTX's playback server hands it out: fragmented MP4."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"]
    command += ["-i", str(clip), "-c:v", "copy", "-c:a", sound]
    if b_frames:
        command += ["-c:v", "libx264", "-preset", "ultrafast", "-bf", str(b_frames)]
    command += ["-movflags", _FRAGMENTS, str(target)]
    subprocess.run(command, check=True, timeout=60)
    return target.read_bytes()
