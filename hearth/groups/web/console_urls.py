"""Included by the console's addresses, in its namespace."""

from django.urls import path

from hearth.groups.web import codes, console, purity, regrouping, value_lines

urlpatterns = [
    path("entry-codes/", codes.codes, name="entry-codes"),
    path("entry-codes/<int:code_id>/", codes.code, name="entry-code"),
    path("entry-codes/<int:code_id>/revocation/", codes.code_revocation, name="entry-code-revocation"),
    path("entry-codes/<int:code_id>/qr.svg", codes.code_qr, name="entry-code-qr"),
    path("value-lines/", value_lines.value_lines, name="value-lines"),
    path("value-lines/new/", value_lines.value_line_new, name="value-line-new"),
    path("value-lines/<int:value_id>/", value_lines.value_line, name="value-line"),
    path("value-lines/<int:value_id>/removal/", value_lines.value_line_removal, name="value-line-removal"),
    path("groups/<int:group_id>/pause-lift/", value_lines.pause_lift, name="pause-lift"),
    path("groups/<int:group_id>/pause-lift/ending/", value_lines.pause_lift_ending, name="pause-lift-ending"),
    path("groups/opening/", console.opening, name="group-opening"),
    path("groups/<int:group_id>/edit/", console.edit, name="group-edit"),
    path("groups/<int:group_id>/norms/", console.norms, name="group-norms"),
    path("groups/<int:group_id>/roles/", console.roles, name="group-roles"),
    path("groups/<int:group_id>/closure/", console.closure, name="group-closure"),
    path("groups/<int:group_id>/reopening/", console.reopening, name="group-reopening"),
    path("groups/<int:group_id>/split/", regrouping.split, name="group-split"),
    path("groups/<int:group_id>/merge/", regrouping.merge, name="group-merge"),
    path("groups/<int:group_id>/purity/", purity.purity, name="group-purity"),
    path("groups/sisters/", regrouping.sisters, name="sisters"),
    path("regroupings/<int:regrouping_id>/", regrouping.regrouping, name="regrouping"),
]
