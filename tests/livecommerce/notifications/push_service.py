"""A push service and a browser, as the standards have them: the service takes what RFC 8030 and
8292 ask for, the browser decrypts by RFC 8291 with its own keys."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_numbers = count(1)


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """Its keys never leave it."""

    def __init__(self, origin, path=""):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = bytes(range(16))
        self.endpoint = f"{origin}/push/{path or next(_numbers)}"

    @property
    def p256dh(self):
        point = (Encoding.X962, PublicFormat.UncompressedPoint)
        return b64(self.key.public_key().public_bytes(*point))

    @property
    def auth(self):
        return b64(self.secret)

    def decrypt(self, body):
        return json.loads(
            http_ece.decrypt(
                body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"
            )
        )


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    """Of five, the usual, a sixth that comes while the machine is busy is reset."""


class PushService:
    """Keeps what it was sent; `answers` by path: statuses to give, one after the other."""

    def __init__(self):
        self.sent = []
        self.answers = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.sent.append((self.path, dict(self.headers), body))
                status, headers = service.next_answer(self.path)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.origin = f"http://{self.host}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def next_answer(self, path):
        waiting = self.answers.get(path) or [201]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return answer if isinstance(answer, tuple) else (answer, {})

    def to(self, browser):
        path = browser.endpoint.removeprefix(self.origin)
        return [one for one in self.sent if one[0] == path]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def claims_of(headers, audience):
    """What the shop says of itself, its signature checked with the key beside it."""
    scheme, rest = headers["Authorization"].split(" ", 1)
    assert scheme == "vapid"
    told = dict(part.strip().split("=", 1) for part in rest.split(","))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(told["k"]))
    return jwt.decode(told["t"], public, algorithms=["ES256"], audience=audience), told["k"]
