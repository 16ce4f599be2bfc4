from django.apps import AppConfig


class LivecommerceConfig(AppConfig):
    name = "livecommerce"
