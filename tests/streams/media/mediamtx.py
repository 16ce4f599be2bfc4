"""MediaMTX as its API references describe it: control API, playback server, in one stand-in."""

import json
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import imageio_ffmpeg


class MediaMtx:
    """A server that answers as MediaMTX's API reference says."""

    def __init__(self) -> None:
        now = datetime.now(UTC)
        self.kicked = []
        since = (now - timedelta(seconds=30)).isoformat().replace("+00:00", "123Z")
        path = {
            "name": "room",
            "confName": "all_others",
            "source": {"type": "webRTCSession", "id": "5c5b"},
            "ready": True,
            "readyTime": since,
            "available": True,
            "availableTime": since,
            "online": True,
            "onlineTime": since,
            "tracks": ["H264", "Opus"],
            "bytesReceived": 1000,
            "bytesSent": 5000,
            "readers": [{"type": "hlsMuxer", "id": ""}, {"type": "webRTCSession", "id": "77"}],
        }
        sessions = [
            {"id": "5c5b", "path": "room", "state": "publish", "created": since},
            {"id": "77", "path": "room", "state": "read", "created": since},
            {"id": "88", "path": "other", "state": "publish", "created": since},
        ]
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
        }
        later = (now - timedelta(minutes=5)).isoformat()
        self.lists = {
            "room": [
                {"start": old, "duration": 6.0, "url": "x"},
                {"start": later, "duration": 6.0, "url": "x"},
            ]
        }
        self.files = []
        self.fetched, self.deleted, self.bearers = [], [], set()
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
                    answer = server.lists.get(query["path"])
                missing = {"status": "error", "error": "path not found"}
                return self.reply(200 if answer else 404, answer or missing)

            def hand_out(self, query):
                server.fetched.append(self.path)
                server.bearers.add(self.headers.get("authorization"))
                starts = [stretch["start"] for stretch in server.lists[query["path"]]]
                if not server.files:
                    return self.reply(404, {"status": "error", "error": "no recordings found"})
                body = server.files[starts.index(query["start"])]
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

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def mp4_of(clip, target, *, sound="copy", b_frames=0):
    """A stretch as MediaMTX's playback server hands it out: fragmented MP4."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"]
    command += ["-i", str(clip), "-c:v", "copy", "-c:a", sound]
    if b_frames:
        command += ["-c:v", "libx264", "-preset", "ultrafast", "-bf", str(b_frames)]
    command += ["-movflags", "frag_keyframe+empty_moov+default_base_moof", str(target)]
    subprocess.run(command, check=True, timeout=60)
    return target.read_bytes()
