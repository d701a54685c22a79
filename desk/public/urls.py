"""Addresses of the public site."""

from django.urls import path

from desk.public import views

app_name = "public"
urlpatterns = [
    path("", views.file, name="home"),
    path("<path:path>", views.file, name="file"),
]
