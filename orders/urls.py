"""Addresses of buying. `/host/` asks for two-factor sign-in (accounts.middleware)."""

from django.urls import path, re_path

from orders.views import (
    arrivals,
    basket,
    buying,
    hooks,
    mine,
    money,
    paying,
    payout_account,
    producer,
    producer_money,
    producer_sheets,
    refunds,
    reviews,
    screen,
    staff_money,
)

app_name = "orders"
urlpatterns = [
    path("buy/<slug:sku>/", buying.sheet, name="sheet"),
    path("buy/<slug:sku>/place/", buying.place, name="place"),
    path("buy/<slug:sku>/sum/", buying.reckon, name="sum"),
    path("basket/", basket.basket, name="basket"),
    path("basket/sum/", basket.reckon, name="basket_sum"),
    path("basket/place/", basket.place, name="basket_place"),
    path("basket/<slug:sku>/add/", basket.add, name="basket_add"),
    path("basket/<slug:sku>/", basket.change, name="basket_change"),
    path("orders/", mine.orders, name="orders"),
    path("orders/<slug:number>/", mine.order, name="order"),
    path("orders/<slug:number>/cancel/", mine.cancel, name="cancel"),
    path("orders/<slug:number>/pay/", paying.pay, name="pay"),
    path("orders/<slug:number>/return/", paying.confirm_return, name="confirm_return"),
    path("orders/<slug:number>/status/", paying.status, name="status"),
    path("orders/<slug:number>/refund/", refunds.ask, name="refund_ask"),
    path("orders/<slug:number>/refunds/<int:pk>/", refunds.refund, name="refund"),
    path(
        "orders/<slug:number>/refunds/<int:pk>/sent-back/",
        refunds.sent_back,
        name="refund_sent_back",
    ),
    path(
        "orders/<slug:number>/refunds/<int:pk>/withdraw/", refunds.withdraw, name="refund_withdraw"
    ),
    re_path(
        r"^refunds/photos/(?P<pk>[0-9]{1,18})/(?P<size>small|large)/$",
        refunds.photo,
        name="refund_photo",
    ),
    path("producer/refunds/", refunds.inbox, name="refund_inbox"),
    path("producer/refunds/<int:pk>/", refunds.decide, name="refund_decide"),
    path("host/<slug:public_id>/money/", money.show_money, name="show_money"),
    path("hooks/stripe", hooks.stripe_webhook, name="stripe_webhook"),
    # What is sent, and what becomes of it.
    path("orders/<slug:number>/received/", arrivals.received, name="received"),
    path("orders/<slug:number>/lines/<int:line>/review/", reviews.write, name="review"),
    path("products/<slug:sku>/reviews/", reviews.of_product, name="product_reviews"),
    path("producer/", producer.start, name="producer_start"),
    path("producer/money/<int:producer>/", producer_money.money, name="producer_money"),
    path("producer/money/<int:producer>/account/", payout_account.account, name="payout_account"),
    path(
        "producer/money/<int:producer>/account/connect/",
        payout_account.connect,
        name="payout_connect",
    ),
    path("producer/money/<int:producer>/statement/", payout_account.statement, name="statement"),
    path(
        "producer/money/<int:producer>/statement/<str:month>.<str:kind>",
        payout_account.statement,
        name="statement_file",
    ),
    path(
        "producer/money/<int:producer>/statement/<str:month>/",
        payout_account.statement,
        name="statement_month",
    ),
    path("producer/<int:producer>/", producer.home, name="producer"),
    path("producer/<int:producer>/prepare/", producer.prepare, name="producer_prepare"),
    path("producer/<int:producer>/sent/", producer.sent, name="producer_sent"),
    path("producer/<int:producer>/slips/", producer_sheets.slips, name="producer_slips"),
    path("producer/<int:producer>/sheets/", producer_sheets.sheets, name="producer_sheets"),
    path(
        "producer/<int:producer>/sheets/list.<str:kind>",
        producer_sheets.take,
        name="producer_list",
    ),
    path("producer/<int:producer>/sheets/<int:pk>/", producer_sheets.sheet, name="producer_sheet"),
    path(
        "producer/<int:producer>/sheets/<int:pk>/apply/",
        producer_sheets.apply,
        name="producer_sheet_apply",
    ),
    path("producer/<int:producer>/orders/<slug:number>/", producer.order, name="producer_order"),
    path("producer/<int:producer>/orders/<slug:number>/ship/", producer.ship, name="producer_ship"),
    path(
        "producer/<int:producer>/parcels/<int:parcel>/correct/",
        producer.correct,
        name="producer_correct",
    ),
    path(
        "producer/<int:producer>/parcels/<int:parcel>/delivered/",
        producer.delivered,
        name="producer_delivered",
    ),
    path("producer/<int:producer>/reviews/", reviews.of_desk, name="producer_reviews"),
    path(
        "producer/<int:producer>/reviews/<int:review>/reply/",
        reviews.reply,
        name="producer_reply",
    ),
    # The wall of a festival.
    path("screen/<slug:slug>/", screen.screen, name="screen"),
    path("screen/<slug:slug>/snapshot", screen.snapshot_json, name="screen_snapshot"),
    # Who moves the shop's money; below the back room's two factors.
    path("admin/money/", staff_money.money, name="money"),
    path("admin/money/payouts/make/", staff_money.make_batch, name="payout_make"),
    path("admin/money/payouts/<slug:number>/", staff_money.batch, name="payout_batch"),
    path("admin/money/payouts/<slug:number>/approve/", staff_money.approve, name="payout_approve"),
    path("admin/money/payouts/<slug:number>/cancel/", staff_money.cancel, name="payout_cancel"),
    path("admin/money/payouts/<slug:number>/record/", staff_money.record, name="payout_record"),
    path("admin/money/payouts/<slug:number>/file/", staff_money.download, name="payout_file"),
    path(
        "admin/money/accounts/<int:pk>/confirm/",
        staff_money.confirm_account,
        name="payout_account_confirm",
    ),
    path("admin/money/differences/<int:pk>/close/", staff_money.close, name="difference_close"),
    path("admin/money/share/", staff_money.set_share, name="share_set"),
]
