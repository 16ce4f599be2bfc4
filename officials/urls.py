from django.urls import URLPattern

app_name = "officials"
urlpatterns: list[URLPattern] = []
