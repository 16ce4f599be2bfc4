from django.urls import path

from livecommerce.notifications import mail_views, push_views, views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("choices/", push_views.choose, name="choices"),
    path("push/", push_views.subscribe, name="push_subscribe"),
    path("push/off", push_views.unsubscribe, name="push_unsubscribe"),
    path("push/<int:pk>/forget", push_views.forget, name="push_forget"),
    path("unsubscribe/<str:token>/", mail_views.unsubscribe, name="unsubscribe_mail"),
    path("push-worker.js", push_views.worker, name="push_worker"),
]
