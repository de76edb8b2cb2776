"""Codes in the reader's words: jobs, states, actions of the audit log."""

from typing import Final

from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from hearth.core.jobs import kinds
from hearth.groups.rules.reasons import OF_THE_HOUSE
from hearth.ui.types import Text

STATES: Final[dict[str, Text]] = {
    "waiting": _("Waiting"),
    "running": _("Running"),
    "done": _("Done"),
    "failed": _("Failed"),
    "cancelled": _("Stopped"),
}
STATE_TONES: Final = {"running": "ember", "done": "good", "failed": "caution", "cancelled": "slate"}

BATCH_WORDS: Final[dict[str, tuple[Text, str]]] = {
    "running": (_("Running"), "ember"),
    "waiting": (_("Waits for you"), "caution"),
    "stopped": (_("Stopped"), "danger"),
    "done": (_("Done"), "good"),
    "closing": (_("Closing"), "ember"),
    "rolled_back": (_("Rolled back"), "slate"),
}

ACTIONS: Final[dict[str, Text]] = {
    "archive_imported": _("imported an archive"),
    "archive_uploaded": _("uploaded an archive"),
    "import_started": _("started an import"),
    "upload_removed": _("removed an uploaded archive"),
    "blueprint_application_begun": _("began to apply a blueprint"),
    "built_without_capacity": _("built without the capacity for what was promised"),
    "draft_thrown_away": _("threw a draft of the community away"),
    "blueprint_applied": _("applied a blueprint"),
    "copies_begun": _("began to make copies"),
    "copies_gone_on": _("went on with a batch of copies"),
    "copies_rolled_back": _("rolled back a batch of copies"),
    "bot_made": _("made a bot"),
    "bot_retired": _("retired a bot"),
    "charter_changed": _("changed the charter"),
    "community_changed": _("renamed the community or changed its clock"),
    "community_founded": _("founded the community"),
    "duty_removed": _("removed a duty"),
    "duty_set": _("planned a duty"),
    "group_changed": _("changed a group"),
    "group_closed": _("closed a group"),
    "group_handed_over": _("handed a group over"),
    "group_opened": _("opened a group"),
    "group_reopened": _("reopened a group"),
    "identity_claimed": _("matched an identity to a member"),
    "link_made": _("made a join link"),
    "link_revoked": _("revoked a join link"),
    "profile_changed": _("changed a profile"),
    "member_admitted": _("let a member in"),
    "member_removed": _("removed a member"),
    "members_merged": _("merged two members"),
    "merge_undone": _("undid a merge"),
    "message_hidden": _("hid a message"),
    "message_restored": _("restored a message"),
    "norms_published": _("published norms"),
    "pause_lift_ended": _("let a group’s pause count again"),
    "pause_lifted": _("let people be invited although a service had stopped"),
    "place_added": _("added a place"),
    "place_changed": _("changed a place"),
    "place_removed": _("removed a place"),
    "restriction_lifted": _("lifted a restriction"),
    "restriction_set": _("restricted a member"),
    "role_ended": _("ended a role"),
    "role_given": _("gave a role"),
    "taken_out_of_line": _("took somebody out of a line"),
    "value_answer_removed": _("took a value line away"),
    "value_answer_set": _("described a value line"),
    "view_removed": _("removed a view that somebody shared"),
    "setting_changed": _("changed a setting"),
    "token_issued": _("issued a token"),
    "token_revoked": _("revoked a token"),
    "call_recorded": _("wrote down a video call"),
    "evidence_read": _("looked at evidence"),
    "evidence_shredded": _("destroyed evidence whose time was over"),
    "opinion_given": _("gave an opinion on a credential"),
    "opinion_undone": _("took back an opinion on a credential"),
    "register_imported": _("imported a list of licences"),
    "verification_decided": _("decided on a credential"),
    "application_decided": _("answered a request to come in"),
    "application_reopened": _("opened a request to come in again"),
    "ban_kept": _("kept a ban after an erasure"),
    "choice_set": _("planned who is let in, and in which order"),
    "choice_cancelled": _("called off the plan of who is let in"),
    "entry_code_made": _("made an entry code"),
    "entry_code_changed": _("changed an entry code"),
    "entry_code_revoked": _("revoked an entry code"),
    "erasure_asked": _("asked to be erased"),
    "erasure_called_off": _("called an erasure off"),
    "person_erased": _("erased a person"),
    "export_fetched": _("fetched a copy of their own data"),
    "own_data_asked": _("asked for their own data"),
    "gates_changed": _("changed what a door asks"),
    "goal_set": _("set a goal"),
    "goal_ended": _("ended a goal"),
    "member_taken_back": _("took back a member of an imported list"),
    "members_exported": _("exported the list of members"),
    "roster_uploaded": _("uploaded a list of members"),
    "roster_begun": _("began to import a list of members"),
    "roster_report": _("downloaded the report of an imported list"),
    "roster_taken_back": _("took back an imported list of members"),
    "tag_added": _("gave members a tag"),
    "tag_removed": _("took a tag away from members"),
    "split_begun": _("began to split a group"),
    "split_done": _("split a group"),
    "split_undo_begun": _("began to undo a split"),
    "split_undone": _("undid a split"),
    "merge_begun": _("began to merge groups"),
    "merge_done": _("merged groups"),
    "merge_undo_begun": _("began to undo a merge of groups"),
}

