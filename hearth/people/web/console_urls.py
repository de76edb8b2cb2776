"""Included by the console's addresses, in its namespace."""

from django.urls import path

from hearth.people.web import console

urlpatterns = [
    path("verification/", console.queue, name="verification"),
    path("verification/<int:verification_id>/", console.verification, name="verification-row"),
    path("verification/<int:verification_id>/decision/", console.decision, name="verification-decision"),
    path("verification/<int:verification_id>/licence/", console.licence, name="verification-licence"),
    path("members/<int:member_id>/merging/", console.merging, name="member-merging"),
    path("merges/<str:batch>/undo/", console.merge_undo, name="merge-undo"),
]
