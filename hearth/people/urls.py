"""Mount as ``path("c/<slug:community>/", include("hearth.people.urls"))``."""

from django.urls import path

from hearth.people.web import portal

app_name = "people"
urlpatterns = [
    path("me/profile/", portal.profile, name="profile"),
    path("me/verification/", portal.verification, name="verification"),
    path("me/privacy/", portal.privacy, name="privacy"),
    path("me/blocks/<int:member_id>/", portal.block, name="block"),
    path("me/blocks/<int:member_id>/removal/", portal.unblock, name="unblock"),
    path("me/consents/<str:purpose>/", portal.consent, name="consent"),
    path("me/consents/<str:purpose>/withdrawal/", portal.withdrawal, name="withdrawal"),
    path("me/tokens/", portal.tokens, name="tokens"),
    path("me/tokens/<int:token_id>/revocation/", portal.token_revocation, name="token-revocation"),
    path("me/sign-ins/", portal.sessions, name="sessions"),
    path("me/sign-ins/ending/", portal.sessions_ending, name="sessions-ending"),
    path("me/sign-ins/<int:sign_in_id>/ending/", portal.session_ending, name="session-ending"),
    path("me/language/", portal.speech, name="speech"),
    path("members/<int:member_id>/card/", portal.member, name="member"),
]