# What entries of the audit log hold before and after; other keys stay as they are.
KEYS: Final[dict[str, Text]] = {
    "approved": pgettext_lazy("audit entry", "Approved"),
    "ban": _("Banned"),
    "batch": _("Batch"),
    "bot": pgettext_lazy("audit entry", "Bot"),
    "bound": pgettext_lazy("audit entry", "Bound"),
    "capacity": _("Capacity"),
    "changes": _("Changes"),
    "columns": _("Columns"),
    "completed": _("Completed"),
    "copies": _("Copies"),
    "days": pgettext_lazy("audit entry", "Days"),
    "definition": _("Whom it is for"),
    "department": _("Department"),
    "due": pgettext_lazy("audit entry", "Due"),
    "evidence": _("Evidence"),
    "expires_on": _("Until"),
    "export": _("File"),
    "fields": pgettext_lazy("audit entry", "Fields"),
    "filters": _("Filter"),
    "group": _("Group"),
    "groups": _("Groups"),
    "hospital": _("Hospital"),
    "how": pgettext_lazy("audit entry", "How"),
    "into": pgettext_lazy("audit entry", "Into"),
    "job": _("Job"),
    "joined": pgettext_lazy("day", "Joined"),
    "key": pgettext_lazy("audit entry", "Key"),
    "kind": _("Kind"),
    "language": _("Language"),
    "link": pgettext_lazy("audit entry", "Link"),
    "max_uses": pgettext_lazy("audit entry", "Most uses"),
    "members": _("Members"),
    "messages": _("Messages"),
    "metric": pgettext_lazy("audit entry", "Metric"),
    "name": _("Name"),
    "number": _("Number"),
    "owner": pgettext_lazy("audit entry", "Owner"),
    "path": _("Place"),
    "place": _("Place"),
    "purpose": pgettext_lazy("audit entry", "Purpose"),
    "restriction": _("Restrictions"),
    "role": _("Role"),
    "rules": _("Rules"),
    "search": _("Search"),
    "size": pgettext_lazy("audit entry", "Bytes"),
    "space": _("Space"),
    "tag": _("Tag"),
    "token": pgettext_lazy("audit entry", "Token"),
    "type": _("Type"),
    "undoes": _("Undoes"),
    "until": _("Until"),
    "value": pgettext_lazy("audit entry", "Value"),
    "verification": _("Credential"),
    "verified": _("Verified"),
    "version": pgettext_lazy("audit entry", "Version"),
    "visibility": _("Visibility"),
    "words": _("Messages"),
}
# What entries are about and what has no name of its own.
SUBJECTS: Final[dict[str, Text]] = {"community": _("Community"), "export": pgettext_lazy("audit entry", "Own data")}


def job_title(name: str) -> str:
    """A kind of job in the reader's language."""
    kind = kinds.get(name)
    return gettext(kind.title) if kind is not None else name


def reason(why: str) -> str:
    """Why something was done: in the reader's language where the house says it, else as somebody wrote it."""
    return gettext(why) if why in OF_THE_HOUSE else why


def action_title(code: str) -> str:
    """An action of the audit log in the reader's language; an unknown code is made readable."""
    return str(ACTIONS[code]) if code in ACTIONS else code.replace("_", " ")
