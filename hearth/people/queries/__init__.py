"""What others may ask about people."""

from hearth.people.queries.cards import cards_of, member_cards
from hearth.people.queries.lists import (
    blocked_identity_ids,
    blocked_members,
    consents_of,
    has_consent,
    identities_of,
    is_verified,
    member_list,
    members_of_identities,
    names_of_members,
    open_verifications,
    sign_ins_of,
    tokens_of,
    user_by_email,
    user_of,
    users_of,
    verifications_of,
    who_blocked,
)

__all__ = [
    "blocked_identity_ids",
    "blocked_members",
    "cards_of",
    "consents_of",
    "has_consent",
    "identities_of",
    "is_verified",
    "member_cards",
    "member_list",
    "members_of_identities",
    "names_of_members",
    "open_verifications",
    "sign_ins_of",
    "tokens_of",
    "user_by_email",
    "user_of",
    "users_of",
    "verifications_of",
    "who_blocked",
]
