"""The same in a living community: its diagnosis says what its metric pages say, as of the same beginning of a day."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from hearth.carriers.services import import_archive
from hearth.core.metrics import metrics
from hearth.core.permissions import house_actor
from hearth.groups.models import Group
from hearth.insight.queries.feed import LivingFeed
from hearth.insight.queries.living import living_talk
from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.replies import read_talk
from hearth.insight.rules.times import DAY
from hearth.insight.services.columns import readings_at, unheard
from hearth.insight.tests.test_one_number import OVERRIDES, differing, in_memory, views_of
from hearth.kit.clock import day_number, now

pytestmark = pytest.mark.django_db
NAMES = {one.name for one in OVERRIDES if not metrics[one.name].waits_for}
WORDS = ("fine", "does anyone know?", "how?", "see you", "thanks")


def ids(views: list[GroupView]) -> set[str]:
    return {view.info.id for view in views}


def history(path: Path, seed: int) -> Path:
    """200 days of three rooms: topics without replies, replies without topics, both, neither, and a machine."""
    dice, end = np.random.default_rng(seed), now().replace(hour=0, minute=0, second=0) - timedelta(days=1)
    lines, said = [], {"topics": [], "chat": [], "mixed": []}
    for number, day in enumerate(np.sort(dice.uniform(0, 200, 500))):
        room = str(dice.choice(list(said)))
        who = f"u{int(dice.zipf(1.4)) % 20}" if dice.random() < 0.8 else f"new{int(day) // 6}"
        line = {"id": f"m{number}", "ts": int((end - timedelta(days=200 - float(day))).timestamp()), "ch": room,
                "u": who, "t": str(dice.choice(WORDS))}  # fmt: skip
        if room == "topics" or (room == "mixed" and dice.random() < 0.3):
            line["th"] = f"topic {int(day) // 3} {dice.integers(2)}"
        elif said[room] and dice.random() < 0.6:
            line["re"] = said[room][-int(dice.integers(1, 1 + min(5, len(said[room]))))]
        if dice.random() < 0.05:
            line |= {"bot": 1, "u": "robot"}
        said[room].append(line["id"])
        lines.append(line)
        if line["t"].endswith("?") and "bot" not in line and dice.random() < 0.5:
            answer = {"id": f"a{number}", "ts": line["ts"] + 1800, "u": "bo", "t": "yes", "re": line["id"]}
            lines.append(line | answer)
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


def test_a_living_community_has_one_number_for_one_word(community, tmp_path):
    import_archive(house_actor(community.pk), history(tmp_path / "history.ndjson", 1))
    Group.objects.update(time_zone="UTC", opened_at=now() - timedelta(days=300))
    today = day_number(now().date())
    engine = readings_at(LivingFeed(), [metrics[name] for name in NAMES], today, unheard).to_pylist()
    shown = {(str(row["unit"]), row["metric"]): row["value"] for row in engine if row["grain"] == "group"}
    log = living_talk().until(today * DAY)
    views = [view for view in views_of(log, read_talk(log), today * DAY) if view.lives]
    assert len(views) == 3
    assert differing(in_memory(views), {key: shown[key] for key in shown if key[0] in ids(views)}, NAMES) == {}
    assert {name for (_, name), value in shown.items() if value} >= NAMES - {"newcomers_kept", "starts_trend"}
