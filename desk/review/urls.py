"""Addresses of review: /review/ (待审) and /notices/ (通告)."""

from django.urls import path

from desk.review import actions, notice, views

app_name = "review"
urlpatterns = [
    path("review/", views.waiting, name="list"),
    path("notices/", views.published, name="published"),
    path("notices/sendings/<int:row>/resolve/", actions.resolve, name="resolve"),
    path("notices/<int:notice_id>/", notice.page, name="notice"),
    path("notices/<int:notice_id>/image.png", notice.picture, name="image"),
    path("notices/<int:notice_id>/edit/", actions.edit, name="edit"),
    path("notices/<int:notice_id>/submit/", actions.submit, name="submit"),
    path("notices/<int:notice_id>/review/", actions.review, name="review"),
    path("notices/<int:notice_id>/approve/", actions.approve, name="approve"),
    path("notices/<int:notice_id>/refuse/", actions.refuse, name="refuse"),
    path("notices/<int:notice_id>/retract/", actions.retract, name="retract"),
]
