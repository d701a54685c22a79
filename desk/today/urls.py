"""Address of 今日."""

from django.urls import path

from desk.today import views

app_name = "today"
urlpatterns = [path("", views.page, name="page")]
