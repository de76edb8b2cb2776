"""A console that opens without a second factor, and a fleet to look at."""

import pytest
from django.urls import reverse

from hearth.groups.services import open_group
from hearth.insight.models import GroupPulse
from hearth.kit.clock import now

HOSTILE = "<script>alert(1)</script> \"'><img src=x onerror=alert(2)> =1+1"
STAGES = ["dead", "dormant", "declining", "inception", "growth", "maturity", "ready_to_split"]


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.HEARTH_DEMO = True


@pytest.fixture
def url(community):
    """``url("group", group_id=1)``: an address of the console."""

    def made(name: str, **parts) -> str:
        return reverse(f"console:{name}", kwargs={"community": community.key, **parts})

    return made


@pytest.fixture
def fleet(community, ada):
    """Ten groups in all stages, one with a hostile name, one not measured."""
    made = []
    for n in range(10):
        name = HOSTILE if n == 3 else f"Ward {n}"
        group = open_group(ada.actor, key=f"ward-{n}", name={"en": name[:80], "zh-hans": f"病房{n}"}, capacity=100 + n)
        if n:
            pulse(group, STAGES[n % 7], open_questions=n % 3, authors=n)
        made.append(group)
    return made


def pulse(group, stage, *, open_questions=0, authors=3, came_from="", risk=0.2):
    """A stored reading of a group."""
    return GroupPulse.objects.create(
        group=group,
        measured_at=now(),
        stage=stage,
        heat=[*STAGES, "completed"].index(stage),
        since=now(),
        came_from=came_from,
        risk=risk,
        authors_28d=authors,
        messages_28d=authors * 4,
        open_questions=open_questions,
        reading=reading(group, stage),
    )


def reading(group, stage):
    """The smallest whole reading."""
    return {
        "id": str(group.pk),
        "name": "Ward",
        "members": 1,
        "messages": 12,
        "stage": stage,
        "risk": 0.2,
        "risk_note": None,
        "anchor": 1_700_000_000_000,
        "reasons": [
            {
                "code": "silence",
                "text": {"msgid": "No member has written for {days} days.", "params": {"days": 41}},
                "play": {
                    "msgid": "Decide: invite five people who want this group and open it with them, or close it.",
                    "params": {},
                },
                "numbers": {"days": 41},
                "evidence": [
                    {
                        "message": "7",
                        "channel": str(group.pk),
                        "author": HOSTILE,
                        "at": 1_700_000_000_000,
                        "excerpt": HOSTILE,
                    }
                ],
                "weight": 1.0,
            }
        ],
        "metrics": {"authors_28d": 3, "messages_28d": 12},
        "notes": {"top1_share": "too_few"},
        "mainstays": [{"name": HOSTILE, "share": 0.4, "messages": 5, "answers": 1, "starts": 2}],
        "unanswered": [],
        "weeks": {"messages": [0, 1, 2, 3], "seeded": [0, 0, 1, 0], "authors": [0, 1, 1, 2]},
    }
