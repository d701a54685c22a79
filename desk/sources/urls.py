"""Addresses of the sources pages."""

from django.urls import path

from desk.sources import views

app_name = "sources"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<str:name>/", views.detail, name="detail"),
    path("<str:name>/pause/", views.pause, name="pause"),
]
