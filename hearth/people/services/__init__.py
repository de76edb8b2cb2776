"""What can be done to people, by noun."""

from hearth.people.services.blocks import block_member, member_to_block, unblock_member
from hearth.people.services.consents import change_tags, give_consent, tag_member, untag_member, withdraw_consent
from hearth.people.services.deciding import (
    Decision,
    decide_verification,
    give_opinion,
    release_case,
    settle_opinion,
    take_case,
    undo_opinion,
)
from hearth.people.services.erasing import ask_erasure, call_off_erasure, erase_person
from hearth.people.services.evidence import (
    give_document,
    give_licence,
    open_evidence,
    record_call,
    take_back_evidence,
)
from hearth.people.services.exports import open_export, order_own_export
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
from hearth.people.services.mail_proof import ask_mail_code, institution_domains, prove_mail
from hearth.people.services.profiles import choose_speech, mark_seen, update_profile
from hearth.people.services.registers import import_register
from hearth.people.services.sessions import end_other_sessions, end_session, note_sign_in
from hearth.people.services.subjects import subject_of
from hearth.people.services.verification import (
    ask_verification,
    expire_verifications,
    send_verification,
    start_verification,
)
from hearth.people.services.vouching import answer_vouch, ask_vouch, take_back_vouch

__all__ = [
    "Decision",
    "answer_vouch",
    "ask_erasure",
    "ask_mail_code",
    "ask_verification",
    "ask_vouch",
    "block_member",
    "call_off_erasure",
    "change_tags",
    "choose_speech",
    "claim_identity",
    "decide_verification",
    "end_other_sessions",
    "end_session",
    "erase_person",
    "expire_verifications",
    "give_consent",
    "give_document",
    "give_licence",
    "give_opinion",
    "import_identities",
    "import_register",
    "institution_domains",
    "issue_token",
    "join_community",
    "make_bot",
    "mark_seen",
    "member_by_token",
    "member_to_block",
    "merge_members",
    "note_sign_in",
    "open_evidence",
    "open_export",
    "order_own_export",
    "prove_mail",
    "record_call",
    "release_case",
    "retire_bot",
    "revoke_token",
    "scopes_for",
    "send_verification",
    "settle_opinion",
    "start_verification",
    "subject_of",
    "tag_member",
    "take_back_evidence",
    "take_back_vouch",
    "take_case",
    "token_by_text",
    "token_for",
    "unblock_member",
    "undo_merge",
    "undo_opinion",
    "untag_member",
    "update_profile",
    "withdraw_consent",
]
