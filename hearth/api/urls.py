"""Mounted under ``/api/v1/``."""

from django.urls import include, path

from hearth.api import web

app_name = "api"
urlpatterns = [
    path("openapi.json", web.openapi, name="openapi"),
    path("c/<slug:community>/", include("hearth.insight.api.urls")),
]
