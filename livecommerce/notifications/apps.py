from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "livecommerce.notifications"
    label = "notifications"
