"""Mount at the root."""

from django.urls import path

from hearth.portal.web import entry, home

app_name = "portal"
urlpatterns = [
    path("", entry.landing, name="landing"),
    path("service-worker.js", entry.service_worker, name="service-worker"),
    path("offline/", entry.offline, name="offline"),
    path("c/<slug:community>/", home.home, name="home"),
    path("c/<slug:community>/groups/", home.groups, name="groups"),
    path("c/<slug:community>/manifest.webmanifest", entry.manifest, name="manifest"),
]
