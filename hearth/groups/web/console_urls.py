"""Included by the console's addresses, in its namespace."""

from django.urls import path

from hearth.groups.web import codes, console

urlpatterns = [
    path("entry-codes/", codes.codes, name="entry-codes"),
    path("entry-codes/<int:code_id>/", codes.code, name="entry-code"),
    path("entry-codes/<int:code_id>/revocation/", codes.code_revocation, name="entry-code-revocation"),
    path("entry-codes/<int:code_id>/qr.svg", codes.code_qr, name="entry-code-qr"),
    path("groups/opening/", console.opening, name="group-opening"),
    path("groups/<int:group_id>/edit/", console.edit, name="group-edit"),
    path("groups/<int:group_id>/norms/", console.norms, name="group-norms"),
    path("groups/<int:group_id>/roles/", console.roles, name="group-roles"),
    path("groups/<int:group_id>/closure/", console.closure, name="group-closure"),
    path("groups/<int:group_id>/reopening/", console.reopening, name="group-reopening"),
]
