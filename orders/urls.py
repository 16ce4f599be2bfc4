"""Addresses of buying. `/host/` asks for two-factor sign-in (accounts.middleware)."""

from django.urls import path

from orders.views import buying, hooks, mine, money, paying

app_name = "orders"
urlpatterns = [
    path("buy/<slug:sku>/", buying.sheet, name="sheet"),
    path("buy/<slug:sku>/place/", buying.place, name="place"),
    path("orders/", mine.orders, name="orders"),
    path("orders/<slug:number>/", mine.order, name="order"),
    path("orders/<slug:number>/cancel/", mine.cancel, name="cancel"),
    path("orders/<slug:number>/pay/", paying.pay, name="pay"),
    path("orders/<slug:number>/return/", paying.confirm_return, name="confirm_return"),
    path("orders/<slug:number>/status/", paying.status, name="status"),
    path("host/<slug:public_id>/money/", money.show_money, name="show_money"),
    path("hooks/stripe", hooks.stripe_webhook, name="stripe_webhook"),
]
