"""Webhook endpoints: who wants to be told of what, and the secret each is told with."""

from urllib.parse import urlsplit

from livecommerce.embedded.stripe_double import listing
from livecommerce.embedded.stripe_double.double import Call, Double
from livecommerce.embedded.stripe_double.problems import invalid
from livecommerce.embedded.stripe_double.wire import Object, new_id


def create(call: Call) -> Object:
    """The secret is told here and never again."""
    url, wanted = _url(call.params.needed("url")), call.params.texts("enabled_events")
    if not wanted:
        call.params.require("enabled_events")
    made = call.store.add(
        "webhook_endpoint",
        "we",
        url=url,
        enabled_events=wanted,
        api_version=call.params.text("api_version"),
        description=call.params.text("description"),
        metadata=call.params.metadata(),
        status="enabled",
        _secret=new_id("whsec", 32),
    )
    return {**made, "secret": made["_secret"]}


def register_shop(double: Double) -> None:
    """The shop's own endpoint, with the secret of its settings; moved when the address moves."""
    config = double.config
    url = config.hook_url or f"{config.public_url.rstrip('/')}/hooks/stripe"
    with double.store.transaction():
        known = double.store.select("webhook_endpoint", where="json_extract(body, '$._is_shop')")
        endpoint = known[0] if known else double.store.add("webhook_endpoint", "we", _is_shop=True)
        endpoint.update(
            url=url,
            enabled_events=["*"],
            api_version=None,
            description="The shop",
            status="enabled",
            _secret=config.webhook_secret,
        )
        double.store.save(endpoint)


def _url(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https"):
        raise invalid("Invalid URL: must be http or https.", code="url_invalid", param="url")
    return url


def retrieve(call: Call) -> Object:
    return call.found("webhook_endpoint")


def update(call: Call) -> Object:
    endpoint = retrieve(call)
    if "url" in call.params:
        endpoint["url"] = _url(call.params.needed("url"))
    if "enabled_events" in call.params:
        endpoint["enabled_events"] = call.params.texts("enabled_events")
    if "disabled" in call.params:
        endpoint["status"] = "disabled" if call.params.flag("disabled") else "enabled"
    if "description" in call.params:
        endpoint["description"] = call.params.text("description")
    endpoint["metadata"] = call.params.metadata(endpoint["metadata"])
    call.store.save(endpoint)
    return endpoint


def delete(call: Call) -> Object:
    retrieve(call)
    call.store.delete(call.id)
    return {"id": call.id, "object": "webhook_endpoint", "deleted": True}


def list_all(call: Call) -> Object:
    return listing.page(call, "webhook_endpoint", "/v1/webhook_endpoints")
