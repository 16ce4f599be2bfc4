"""The provider's door: verify, store, answer. Everything else happens afterwards."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orders.domain import webhooks
from orders.payments import provider
from orders.payments.errors import InvalidSignature


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """400 for what is forged, old or foreign: nothing is stored then."""
    signature = request.headers.get("Stripe-Signature", "")
    try:
        facts = provider().parse_webhook(request.body, signature)
    except InvalidSignature:
        return HttpResponse("signature", status=400, content_type="text/plain")
    webhooks.store(facts)
    return HttpResponse("stored", content_type="text/plain")
