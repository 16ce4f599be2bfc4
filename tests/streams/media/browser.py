"""A page with our elements, served under the product's own content security policy."""

import http.server
import threading
from pathlib import Path

from tests.streams.media.harness import ROOT

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self' http://127.0.0.1:*; media-src 'self' blob: http://127.0.0.1:*; "
    "worker-src 'self'; object-src 'none'; base-uri 'none'"
)
ARGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
]
HERE = Path(__file__).parent
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".mjs": "text/javascript",
}


class PageServer:
    """Serves `folder` and our static files. `answers` maps a path to a function that returns JSON
    text; `whip`, if set, answers the offers of hosts (tests/bench/media/loss.py)."""

    def __init__(self, folder=HERE) -> None:
        self.answers = {}
        self.whip = None
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path = self.path.split("?")[0]
                if path in server.answers:
                    return self.send(200, "application/json", server.answers[path]().encode())
                file = folder / (path[1:] or "page.html")
                if path.startswith("/static/"):
                    file = ROOT / path[1:]
                if not file.is_file():
                    return self.send(404, "text/plain", b"")
                kind = TYPES.get(file.suffix, "application/octet-stream")
                return self.send(200, kind, file.read_bytes())

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                if server.whip and self.path.endswith("/whip"):
                    token = self.headers["authorization"]
                    path = self.path.split("/")[1]
                    status, text, location = server.whip.exchange(path, body, token)
                    return self.send(status, "application/sdp", text.encode(), location)
                if self.path not in server.answers:
                    return self.send(403, "text/plain", b"")
                return self.send(200, "application/json", server.answers[self.path]().encode())

            def send(self, status, kind, body, location=""):
                self.send_response(status)
                if location:
                    self.send_header("location", location)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.send_header("content-security-policy", CSP)
                self.send_header("cache-control", "no-store")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
