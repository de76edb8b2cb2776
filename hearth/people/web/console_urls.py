"""Included by the console's addresses, in its namespace."""

from django.urls import path

from hearth.people.web import console, desk, rosters

urlpatterns = [
    path("verification/", desk.queue, name="verification"),
    path("verification/register/", desk.register, name="verification-register"),
    path("verification/<int:verification_id>/", desk.verification, name="verification-row"),
    path("verification/<int:verification_id>/hold/", desk.hold, name="verification-hold"),
    path("verification/<int:verification_id>/decision/", desk.decision, name="verification-decision"),
    path("verification/<int:verification_id>/undoing/", desk.undoing, name="verification-undoing"),
    path("verification/<int:verification_id>/call/", desk.call, name="verification-call"),
    path("verification/<int:verification_id>/evidence/<int:evidence_id>/", desk.evidence, name="verification-evidence"),
    path("members/duplicates/", console.duplicate_members, name="duplicates"),
    path("members/import/", rosters.tables, name="rosters"),
    path("members/import/<int:roster_id>/", rosters.table, name="roster"),
    path("members/import/<int:roster_id>/aim/", rosters.aim, name="roster-aim"),
    path("members/import/<int:roster_id>/loading/", rosters.loading, name="roster-loading"),
    path("members/import/<int:roster_id>/undoing/", rosters.undoing, name="roster-undoing"),
    path("members/import/<int:roster_id>/report/", rosters.report, name="roster-report"),
    path("members/<int:member_id>/merging/", console.merging, name="member-merging"),
    path("merges/<str:batch>/undo/", console.merge_undo, name="merge-undo"),
]
