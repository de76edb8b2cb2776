"""Mount as ``path("c/<slug:community>/console/", include("hearth.console.urls"))``."""

from django.urls import include, path

from hearth.console.pages import (
    audit,
    blueprint,
    fleet,
    fleet_bulk,
    group,
    members,
    palette,
    people,
    settings,
    today,
    work,
)

app_name = "console"
urlpatterns = [
    path("", today.today, name="today"),
    path("groups/", fleet.groups, name="groups"),
    path("groups/undo/<str:key>/", fleet_bulk.undo, name="groups-undo"),
    path("groups/<int:group_id>/", group.group, name="group"),
    path("members/", members.members, name="members"),
    path("members/<int:member_id>/", members.member, name="member"),
    path("people/", people.people, name="people"),
    path("jobs/", work.jobs, name="jobs"),
    path("jobs/<int:job_id>/", work.job, name="job"),
    path("jobs/<int:job_id>/progress/", work.progress, name="job-progress"),
    path("jobs/<int:job_id>/cancellation/", work.cancellation, name="job-cancellation"),
    path("jobs/<int:job_id>/repetition/", work.repetition, name="job-repetition"),
    path("facts/<int:parked_id>/repetition/", work.fact_repetition, name="fact-repetition"),
    path("audit/", audit.log, name="audit"),
    path("settings/", settings.settings, name="settings"),
    path("settings/charter/", settings.charter, name="charter"),
    path("settings/team/", settings.staff, name="staff"),
    path("settings/team/<int:member_id>/<str:role>/ending/", settings.staff_ending, name="staff-ending"),
    path("settings/blueprint/", blueprint.blueprint, name="blueprint"),
    path("settings/blueprint/application/", blueprint.application, name="blueprint-application"),
    path("settings/blueprint/export/", blueprint.export, name="blueprint-export"),
    path("settings/blueprint/<int:number>/", blueprint.applied, name="blueprint-applied"),
    path("settings/blueprint/<int:number>/way-back/", blueprint.way_back, name="blueprint-way-back"),
    path("palette/", palette.palette, name="palette"),
    path("", include("hearth.people.web.console_urls")),
    path("", include("hearth.groups.web.console_urls")),
    path("", include("hearth.carriers.web.console_urls")),
    path("", include("hearth.insight.web.console_urls")),
]
