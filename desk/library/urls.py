"""Addresses of the library of known claims."""

from django.urls import path

from desk.library import views

app_name = "library"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<int:claim_id>/withdraw/", views.withdraw, name="withdraw"),
]
