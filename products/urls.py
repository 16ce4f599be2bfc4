from django.urls import path

from products import (
    receipt_pages,
    search_pages,
    sheet_pages,
    staff_search,
    stock_watch_views,
    views,
)
from products.curate import approvals, deals, goods, history, people, workspace

app_name = "products"
urlpatterns = [
    path("p/<slug:code>/", views.prefecture, name="prefecture"),
    path("products/<slug:sku>/", views.product, name="product"),
    path("products/<slug:sku>/watch", stock_watch_views.watch, name="stock_watch"),
    path("search/", search_pages.search, name="search"),
    path("search/suggest/", search_pages.suggestions, name="suggestions"),
    path("search/wish/", search_pages.wish, name="wish"),
    path("curate/search/", staff_search.staff_search, name="staff_search"),
    path("curate/sheets/", sheet_pages.sheets, name="sheets"),
    path(
        "curate/sheets/take/<str:kind>/<str:what>.<str:form>", sheet_pages.take, name="sheet_take"
    ),
    path("curate/sheets/<int:pk>/", sheet_pages.sheet, name="sheet"),
    path("curate/sheets/<int:pk>/apply/", sheet_pages.apply, name="sheet_apply"),
    path("curate/sheets/<int:pk>/again/", sheet_pages.again, name="sheet_again"),
    path("curate/sheets/<int:pk>/discard/", sheet_pages.discard, name="sheet_discard"),
    path("festival/", views.festival, name="festival"),
    path("festival/<slug:slug>/", views.festival, name="festival_of"),
    path("products/<slug:sku>/receipt/", receipt_pages.receipt_now, name="receipt_now"),
    path("deals/<int:pk>/receipt/", receipt_pages.receipt, name="receipt"),
    path("deals/<int:pk>/receipt.json", receipt_pages.receipt_json, name="receipt_json"),
    path("curate/", workspace.start, name="curate_start"),
    path("curate/waiting/", approvals.waiting, name="waiting"),
    path("curate/submissions/<int:pk>/", approvals.submission, name="submission"),
    path("curate/<slug:code>/", workspace.workspace, name="curate"),
    path("curate/<slug:code>/order", workspace.order, name="curate_order"),
    path("curate/<slug:code>/add", workspace.add, name="curate_add"),
    path("curate/<slug:code>/list/<int:pk>/", workspace.specialty, name="specialty"),
    path("curate/<slug:code>/list/<int:pk>/move", workspace.move, name="curate_move"),
    path("curate/<slug:code>/list/<int:pk>/remove", workspace.remove, name="curate_remove"),
    path("curate/<slug:code>/deals/", deals.deals, name="curate_deals"),
    path("curate/<slug:code>/deals/new/", deals.new, name="curate_deal_new"),
    path("curate/<slug:code>/deals/<int:pk>/", deals.deal, name="curate_deal"),
    path("curate/<slug:code>/history/", history.history, name="curate_history"),
    path("curate/<slug:code>/history/<int:pk>/undo", history.undo, name="curate_undo"),
    path("curate/<slug:code>/people/", people.people, name="curate_people"),
    path("curate/<slug:code>/people/officials/<int:pk>/", people.official, name="curate_official"),
    path("curate/<slug:code>/people/producers/<int:pk>/", people.producer, name="curate_producer"),
    path("producer/<int:producer>/goods/", goods.goods, name="goods"),
    path("producer/<int:producer>/goods/new/", goods.new, name="goods_new"),
    path("producer/<int:producer>/goods/<slug:sku>/", goods.goods_of, name="goods_of"),
    path("producer/<int:producer>/goods/<slug:sku>/submit", goods.submit, name="goods_submit"),
    path(
        "producer/<int:producer>/goods/<slug:sku>/withdraw", goods.withdraw, name="goods_withdraw"
    ),
    path("producer/<int:producer>/goods/<slug:sku>/pictures", goods.picture, name="goods_picture"),
]
