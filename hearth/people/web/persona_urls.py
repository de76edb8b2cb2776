"""Mount as ``path("persona/", include("hearth.people.web.persona_urls"))``: the demo's one-press sign-in."""

from django.urls import path

from hearth.people.web import persona

app_name = "persona"
urlpatterns = [path("<slug:key>/", persona.step, name="step")]
