from django.urls import path

from livecommerce.accounts import views

app_name = "accounts"
urlpatterns = [
    path("theme/", views.theme, name="theme"),
    path("me/", views.profile, name="profile"),
    path("me/addresses/", views.address_book, name="addresses"),
    path("me/addresses/new/", views.address_add, name="address_add"),
    path("me/addresses/<int:pk>/", views.address_edit, name="address_edit"),
    path("me/addresses/<int:pk>/delete/", views.address_delete, name="address_delete"),
    path("me/addresses/<int:pk>/first/", views.address_first, name="address_first"),
    path("me/divisions/", views.divisions, name="divisions"),
]
