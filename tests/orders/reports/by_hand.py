"""Every figure of a report once more, from the raw rows one by one: slow, plain, and written
without a look at the queries it checks."""

from collections import defaultdict
from datetime import timedelta

from orders.models import Order, OrderLine, RefundLine, Settlement
from streams.models import ChatMessage, Follow, ShowLook, ShowMoment, ShowVisitor


def count(shows, now):
    """{"views": …, …} of these shows together, and the sales of each product."""
    ids = {show.pk for show in shows}
    figures = defaultdict(int)
    people = set()
    for show, person, visits, seconds in ShowVisitor.objects.values_list(
        "broadcast_id", "person", "visits", "seconds"
    ):
        if show in ids:
            people.add(person)
            figures["views"] += visits
            figures["watch_seconds"] += seconds
    figures["viewers"] = len(people)
    looked = ShowLook.objects.values_list("broadcast_id", "product_id", "person")
    figures["opened"] = len({person for show, _product, person in looked if show in ids})
    most = [
        n for show, n in ShowMoment.objects.values_list("broadcast_id", "viewers") if show in ids
    ]
    figures["peak"] = max([*most, *(show.peak_viewers for show in shows)], default=0)
    figures["likes"] = sum(show.likes for show in shows)
    by_id = {show.pk: show for show in shows}
    for line in ChatMessage.objects.all():
        show = by_id.get(line.broadcast_id)
        if (
            show is not None
            and line.visibility == "shown"
            and line.hidden_at is None
            and line.badge != "system"
            and show.started_at <= line.created_at <= show.ended_at
        ):
            figures["comments"] += 1
    follows = list(Follow.objects.values_list("official_id", "created_at"))
    for show in shows:
        figures["followers"] += sum(
            host == show.host_id and show.started_at <= at <= show.ended_at for host, at in follows
        )
    products = _sell(ids, now, figures)
    return dict(figures), products


def _sell(ids, now, figures):
    orders = Order.objects.in_bulk()
    payable = dict(Settlement.objects.exclude(state="due").values_list("order_id", "payable_at"))
    given = defaultdict(list)
    for part in RefundLine.objects.select_related("refund"):
        if part.refund.state in ("approved", "in_transit", "done"):
            given[part.line_id].append((part.refund, part.amount_fen))
    sets = defaultdict(set)
    products = defaultdict(lambda: defaultdict(int))
    for line in OrderLine.objects.all():
        if line.broadcast_id not in ids:
            continue
        order = orders[line.order_id]
        fen = line.amount_fen - line.discount_fen
        back = sum(part for refund, part in given[line.pk] if refund.state == "done")
        sets["orders"].add(order.pk)
        sets["ordered_by"].add(order.buyer_id)
        figures["created_fen"] += fen
        figures["returned_fen"] += back
        if order.paid_at is None:
            continue
        sets["paid_orders"].add(order.pk)
        sets["buyers"].add(order.buyer_id)
        figures["units"] += line.quantity
        figures["paid_fen"] += fen
        products[line.product_id]["units"] += line.quantity
        products[line.product_id]["paid_fen"] += fen
        final = payable.get(order.pk)
        if final is not None and final <= now and fen > back:
            sets["settled_orders"].add(order.pk)
            sets["settled_buyers"].add(order.buyer_id)
            figures["settled_fen"] += fen - back
        for days in (7, 15):
            if order.paid_at <= now - timedelta(days=days):
                sets[f"due_{days}"].add(order.pk)
                limit = order.paid_at + timedelta(days=days)
                if any(refund.requested_at <= limit for refund, _fen in given[line.pk]):
                    sets[f"back_{days}"].add(order.pk)
    for name, found in sets.items():
        figures[name] = len(found)
    return products
