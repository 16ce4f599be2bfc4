"""The button "tell me when it is back"."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from livecommerce.accounts.models import User
from livecommerce.ratelimit import limited
from products.domain import stock_watch
from products.domain.queries import viewable


@require_POST
@limited("stock-watch", rate=30, per=60)
@login_required
def watch(request: HttpRequest, sku: str) -> HttpResponse:
    """The button anew (htmx), or back to the product."""
    user: User = request.user  # type: ignore[assignment]
    product = get_object_or_404(viewable(), sku=sku)
    is_wanted = request.POST.get("wanted") != "no"
    act = stock_watch.watch if is_wanted else stock_watch.unwatch
    act(user=user, product=product)
    if request.headers.get("HX-Request"):
        context = {"product": product, "is_watching": is_wanted}
        return render(request, "products/_stock_watch_button.html", context)
    return redirect(product)
