"""Evidence: given by members, sealed, opened by reviewers on the record."""

from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext_noop as _

from hearth.core import audit, crypto, storage
from hearth.core.errors import Conflict, NotFound, Refusal, TooMany
from hearth.core.permissions import Actor, demand
from hearth.kit.clock import now
from hearth.people.access import evidence_for, own_case, verification_for
from hearth.people.errors import UnusableDocument
from hearth.people.models import Evidence, Verification
from hearth.people.queries.registers import licence_mark
from hearth.people.registry import LOOKS, VERIFY
from hearth.people.rules import documents
from hearth.people.rules.matching import plain_number
from hearth.people.types import WITH_MEMBER, EvidenceState, VerificationState

MOST_DOCUMENTS = 6
MOST_GIVEN = 40  # rows of evidence a case ever has, taken back ones included
WHY_BAD = {
    "empty": _("The file is empty."),
    "large": _("The file is too large: at most 12 MB."),
    "unknown": _("Send a photo (JPEG, PNG, WebP) or a PDF."),
    "pixels": _("This picture has too many pixels. Make it smaller and try again."),
    "broken": _("The file cannot be read. Take a new photo of it."),
    "acting": _("This PDF holds scripts, forms that send or files inside. Print it to a new PDF, or take a photo."),
    "two_things": _("This file is two things at once. Take a photo of the document instead."),
    "pages": _("The PDF has too many pages: at most 20."),
    "locked": _("The PDF is locked with a password. Take the password off, or take a photo."),
}


class Upload(Protocol):
    """A file as a form brings it."""

    @property
    def size(self) -> int | None:
        """Its bytes."""

    def read(self, amount: int = ..., /) -> bytes:
        """Up to ``amount`` bytes."""


def with_member(row: Verification) -> None:
    """Raise a Conflict unless the member may change what stands for the case."""
    if row.state not in WITH_MEMBER:
        raise Conflict("This request is with a reviewer; nothing can be added until they answer.")
    if row.evidence.count() >= MOST_GIVEN:
        raise TooMany(3600)


@transaction.atomic
def give_licence(actor: Actor, verification_id: int, number: str) -> Evidence:
    """Seal one's licence number; a new one takes the place of the old. Raises NotFound, Conflict, Refusal."""
    row = own_case(actor, verification_id)
    with_member(row)
    number = number.strip()[:120]
    if not plain_number(number):
        raise Refusal("Give the number of your licence.", field="licence")
    given = Evidence.objects.filter(verification=row, kind="licence", state=EvidenceState.GIVEN)
    for old in given:
        shred(old)
    given.update(state=EvidenceState.WITHDRAWN, settled_at=now())
    key_id, sealed = crypto.seal(number)
    return Evidence.objects.create(
        verification=row, kind="licence", sealed=sealed, key_id=key_id, mark=licence_mark(number), by=actor.ref
    )


@transaction.atomic
def give_document(actor: Actor, verification_id: int, upload: Upload) -> Evidence:
    """Take a picture or PDF in, made harmless and sealed; its name is not kept. Raises NotFound, Conflict, Refusals."""
    row = own_case(actor, verification_id)
    with_member(row)
    if (upload.size or 0) > documents.MAX_BYTES:
        raise UnusableDocument(WHY_BAD["large"], field="document")
    if row.evidence.filter(kind="document", state=EvidenceState.GIVEN).count() >= MOST_DOCUMENTS:
        raise Refusal("These are enough documents. Take one away first.", field="document")
    data = upload.read(documents.MAX_BYTES + 1)
    try:
        clean = documents.clean(data)
    except documents.BadDocument as bad:
        raise UnusableDocument(WHY_BAD[bad.code], field="document") from bad
    key_id, sealed = crypto.seal_bytes(clean.data)
    return Evidence.objects.create(
        verification=row,
        kind="document",
        stored_as=storage.keep_sealed(sealed),
        key_id=key_id,
        media_type=clean.media_type,
        size=len(clean.data),
        mark=crypto.fingerprint("document", data),  # as it was sent: writing it anew may differ by version
        by=actor.ref,
    )


@transaction.atomic
def take_back_evidence(actor: Actor, evidence_id: int) -> None:
    """Take something of one's own away before it is decided; what it said is shredded. Raises NotFound, Conflict."""
    found = Evidence.objects.select_related("verification").filter(pk=evidence_id).first()
    if found is None:
        raise NotFound()
    row = own_case(actor, found.verification_id)
    with_member(row)
    Evidence.objects.filter(pk=found.pk).update(state=EvidenceState.WITHDRAWN, settled_at=now())
    shred(found)


def shred(row: Evidence) -> None:
    """Forget what a piece of evidence says, in the running transaction; its file goes when that is committed."""
    if row.shredded_at is not None:
        return
    name = row.stored_as
    Evidence.objects.filter(pk=row.pk).update(sealed="", stored_as="", key_id="", shredded_at=now())
    if name:
        transaction.on_commit(lambda: storage.drop(name))


@transaction.atomic
def open_evidence(
    actor: Actor, evidence_id: int, *, verification_id: int | None = None, why: str = ""
) -> tuple[Evidence, bytes]:
    """What a piece of evidence says, for a reviewer; the look is audited with its reason.

    Once the case is decided a look needs one of the reasons in LOOKS. Raises NotFound, NotAllowed, Refusal.
    """
    demand(actor, VERIFY.key)
    row = evidence_for(actor, evidence_id)
    if verification_id not in {None, row.verification_id}:
        raise NotFound()
    case = verification_for(actor, row.verification_id)
    decided = case.state not in {VerificationState.WAITING, VerificationState.ASKING}
    if decided and why not in LOOKS:
        raise Refusal("Say why you look: the case is decided.", field="why")
    if row.shredded_at is not None or not (row.sealed or row.stored_as):
        raise Refusal("This evidence was destroyed when its time was over.")
    after = {"evidence": row.pk, "kind": row.kind, "verification": case.pk, "why": why if decided else "review"}
    audit.record(actor, "evidence_read", f"member:{case.member_id}", after=after)
    return row, content_of(row)


def content_of(row: Evidence) -> bytes:
    """The bytes behind a sealed row. Raises FileNotFoundError, KeyError, InvalidTag."""
    if not row.stored_as:
        return crypto.unseal(row.key_id, row.sealed).encode()
    with storage.open_kept(row.stored_as) as source:
        return crypto.unseal_bytes(row.key_id, source.read())


@transaction.atomic
def record_call(actor: Actor, verification_id: int, *, seen: list[str], note: str) -> Evidence:
    """A reviewer writes down a video call: what was seen (codes of CALL_CHECKS), and a note. Raises as usual."""
    demand(actor, VERIFY.key)
    row = verification_for(actor, verification_id)
    if row.member_id == actor.member_id:
        raise NotFound()
    if row.state not in {VerificationState.WAITING, VerificationState.ASKING}:
        raise Conflict("This case is decided.")
    seen = [code for code in CALL_CHECKS if code in seen]
    if not seen:
        raise Refusal("Tick what you saw.", field="seen")
    key_id, sealed = crypto.seal(note.strip()[:1000])
    made = Evidence.objects.create(
        verification=row, kind="call", told={"seen": seen}, sealed=sealed, key_id=key_id, by=actor.ref,
        by_member_id=actor.member_id,
    )  # fmt: skip
    audit.record(actor, "call_recorded", f"member:{row.member_id}", after={"evidence": made.pk, "seen": seen})
    return made


CALL_CHECKS = ("face", "licence", "work")  # the face fits the document; the licence was held up; spoke of the work
