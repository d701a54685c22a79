"""Address of 模型."""

from django.urls import path

from desk.drift import views

app_name = "drift"
urlpatterns = [path("", views.page, name="page")]
