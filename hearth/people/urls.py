"""Mount as ``path("c/<slug:community>/", include("hearth.people.urls"))``."""

from django.urls import path

from hearth.people.web import applying, confirming, leaving, portal

app_name = "people"
urlpatterns = [
    path("me/profile/", portal.profile, name="profile"),
    path("me/verification/", applying.verification, name="verification"),
    path("me/verification/licence/", applying.licence, name="verification-licence"),
    path("me/verification/document/", applying.document, name="verification-document"),
    path("me/verification/mail/", applying.mail, name="verification-mail"),
    path("me/verification/code/", applying.code, name="verification-code"),
    path("me/verification/colleague/", applying.colleague, name="verification-colleague"),
    path("me/verification/sending/", applying.sending, name="verification-sending"),
    path("me/verification/evidence/<int:evidence_id>/removal/", applying.removal, name="verification-removal"),
    path("me/vouching/", applying.vouching, name="vouch"),
    path("me/vouching/<int:evidence_id>/answer/", applying.vouch_answer, name="vouch-answer"),
    path("me/vouching/<int:evidence_id>/withdrawal/", applying.vouch_withdrawal, name="vouch-withdrawal"),
    path("me/privacy/", portal.privacy, name="privacy"),
    path("me/data/", leaving.my_data, name="my-data"),
    path("me/data/export/", leaving.own_export, name="own-export"),
    path("me/data/export/progress/", leaving.export_progress, name="export-progress"),
    path("me/data/export/<int:export_id>/", leaving.export_file, name="export-file"),
    path("me/data/signing-in-again/", confirming.signing_in_again, name="signing-in-again"),
    path("me/data/erasure/", leaving.erasure, name="erasure"),
    path("me/data/erasure/calling-off/", leaving.erasure_calling_off, name="erasure-calling-off"),
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
