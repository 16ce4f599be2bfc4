from django.urls import path

from products import views

app_name = "products"
urlpatterns = [
    path("p/<slug:code>/", views.prefecture, name="prefecture"),
    path("products/<slug:sku>/", views.product, name="product"),
    path("search/", views.search, name="search"),
    path("festival/", views.festival, name="festival"),
    path("festival/<slug:slug>/", views.festival, name="festival_of"),
    path("deals/<int:pk>/receipt/", views.receipt, name="receipt"),
    path("deals/<int:pk>/receipt.json", views.receipt_json, name="receipt_json"),
]
