"""Address of the log."""

from django.urls import path

from desk.audit import views

app_name = "audit"
urlpatterns = [path("", views.log, name="log")]
