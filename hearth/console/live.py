"""The progress of long work, live: topic ``job:<id>``, open to the staff of the job's community."""

from typing import Any

from hearth.core.live import LiveTopic, live_topic
from hearth.core.models import Job
from hearth.core.permissions import RUN_COMMUNITY, Actor, may


def staff_of(actor: Actor, key: str) -> bool:
    """Staff of the community that the job belongs to."""
    if not may(actor, RUN_COMMUNITY.key) or not (key.isascii() and key.isdigit() and len(key) < 19):
        return False
    return Job.objects.filter(pk=int(key), community_id=actor.community_id).exists()


def standing(key: str) -> dict[str, Any]:
    """How far the job is; words are the page's matter."""
    row = Job.objects.filter(pk=int(key)).values("done", "total", "state").first()
    return dict(row) if row is not None else {"done": 0, "total": None, "state": "failed"}


JOB = live_topic(LiveTopic(kind="job", authorise=staff_of, snapshot=standing, every=1.0))
