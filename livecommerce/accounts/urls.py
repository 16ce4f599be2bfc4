from django.urls import path
from django.views.generic import RedirectView

from livecommerce.accounts import device_views, personal_views, views

app_name = "accounts"
urlpatterns = [
    path("theme/", views.theme, name="theme"),
    path("me/", views.profile, name="profile"),
    path("me/devices/", device_views.devices, name="devices"),
    path("me/devices/others/end/", device_views.end_others, name="devices_end_others"),
    path("me/devices/<int:pk>/end/", device_views.end_one, name="device_end"),
    # allauth's own list can only end all others; here is one place for both.
    path("accounts/sessions/", RedirectView.as_view(pattern_name="accounts:devices")),
    path("me/data/", personal_views.my_data, name="my_data"),
    path("me/data/ask/", personal_views.ask_for_copy, name="ask_for_copy"),
    path("me/data/<int:pk>/", personal_views.take_copy, name="take_copy"),
    path("me/data/close/", personal_views.close_account, name="close_account"),
    path("me/data/stay/", personal_views.stay, name="stay"),
    path("me/addresses/", views.address_book, name="addresses"),
    path("me/addresses/new/", views.address_add, name="address_add"),
    path("me/addresses/<int:pk>/", views.address_edit, name="address_edit"),
    path("me/addresses/<int:pk>/delete/", views.address_delete, name="address_delete"),
    path("me/addresses/<int:pk>/first/", views.address_first, name="address_first"),
    path("me/divisions/", views.divisions, name="divisions"),
]
