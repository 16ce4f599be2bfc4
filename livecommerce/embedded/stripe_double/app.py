"""The ASGI application: Stripe's API, the hosted pages, and what only a double has."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from json import JSONDecodeError

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from livecommerce.embedded.stripe_double import api, disputes, endpoints, events, hosted, past
from livecommerce.embedded.stripe_double.courier import Courier
from livecommerce.embedded.stripe_double.double import Config, Double
from livecommerce.embedded.stripe_double.problems import Problem, invalid
from livecommerce.embedded.stripe_double.wire import public


def create_app(config: Config) -> Starlette:
    """The double over the state in `config.folder`, which it owns from start-up to shutdown."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        double = Double.at(config)
        app.state.double = double
        events.forget_old(double)
        if config.webhook_secret:
            endpoints.register_shop(double)
        courier = asyncio.create_task(Courier(double).run())
        try:
            yield
        finally:
            courier.cancel()
            with suppress(asyncio.CancelledError):
                await courier
            double.store.close()

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/v1/{path:path}", api.answer, methods=["GET", "POST", "DELETE"]),
            Route("/livez", is_alive),
            Route("/_double/chaos", chaos, methods=["GET", "POST"]),
            Route("/_double/deliveries", deliveries),
            Route("/_double/disputes", dispute, methods=["POST"]),
            Route("/_double/past", remember, methods=["POST"]),
            *hosted.ROUTES,
        ],
    )


async def is_alive(request: Request) -> Response:
    return PlainTextResponse("ok\n")


async def chaos(request: Request) -> Response:
    """What goes wrong at present; POST JSON (see `chaos.Chaos`) to change it, `{}` for calm."""
    double: Double = request.app.state.double
    try:
        api.check_key(double, request.headers.get("authorization", ""))
        if request.method == "POST":
            wanted = await request.json()
            if not isinstance(wanted, dict):
                raise invalid("Invalid chaos: a JSON object is wanted.")
            double.chaos.set(wanted)
    except JSONDecodeError:
        return JSONResponse(invalid("Invalid JSON.").body, status_code=400)
    except Problem as problem:
        return JSONResponse(problem.body, status_code=problem.status)
    return JSONResponse(double.chaos.shown())


async def dispute(request: Request) -> Response:
    """A buyer goes to their bank: POST JSON `{"payment_intent": …, "reason": …}`; the answer is
    the dispute. Stripe does so by a test card only; here any paid intent can be disputed."""
    double: Double = request.app.state.double
    try:
        api.check_key(double, request.headers.get("authorization", ""))
        wanted = await request.json()
        if not isinstance(wanted, dict):
            raise invalid("Invalid dispute: a JSON object is wanted.")
        with double.store.transaction():
            opened = disputes.dispute_intent(
                double,
                str(wanted.get("payment_intent", "")),
                reason=str(wanted.get("reason", "product_not_received")),
            )
    except JSONDecodeError:
        return JSONResponse(invalid("Invalid JSON.").body, status_code=400)
    except Problem as problem:
        return JSONResponse(problem.body, status_code=problem.status)
    return JSONResponse(public(opened))


async def remember(request: Request) -> Response:
    """Payments of a demo's past: POST a JSON list of `past.PastPayment`; the answers in order."""
    double: Double = request.app.state.double
    try:
        api.check_key(double, request.headers.get("authorization", ""))
        payments = [past.of_json(sent) for sent in await request.json()]
        made = [past.record(double, payment) for payment in payments]
    except (JSONDecodeError, TypeError):
        return JSONResponse(invalid("Invalid past.").body, status_code=400)
    except Problem as problem:
        return JSONResponse(problem.body, status_code=problem.status)
    return JSONResponse([asdict(one) for one in made])


async def deliveries(request: Request) -> Response:
    """How many webhooks are in which state, so that a test can wait until all are settled."""
    double: Double = request.app.state.double
    try:
        api.check_key(double, request.headers.get("authorization", ""))
    except Problem as problem:
        return JSONResponse(problem.body, status_code=problem.status)
    counted = double.store.db.execute("SELECT state, count(*) FROM delivery GROUP BY state")
    states = {"pending": 0, "delivered": 0, "dropped": 0, "given up": 0}
    return JSONResponse({**states, **dict(counted.fetchall())})
