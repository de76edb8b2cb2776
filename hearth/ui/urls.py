"""Mount as `path("ui/", include("hearth.ui.urls"))`."""

from django.urls import path

from hearth.ui import views

app_name = "ui"
urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("components/", views.components, name="components"),
    path("components/undo/", views.undo_sample, name="undo-sample"),
    path("components/palette/", views.palette_sample, name="palette-sample"),
    path("manifest.webmanifest", views.web_manifest, name="manifest"),
]
