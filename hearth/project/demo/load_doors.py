"""Doors of the demo: a group whose door has risen with its size, two colleagues before it, a code in an article, and
whom a group is for.

These are of today, so the services make them as keepers and members would; only when they came is written as the past.
"""

from datetime import timedelta

from hearth.core.permissions import house_actor
from hearth.groups.access import actor_of_member
from hearth.groups.models import Application
from hearth.groups.queries.doors import steps_of
from hearth.groups.services import change_gates, change_group, knock, make_entry_code
from hearth.kit.clock import now
from hearth.project.demo.book import Book

GROUP = "emergency"
QUESTION = "Which case would you bring to your first round? 您想在第一次讨论时带来哪个病例？"
ANSWERS = (
    ("A young man, syncope at the finish line, normal ECG on arrival. I would like to know what we missed.", 3),
    ("夜班收治一例不明原因低血糖，C 肽结果隔天才回。想请教大家的处理顺序。", 20),
)
TITLE = "Article: Atrial fibrillation after sixty"
LED_TO = ("cardiology", "neurology", "emergency")


def load(book: Book) -> None:
    """A door in two steps, requests that wait for a keeper, an entry code over several departments, and a group that
    says whom it is for.
    """
    house, group = house_actor(book.community.pk), book.groups[GROUP]
    group.refresh_from_db()
    asked = {"kind": "question", "question": QUESTION, "decides": "keeper"}
    change_gates(house, group, [{"from": 0, "conditions": []}, {"from": group.member_count, "conditions": [asked]}])
    condition = steps_of(group.pk)[-1].conditions()[0].key
    inside = {told.person for told in book.plan.memberships if told.group == GROUP}
    outside = [
        book.members[row.person]
        for row in book.plan.verifications
        if row.person not in inside and book.members[row.person].left_at is None
    ]
    for member, (answer, hours) in zip(outside[:2], ANSWERS, strict=False):
        told = knock(actor_of_member(member), group, how="open_door", given={condition: answer}, norms_version=1)
        if told.application is not None:
            since = now() - timedelta(hours=hours)
            Application.objects.filter(pk=told.application.pk).update(asked_at=since, waits_since=since)
    about = {"attribute": "department", "values": _department(book, LED_TO[0])}
    change_group(house, book.groups[LED_TO[0]], definition=[about])
    make_entry_code(
        house,
        title=TITLE,
        rules=[
            {"attribute": "department", "values": _department(book, key), "group": book.groups[key].pk}
            for key in LED_TO
        ],
        welcome="You come from our article, {name}: ask about it here, its authors read along.",
    )


def _department(book: Book, key: str) -> list[str]:
    """The names of a group in every language are those of its department."""
    return list(dict.fromkeys(book.groups[key].name.values()))
