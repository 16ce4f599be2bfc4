"""The receipt of a deal: for people, for programs (the same address, or `.json`) and for search
engines (a schema.org block)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from products.domain.offers import current_offer
from products.domain.queries import viewable
from products.domain.receipts import Receipt, find_public_deal, receipt_of
from products.linked_data import data_block, product_offer
from products.models import Deal
from products.price_chart import Chart, draw_chart

SCHEMA = "schemas/receipt-1.json"
SEEN_BY_MACHINES = {
    Deal.State.APPROVED: "on",
    Deal.State.ENDED: "ended",
    Deal.State.WITHDRAWN: "withdrawn",
}


@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a deal's price is what it says; as JSON for who asks for that (`Accept`)."""
    found = _receipt_or_404(pk)
    wanted = request.get_preferred_type(["text/html", "application/json"])
    if wanted == "application/json":
        response: HttpResponse = JsonResponse(_facts(request, found))
    else:
        linked = product_offer(request, found.deal.product, _offer_facts(request, found))
        context = {
            "receipt": found,
            "deal": found.deal,
            "proof": found.proof,
            "chart": _chart(found),
            "linked_data": data_block(linked),
        }
        response = render(request, "products/receipt.html", context)
    patch_vary_headers(response, ["Accept"])
    return response


@require_safe
def receipt_json(request: HttpRequest, pk: int) -> JsonResponse:
    """Every price that was offered, so that anyone can compute it again."""
    return JsonResponse(_facts(request, _receipt_or_404(pk)))


@require_safe
def receipt_now(request: HttpRequest, sku: str) -> HttpResponse:
    """To the receipt of the price that holds now: for links that do not know the deal."""
    item = get_object_or_404(viewable(), sku=sku)
    deal = current_offer(item).deal
    return redirect("products:receipt", deal.pk) if deal else redirect(item)


def _receipt_or_404(pk: int) -> Receipt:
    deal = find_public_deal(pk) if pk < 2**63 else None
    if deal is None:
        raise Http404
    return receipt_of(deal)


def _chart(found: Receipt) -> Chart:
    return draw_chart(
        found.history,
        since=found.since,
        until=found.until,
        window=(found.proof.window_from, found.proof.window_until),
        base_price_fen=found.deal.base_price_fen,
    )


def _offer_facts(request: HttpRequest, found: Receipt) -> dict[str, Any]:
    deal = found.deal
    return {
        "price_fen": deal.price_fen,
        "base_fen": deal.base_price_fen,
        "is_in_stock": deal.is_on,
        "valid_from": deal.starts_at,
        "valid_until": deal.ends_at,
        "url": request.build_absolute_uri(request.path),
    }


def _facts(request: HttpRequest, found: Receipt) -> dict[str, Any]:
    """docs/reports.md and static/schemas/receipt-1.json say what each name means."""
    deal, proof, split = found.deal, found.proof, found.split
    withdrawal = found.withdrawal
    return {
        "$schema": request.build_absolute_uri(static(SCHEMA)),
        "deal": deal.pk,
        "state": SEEN_BY_MACHINES[Deal.State(deal.state)],
        "product": {"sku": deal.product.sku, "name": deal.product.name},
        "festival": {
            "slug": deal.festival.slug,
            "max_price_bps": found.rule_bps,
            "base_window_days": found.rule_days,
        },
        "currency": "CNY",
        "unit": "fen",
        "price": deal.price_fen,
        "base_price": deal.base_price_fen,
        "highest_price": found.highest_fen,
        "discount_percent": deal.discount_percent,
        "starts_at": deal.starts_at.isoformat(),
        "ends_at": deal.ends_at.isoformat(),
        "approved_by": deal.approved_by.display_name if deal.approved_by else None,
        "approved_as": found.approver_role or None,
        "approved_at": deal.approved_at.isoformat() if deal.approved_at else None,
        "withdrawn": {
            "at": withdrawal.at.isoformat(),
            "by": withdrawal.office or None,
            "reason": withdrawal.reason,
            "words": str(withdrawal.get_reason_display()),
            "note": withdrawal.note or None,
            "numbers": withdrawal.facts,
        }
        if withdrawal is not None
        else None,
        "money": {
            "producer": split.producer,
            "packing": split.packing,
            "freight": split.freight,
            "platform": split.platform,
            "subsidy": split.subsidy,
            "subsidy_paid_by": split.payer if split.subsidy else None,
        },
        "window": {
            "from": proof.window_from.isoformat(),
            "until": proof.window_until.isoformat(),
        },
        "offered": [
            {
                "price": span.price_fen,
                "from": span.since.isoformat(),
                "until": span.until.isoformat(),
                "series": "list" if span.deal_id is None else f"deal {span.deal_id}",
            }
            for span in proof.offered
        ],
    }
