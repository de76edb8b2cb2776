"""Mount as ``path("c/<slug:community>/", include("hearth.groups.urls"))``."""

from django.urls import path

from hearth.groups.web import codes, doors, entry, greeting, keeping, portal, value_lines, waiting

app_name = "groups"
urlpatterns = [
    path("discover/", portal.discover, name="discover"),
    path("join/<str:code>/", entry.entry, name="entry"),
    path("join/<str:code>/badge/", entry.badge, name="entry-badge"),
    path("enter/<str:code>/", codes.follow, name="code"),
    path("enter/<str:code>/badge/", codes.badge, name="code-badge"),
    path("groups/<int:group_id>/card/", portal.card, name="card"),
    path("groups/<int:group_id>/membership/", portal.join, name="join"),
    path("groups/<int:group_id>/norms-acceptance/", portal.acceptance, name="acceptance"),
    path("groups/<int:group_id>/leaving/", portal.leaving, name="leaving"),
    path("groups/<int:group_id>/tending/", portal.tending, name="tending"),
    path("groups/<int:group_id>/members/", portal.members, name="members"),
    path("groups/<int:group_id>/members/<int:member_id>/role/", keeping.role, name="role"),
    path("groups/<int:group_id>/members/<int:member_id>/ownership/", keeping.owner, name="owner"),
    path("groups/<int:group_id>/members/<int:member_id>/removal/", keeping.removal, name="removal"),
    path("groups/<int:group_id>/members/<int:member_id>/mute/", keeping.mute, name="mute"),
    path("groups/<int:group_id>/newcomers/<int:member_id>/greeting/", greeting.greeting, name="greeting"),
    path("groups/<int:group_id>/newcomers/<int:member_id>/ungreeting/", greeting.undoing, name="greeting-undoing"),
    path("groups/<int:group_id>/value-lines/<int:value_id>/deed/", value_lines.deed, name="deed"),
    path("groups/deeds/<int:deed_id>/undoing/", value_lines.deed_undoing, name="deed-undoing"),
    path("groups/<int:group_id>/settings/", keeping.settings, name="settings"),
    path("groups/<int:group_id>/norms/", keeping.norms, name="norms"),
    path("groups/<int:group_id>/closure/", keeping.closure, name="closure"),
    path("groups/<int:group_id>/reopening/", keeping.reopening, name="reopening"),
    path("groups/<int:group_id>/door/", doors.door, name="door"),
    path("groups/<int:group_id>/door/<slug:kind>/", doors.condition, name="door-condition"),
    path("groups/<int:group_id>/requests/", doors.applications, name="applications"),
    path("groups/<int:group_id>/requests/<str:picked>/undo/", doors.decision_undo, name="decision-undo"),
    path("groups/requests/<int:application_id>/withdrawal/", doors.request_withdrawal, name="request-withdrawal"),
    path("groups/<int:group_id>/line/", waiting.waiting, name="waiting"),
    path("groups/<int:group_id>/choice-cancellation/", waiting.choice_cancellation, name="choice-cancellation"),
    path("groups/line/<int:waiting_id>/leaving/", waiting.line_leaving, name="line-leaving"),
    path("groups/<int:group_id>/invitation/", doors.invitation, name="invitation"),
    path("groups/<int:group_id>/links/", keeping.links, name="links"),
    path("groups/links/<int:link_id>/revocation/", keeping.link_revocation, name="link-revocation"),
    path("groups/links/<int:link_id>/qr.svg", keeping.link_qr, name="link-qr"),
    path("groups/restrictions/<int:restriction_id>/lifting/", keeping.lifting, name="lifting"),
]
