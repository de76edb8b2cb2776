"""What can be done to people, by noun."""

from hearth.people.services.blocks import block_member, member_to_block, unblock_member
from hearth.people.services.consents import give_consent, tag_member, untag_member, withdraw_consent
from hearth.people.services.identities import claim_identity, import_identities, merge_members, undo_merge
from hearth.people.services.joining import join_community
from hearth.people.services.machines import (
    issue_token,
    make_bot,
    member_by_token,
    retire_bot,
    revoke_token,
    scopes_for,
    token_by_text,
    token_for,
)
from hearth.people.services.profiles import choose_speech, mark_seen, update_profile
from hearth.people.services.sessions import end_other_sessions, end_session, note_sign_in
from hearth.people.services.verification import ask_verification, decide_verification, expire_verifications

__all__ = [
    "ask_verification",
    "block_member",
    "choose_speech",
    "claim_identity",
    "decide_verification",
    "end_other_sessions",
    "end_session",
    "expire_verifications",
    "give_consent",
    "import_identities",
    "issue_token",
    "join_community",
    "make_bot",
    "mark_seen",
    "member_by_token",
    "member_to_block",
    "merge_members",
    "note_sign_in",
    "retire_bot",
    "revoke_token",
    "scopes_for",
    "tag_member",
    "token_by_text",
    "token_for",
    "unblock_member",
    "undo_merge",
    "untag_member",
    "update_profile",
    "withdraw_consent",
]
