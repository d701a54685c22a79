"""Addresses of the queue."""

from django.urls import path

from desk.queue import actions, unopened, views

app_name = "queue"
urlpatterns = [
    path("", views.listing, name="list"),
    path("pulse/", views.pulse, name="pulse"),
    path("below/", unopened.listing, name="unopened"),
    path("below/<int:cluster_id>/", unopened.claim, name="unopened_claim"),
    path("below/<int:cluster_id>/open/", unopened.open_case, name="open_case"),
    path("undo/", actions.undo, name="undo"),
    path("<int:case_id>/preview/", views.previewed, name="preview"),
    path("<int:case_id>/claim/", actions.claim, name="claim"),
    path("<int:case_id>/release/", actions.release, name="release"),
    path("<int:case_id>/dismiss/", actions.dismiss, name="dismiss"),
]
