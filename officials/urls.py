from django.urls import path

from officials import views

app_name = "officials"
urlpatterns = [
    path("officials/", views.directory, name="directory"),
    path("officials/apply/", views.apply, name="apply"),
    path("officials/assistants/", views.assistants, name="assistants"),
    path("officials/assistants/<int:pk>/remove/", views.drop_assistant, name="drop_assistant"),
    path("officials/<slug:slug>/", views.official, name="official"),
]
