from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "livecommerce.accounts"
    label = "accounts"
