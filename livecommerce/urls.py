"""Every address of the site; each app keeps its own list."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.urls import include, path

# People's addresses, second factors and sessions are theirs: the back room does not edit them.
admin.site.unregister([EmailAddress, Authenticator, UserSession])

urlpatterns = [
    path("", include("streams.urls")),
    path("", include("products.urls")),
    path("", include("officials.urls")),
    path("", include("orders.urls")),
    path("", include("livecommerce.accounts.urls")),
    path("inbox/", include("livecommerce.notifications.urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("", include("livecommerce.health")),
    path("", include("livecommerce.gallery")),
    path("", include("livecommerce.uploads")),
]

handler400 = "livecommerce.errors.bad_request"
handler403 = "livecommerce.errors.forbidden"
handler404 = "livecommerce.errors.not_found"
handler500 = "livecommerce.errors.server_error"
