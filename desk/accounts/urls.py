"""Addresses of the account pages."""

from django.urls import path

from desk.accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("password/", views.password, name="password"),
    path("accounts/", views.listing, name="list"),
    path("accounts/changes/<int:change_id>/seen/", views.seen, name="seen"),
    path("accounts/<int:officer_id>/switch/", views.switch, name="switch"),
    path("accounts/<int:officer_id>/reset/", views.reset, name="reset"),
]
