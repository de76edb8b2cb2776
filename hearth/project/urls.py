"""Where every module's addresses hang."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("ui/", include("hearth.ui.urls")),
    path("api/v1/", include("hearth.api.urls")),
    path("persona/", include("hearth.people.web.persona_urls")),
    path("c/<slug:community>/", include("hearth.people.urls")),
    path("c/<slug:community>/", include("hearth.groups.urls")),
    path("c/<slug:community>/", include("hearth.notify.urls")),
    path("c/<slug:community>/console/", include("hearth.console.urls")),
    path("c/<slug:community>/", include("hearth.conversation.urls")),
    path("", include("hearth.portal.urls")),
]

handler400 = "hearth.ui.failures.bad_request"
handler403 = "hearth.ui.failures.forbidden"
handler404 = "hearth.ui.failures.not_found"
handler429 = "hearth.ui.failures.too_many"  # asked for by allauth
handler500 = "hearth.ui.failures.server_error"
