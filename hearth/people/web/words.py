"""Codes of credentials and their evidence in people's words."""

from django.utils.translation import gettext_lazy as _, ngettext_lazy

STATES = {
    "draft": _("Not sent yet"),
    "waiting": _("Waiting"),
    "asking": _("More was asked for"),
    "verified": _("Confirmed"),
    "refused": _("Refused"),
    "expired": _("Expired"),
    "revoked": _("Revoked"),
}
VERDICTS = {"verified": _("would confirm"), "refused": _("refused"), "more": _("asked for more")}
RISKS = {"low": _("Low risk"), "medium": _("Some risk"), "high": _("High risk")}
RISK_TONES = {"low": "good", "medium": "caution", "high": "danger"}
REASONS = {
    "document_used": _("The same file was sent by another member"),
    "licence_used": _("The same number was given by another member"),
    "registry_none": _("The number is in no list"),
    "registry_name": _("The list has another name for this number"),
    "registry_ended": _("The list says that the licence has ended"),
    "registry_place": _("The list has another institution"),
    "voucher_risky": _("A colleague who vouches was a risk themselves"),
    "voucher_new": _("A colleague who vouches was verified only lately"),
    "free_mail": _("Signs in with a free mail address, and none of work is proven"),
    "very_new": _("Came here less than three days ago"),
    "refused_before": _("Was refused before"),
    "name_changed": _("Changed the real name after asking"),
    "only_number": _("There is a number and nothing else, and no list to ask"),
    "nothing": _("No evidence is in force"),
}
OUTCOMES = {
    "match": _("found, and it fits"),
    "place": _("found, with another institution"),
    "none": _("not found"),
    "name": _("found, with another name"),
    "ended": _("found, and no longer valid"),
}
CALL_SEEN = {
    "face": _("The face fits the document"),
    "licence": _("The licence was held up to the camera"),
    "work": _("Spoke of the work as one who does it"),
}
EVIDENCE_STATES = {
    "pending": _("not answered yet"),
    "given": _("given"),
    "refused": _("would not"),
    "withdrawn": _("taken back"),
}
FIELD_WORDS = {
    "display_name": _("Chosen name"),
    "real_name": _("Real name"),
    "hospital": _("Hospital or institution"),
    "department": _("Department"),
    "title": _("Title"),
    "city": _("City"),
}

# Sentences of libraries that their own catalogue lacks in one of our languages, or says there as to a friend: ours is
# asked first.
OF_LIBRARIES = (
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
    _("Your password can’t be too similar to your other personal information."),
    _("Your password can’t be a commonly used password."),
    _("Your password can’t be entirely numeric."),
    _("Your old password was entered incorrectly. Please enter it again."),
    _("Upload a valid image. The file you uploaded was either not an image or a corrupted image."),
    _("Hello from %(site_name)s!"),
)
