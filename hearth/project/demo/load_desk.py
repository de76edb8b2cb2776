"""The verification desk of the demo: an imported list, and cases as they come, one of them not what it seems.

These are of today, so the services make them as members and reviewers would; only when they were sent is written as the
past. Every name, number and picture is
invented.
"""

import io
from datetime import timedelta

from PIL import Image, ImageDraw, ImageFont

from hearth.core.models import CommunitySetting
from hearth.core.permissions import house_actor
from hearth.groups.access import actor_of_member
from hearth.kit.clock import now
from hearth.people.models import Evidence, Member, Verification
from hearth.people.queries.desk import VOUCHES, risk_for
from hearth.people.services import (
    Decision,
    answer_vouch,
    ask_vouch,
    give_document,
    give_licence,
    give_opinion,
    import_register,
    send_verification,
    settle_opinion,
    start_verification,
)
from hearth.people.services.vouching import may_vouch
from hearth.project.demo.book import Book

DOMAINS = "lakeside.example southbank.example"
_SIZE = (900, 560)


class _Photo(io.BytesIO):
    """A picture as a form brings it."""

    @property
    def size(self) -> int:
        """Its bytes."""
        return len(self.getvalue())


def load(book: Book) -> None:
    """Fill the queue: a clear case, one with two vouchers, one of high risk, one that was asked for more."""
    CommunitySetting.objects.create(key="people.mail_domains", value=DOMAINS)
    asked = {row.person for row in book.plan.verifications}
    fresh = [
        book.members[person.key]
        for person in book.plan.people
        if person.kind == "doctor" and person.key not in asked and book.members[person.key].left_at is None
    ]
    clear, vouched, risky, more = fresh[:4]
    _list_of_licences(book, clear, risky)
    _first_in_the_queue(book)
    photo = _photo(clear.real_name, "DEMO-700100")
    _case(clear, "DEMO-700100", photo, hours=4)
    _vouched(vouched)
    _case(risky, "DEMO-700200", photo, hours=2)
    case = _case(more, "DEMO-700300", _photo("", ""), hours=30)
    words = Decision("more", note="Please send a photo of your licence on which everything can be read.")
    settle_opinion(give_opinion(house_actor(book.community.pk), case.pk, words, undo_seconds=0).pk)


def _list_of_licences(book: Book, clear: Member, risky: Member) -> None:
    """Most of those who are verified stand in it; the risky one's number belongs to somebody else."""
    lines = ["name,licence,institution,department,valid until"]
    for told in book.plan.verifications:
        member = book.members[told.person]
        lines.append(f"{member.real_name},{told.licence},{member.hospital},{member.department},2031-12-31")
    lines.append(f"{clear.real_name},DEMO-700100,{clear.hospital},{clear.department},2030-06-30")
    lines.append(f"Somebody Else,DEMO-700200,{risky.hospital},,2030-06-30")
    numbers: dict[str, str] = {line.split(",")[1]: line for line in lines}
    import_register(house_actor(book.community.pk), "\n".join(numbers.values()).encode())


def _first_in_the_queue(book: Book) -> None:
    """The one who has waited since this morning also proved his address at work."""
    row = Verification.objects.filter(state="waiting").order_by("asked_at").first()
    if row is not None:
        Evidence.objects.create(verification=row, kind="mail", settled_at=row.asked_at, at=row.asked_at)
        Verification.objects.filter(pk=row.pk).update(risk=risk_for(row).score)


def _case(member: Member, number: str, photo: bytes, *, hours: int) -> Verification:
    actor = actor_of_member(member)
    row = start_verification(actor)
    give_licence(actor, row.pk, number)
    give_document(actor, row.pk, _Photo(photo))
    return _sent(member, row, hours)


def _sent(member: Member, row: Verification, hours: int) -> Verification:
    send_verification(actor_of_member(member), row.pk)
    Verification.objects.filter(pk=row.pk).update(asked_at=now() - timedelta(hours=hours))
    return row


def _vouched(member: Member) -> None:
    """A health worker without a licence number, for whom two colleagues speak."""
    actor = actor_of_member(member)
    row = start_verification(actor, kind="health_worker")
    verified = Member.objects.filter(verifications__state="verified", left_at=None).order_by("pk").distinct()
    near = [one for one in verified if may_vouch(one, row)]
    for colleague in near:
        if row.evidence.count() == VOUCHES:
            break
        if sum(one.real_name == colleague.real_name for one in near) == 1:
            asked = ask_vouch(actor, row.pk, colleague.real_name)
            answer_vouch(actor_of_member(colleague), asked.pk, vouches=True)
    _sent(member, row, 3)


def _photo(name: str, number: str) -> bytes:
    """A specimen of a licence; without a name an unreadable one."""
    picture = Image.new("RGB", _SIZE, (244, 240, 230))
    draw = ImageDraw.Draw(picture)
    large, small = ImageFont.load_default(44), ImageFont.load_default(26)
    draw.rectangle((24, 24, _SIZE[0] - 24, _SIZE[1] - 24), outline=(150, 90, 40), width=5)
    draw.text((60, 60), "SPECIMEN  ·  PRACTISING LICENCE", font=small, fill=(150, 90, 40))
    draw.rectangle((60, 140, 260, 400), fill=(205, 198, 184))
    latin = name if name.isascii() else ""
    for line, text in enumerate(
        (latin or "Name as in the profile", number, "Valid until 2030-06-30") if number else ()
    ):
        draw.text((310, 160 + 80 * line), text, font=large, fill=(50, 44, 40))
    if not number:
        picture = picture.resize((30, 19)).resize(_SIZE)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
