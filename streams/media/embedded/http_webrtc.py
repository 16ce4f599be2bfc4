"""WHIP and WHEP (RFC 9725 and its sibling) at MediaMTX's addresses."""

import base64
import logging

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from streams.media.embedded import gate, sdp
from streams.media.embedded.config import IceServer
from streams.media.embedded.engine import Engine, NoStream, Session, TooManyViewers
from streams.media.embedded.gate import Gate

logger = logging.getLogger(__name__)

_SDP = "application/sdp"
_FRAGMENT = "application/trickle-ice-sdpfrag"
_SEEN_BY_SCRIPTS = "ETag, ID, Accept-Patch, Link, Location"


def routes(engine: Engine, gatekeeper: Gate) -> list[Route]:
    """`/{path}/whip` to publish, `/{path}/whep` to watch, and their sessions below."""

    async def options(request: Request) -> Response:
        return Response(status_code=204, headers=_headers(engine))

    async def open_session(request: Request) -> Response:
        path = request.path_params["path"]
        kind = request.path_params["kind"]
        action = "publish" if kind == "whip" else "read"
        if not await gatekeeper.allows(describe(request, path, action, "webrtc")):
            return error(401, "authentication failed")
        if not _is_type(request, _SDP):
            return error(400, f"the content type must be {_SDP}")
        body = await request.body()
        if len(body) > sdp.LONGEST_OFFER:
            return error(413, "the SDP offer is too long")
        try:
            session, answer = await _open(engine, path, action, body.decode())
        except _PROBLEMS as problem:
            return _explain(problem)
        headers = _headers(engine) | {
            "Location": f"/{path}/{kind}/{session.secret}",
            "ETag": "*",
            "ID": session.id,
            "Accept-Patch": _FRAGMENT,
        }
        return Response(answer, 201, headers, _SDP)

    async def patch_session(request: Request) -> Response:
        session = _find(engine, request)
        if session is None:
            return error(404, "session not found")
        if not _is_type(request, _FRAGMENT):
            return error(400, f"the content type must be {_FRAGMENT}")
        try:
            for candidate in sdp.trickled_candidates((await request.body()).decode()):
                await session.connection.addIceCandidate(candidate)
        except (sdp.BadOffer, ValueError) as problem:
            return error(400, str(problem))
        return Response(status_code=204, headers=_headers(engine))

    async def delete_session(request: Request) -> Response:
        session = _find(engine, request)
        if session is None:
            return error(404, "session not found")
        await session.close()
        return Response(status_code=200, headers=_headers(engine))

    kind = "{path:media}/{kind:kind}"
    return [
        Route(f"/{kind}", options, methods=["OPTIONS"]),
        Route(f"/{kind}", open_session, methods=["POST"]),
        Route(f"/{kind}/{{secret}}", patch_session, methods=["PATCH"]),
        Route(f"/{kind}/{{secret}}", delete_session, methods=["DELETE"]),
    ]


async def _open(engine: Engine, path: str, action: str, offer: str) -> tuple[Session, str]:
    if action == "publish":
        return await engine.publish(path, offer)
    return await engine.watch(path, offer)


_PROBLEMS = (sdp.BadOffer, UnicodeDecodeError, NoStream, TooManyViewers, OSError)


def _explain(problem: Exception) -> Response:
    if isinstance(problem, NoStream):
        return error(404, str(problem))
    if isinstance(problem, TooManyViewers):
        return error(503, str(problem), {"Retry-After": "10"})
    if isinstance(problem, OSError):
        logger.error("no session could be opened: %s", problem)
        return error(503, "no network port is free", {"Retry-After": "10"})
    return error(400, str(problem))


def _is_type(request: Request, wanted: str) -> bool:
    return request.headers.get("content-type", "").split(";")[0].strip() == wanted


def _find(engine: Engine, request: Request) -> Session | None:
    session = engine.sessions.get(request.path_params["secret"])
    if session is None or session.room.name != request.path_params["path"]:
        return None
    return session


def describe(request: Request, path: str, action: str, protocol: str) -> gate.Request:
    """MediaMTX's rules: a bearer with exactly one colon is a user and a password."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    bearer = user = password = ""
    if scheme.lower() == "bearer":
        if value.count(":") == 1:
            user, _, password = value.partition(":")
        else:
            bearer = value.strip()
    elif scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(value).decode().partition(":")
        except ValueError:
            user = ""
    return gate.Request(
        ip=request.client.host if request.client else "",
        action=action,
        path=path,
        protocol=protocol,
        query=request.url.query,
        bearer=bearer,
        user=user,
        password=password,
        user_agent=request.headers.get("user-agent", "")[:300],
    )


def error(status: int, words: str, headers: dict[str, str] | None = None) -> JSONResponse:
    given = dict(headers or {})
    if status == 401:
        given["WWW-Authenticate"] = 'Bearer realm="media"'
    return JSONResponse({"status": "error", "error": words}, status, given)


def _headers(engine: Engine) -> dict[str, str]:
    headers = {"Access-Control-Expose-Headers": _SEEN_BY_SCRIPTS}
    if engine.config.ice_servers:
        headers["Link"] = ", ".join(_link(server) for server in engine.config.ice_servers)
    return headers


def _link(server: IceServer) -> str:
    link = f'<{server.url}>; rel="ice-server"'
    if server.username:
        link += (
            f'; username="{server.username}"; credential="{server.credential}"'
            '; credential-type="password"'
        )
    return link
