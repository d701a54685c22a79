"""Address of 模型."""

from django.urls import path

from desk.model import views

app_name = "model"
urlpatterns = [path("", views.page, name="page")]
