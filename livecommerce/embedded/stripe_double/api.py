"""The API: which path is answered by which function, and what every request goes through."""

import base64
import hmac
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from livecommerce.embedded.stripe_double import (
    accounts,
    charges,
    disputes,
    endpoints,
    events,
    idempotency,
    payment_intents,
    payment_methods,
    refunds,
    transfers,
)
from livecommerce.embedded.stripe_double.double import Call, Double
from livecommerce.embedded.stripe_double.expansion import expand
from livecommerce.embedded.stripe_double.idempotency import Answer
from livecommerce.embedded.stripe_double.problems import Problem, unauthorised
from livecommerce.embedded.stripe_double.wire import (
    API_VERSION,
    Object,
    Params,
    decode_form,
    encode,
    new_id,
)

Answering = Callable[[Call], Object]
ROUTES: dict[str, Answering] = {
    "GET balance": charges.balance,
    "GET balance_transactions": charges.list_bookings,
    "GET balance_transactions/*": charges.retrieve_booking,
    "GET charges": charges.list_all,
    "GET charges/*": charges.retrieve,
    "POST charges/*": charges.update,
    "GET customers": payment_methods.list_customers,
    "POST customers": payment_methods.create_customer,
    "GET customers/*": payment_methods.retrieve_customer,
    "POST customers/*": payment_methods.update_customer,
    "DELETE customers/*": payment_methods.delete_customer,
    "POST account_links": accounts.create_link,
    "GET accounts": accounts.list_all,
    "POST accounts": accounts.create,
    "GET accounts/*": accounts.retrieve,
    "POST accounts/*": accounts.update,
    "DELETE accounts/*": accounts.delete,
    "GET disputes": disputes.list_all,
    "GET disputes/*": disputes.retrieve,
    "POST disputes/*": disputes.update,
    "POST disputes/*/close": disputes.close,
    "GET events": events.list_all,
    "GET events/*": events.retrieve,
    "GET payment_intents": payment_intents.list_all,
    "POST payment_intents": payment_intents.create,
    "GET payment_intents/search": payment_intents.search,
    "GET payment_intents/*": payment_intents.retrieve,
    "POST payment_intents/*": payment_intents.update,
    "POST payment_intents/*/confirm": payment_intents.confirm,
    "POST payment_intents/*/capture": payment_intents.capture,
    "POST payment_intents/*/cancel": payment_intents.cancel,
    "GET payment_methods": payment_methods.list_all,
    "POST payment_methods": payment_methods.create,
    "GET payment_methods/*": payment_methods.retrieve,
    "POST payment_methods/*/attach": payment_methods.attach,
    "POST payment_methods/*/detach": payment_methods.detach,
    "GET payouts": transfers.list_payouts,
    "POST payouts": transfers.create_payout,
    "GET payouts/*": transfers.retrieve_payout,
    "POST payouts/*/cancel": transfers.cancel_payout,
    "GET refunds": refunds.list_all,
    "POST refunds": refunds.create,
    "GET refunds/*": refunds.retrieve,
    "POST refunds/*": refunds.update,
    "GET transfers": transfers.list_all,
    "POST transfers": transfers.create,
    "GET transfers/*": transfers.retrieve,
    "POST transfers/*": transfers.update,
    "GET transfers/*/reversals": transfers.list_reversals,
    "POST transfers/*/reversals": transfers.reverse,
    "GET webhook_endpoints": endpoints.list_all,
    "POST webhook_endpoints": endpoints.create,
    "GET webhook_endpoints/*": endpoints.retrieve,
    "POST webhook_endpoints/*": endpoints.update,
    "DELETE webhook_endpoints/*": endpoints.delete,
}


def find_route(method: str, path: str) -> tuple[Answering, tuple[str, ...]]:
    """The function for a path below `/v1/`, and the ids in it."""
    steps = tuple(path.strip("/").split("/"))
    exact = ROUTES.get(f"{method} {'/'.join(steps)}")
    if exact:
        return exact, ()
    starred = "/".join("*" if index == 1 else step for index, step in enumerate(steps))
    route = ROUTES.get(f"{method} {starred}")
    if route is None:
        raise Problem(
            404,
            "invalid_request_error",
            f"Unrecognized request URL ({method}: /v1/{path}).",
            code="url_invalid",
        )
    return route, steps[1:2]


def check_key(double: Double, header: str) -> None:
    """The key as Bearer, or as the user of Basic; test keys only, ours where one is set."""
    scheme, _, given = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given).decode().partition(":")[0]
        except ValueError:
            given = ""
    wanted = double.config.secret_key
    is_good = (
        hmac.compare_digest(given.encode(), wanted.encode())
        if wanted
        else given.startswith(("sk_test_", "rk_test_"))
    )
    if not is_good:
        raise unauthorised(given)


async def answer(request: Request) -> Response:
    """One request to `/v1/…`. Reading the body is the only wait: the rest is one transaction."""
    double: Double = request.app.state.double
    body = await request.body()
    request_id = new_id("req", 14)
    key = request.headers.get("idempotency-key") if request.method == "POST" else None
    headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION}
    if key:
        headers["Idempotency-Key"] = key
    try:
        check_key(double, request.headers.get("authorization", ""))
        if double.chaos.happens(double.chaos.refuse):
            raise Problem(503, "api_error", "Chaos: refused.")
        given = _answer_once(double, request, body, key, request_id)
        if given.request_id != request_id:
            headers |= {"Idempotent-Replayed": "true", "Original-Request": given.request_id}
        elif double.chaos.happens(double.chaos.lose_answers):
            raise Problem(500, "api_error", "Chaos: done, but the answer was lost.")
    except Problem as problem:
        given = Answer(problem.status, encode(problem.body), request_id)
    return Response(
        given.body, status_code=given.status, headers=headers, media_type="application/json"
    )


def _answer_once(
    double: Double, request: Request, body: bytes, key: str | None, request_id: str
) -> Answer:
    print_ = idempotency.fingerprint(request.method, request.url.path, body)
    store = double.store
    if key and (earlier := idempotency.earlier_answer(store, key, print_)):
        return earlier
    double.request = {"id": request_id, "idempotency_key": key}
    try:
        with store.transaction():
            result = _perform(double, request, body)
            given = Answer(200, encode(result), request_id)
            if key:
                idempotency.keep(store, key, print_, given)
    except Problem as problem:
        # A decline is an outcome, and repeated as such; a wrong request may be put right.
        if key and problem.keeps_changes:
            given = Answer(problem.status, encode(problem.body), request_id)
            idempotency.keep(store, key, print_, given)
        raise
    finally:
        double.request = None
    return given


def _perform(double: Double, request: Request, body: bytes) -> Object:
    is_form = request.method == "POST"
    values = decode_form(body.decode(errors="replace") if is_form else request.url.query)
    wanted = values.pop("expand", [])
    params = Params(values)
    route, ids = find_route(request.method, request.path_params["path"])
    base = f"{request.url.scheme}://{request.url.netloc}"
    result = route(Call(double=double, params=params, ids=ids, api_base=base))
    params.refuse_unread()
    expand(double.store, result, wanted if isinstance(wanted, list) else [wanted])
    return result
