"""Addresses of a case."""

from django.urls import path

from desk.cases import actions, originals, verdict, views

app_name = "cases"
urlpatterns = [
    path("<str:number>/", views.page, name="page"),
    path("<str:number>/pulse/", views.pulse, name="pulse"),
    path("<str:number>/posts/", views.all_posts, name="posts"),
    path("<str:number>/log/", views.log, name="log"),
    path("<str:number>/verdict/", verdict.page, name="verdict"),
    path("<str:number>/claim/", actions.claim, name="claim"),
    path("<str:number>/release/", actions.release, name="release"),
    path("<str:number>/wait/", actions.wait, name="wait"),
    path("<str:number>/dismiss/", actions.dismiss, name="dismiss"),
    path("<str:number>/restore/", actions.restore, name="restore"),
    path("<str:number>/reopen/", actions.reopen, name="reopen"),
    path("<str:number>/reword/", actions.reword, name="reword"),
    path("<str:number>/topic/", actions.topic, name="topic"),
    path("<str:number>/lead/", actions.lead, name="lead"),
    path("<str:number>/sample/", actions.sample, name="sample"),
    path("<str:number>/lesson/withdraw/", actions.unteach, name="unteach"),
    path("<str:number>/lesson/put-back/", actions.put_back, name="put_back"),
    path("<str:number>/draft/", actions.draft, name="draft"),
    path("<str:number>/evidence/", actions.add_evidence, name="evidence"),
    path("<str:number>/evidence/<int:item>/withdraw/", actions.withdraw, name="withdraw"),
    path("<str:number>/evidence/<int:item>/original/", originals.original, name="original"),
]
