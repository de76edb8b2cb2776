"""Included by the console's addresses, in its namespace."""

from django.urls import path

from hearth.groups.web import console

urlpatterns = [
    path("groups/opening/", console.opening, name="group-opening"),
    path("groups/<int:group_id>/edit/", console.edit, name="group-edit"),
    path("groups/<int:group_id>/norms/", console.norms, name="group-norms"),
    path("groups/<int:group_id>/roles/", console.roles, name="group-roles"),
    path("groups/<int:group_id>/closure/", console.closure, name="group-closure"),
    path("groups/<int:group_id>/reopening/", console.reopening, name="group-reopening"),
]
