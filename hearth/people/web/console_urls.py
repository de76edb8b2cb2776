"""Included by the console's addresses, in its namespace."""

from django.urls import path

from hearth.people.web import console, desk

urlpatterns = [
    path("verification/", desk.queue, name="verification"),
    path("verification/register/", desk.register, name="verification-register"),
    path("verification/<int:verification_id>/", desk.verification, name="verification-row"),
    path("verification/<int:verification_id>/hold/", desk.hold, name="verification-hold"),
    path("verification/<int:verification_id>/decision/", desk.decision, name="verification-decision"),
    path("verification/<int:verification_id>/undoing/", desk.undoing, name="verification-undoing"),
    path("verification/<int:verification_id>/call/", desk.call, name="verification-call"),
    path("verification/<int:verification_id>/evidence/<int:evidence_id>/", desk.evidence, name="verification-evidence"),
    path("members/<int:member_id>/merging/", console.merging, name="member-merging"),
    path("merges/<str:batch>/undo/", console.merge_undo, name="merge-undo"),
]
