"""Uploaded pictures, where no web server in front takes them off our hands (deploy/nginx.conf)."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import re_path
from django.views.decorators.http import require_safe
from django.views.static import serve

CACHE_SECONDS = 30 * 24 * 3600
"""A picture that is replaced gets a new name."""


@require_safe
def show_upload(request: HttpRequest, path: str) -> HttpResponseBase:
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Cache-Control"] = f"public, max-age={CACHE_SECONDS}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


_prefix = settings.MEDIA_URL.strip("/")
urlpatterns = [re_path(rf"^{_prefix}/(?P<path>.+)$", show_upload, name="upload")]
