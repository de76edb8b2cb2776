"""A living community is measured by the same engine as an archive, and its newest reading is kept."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from hearth.carriers.services import import_archive
from hearth.carriers.tests.archives import DATA, needs_data
from hearth.conversation.models import Message
from hearth.core.models import Fact, Job
from hearth.core.permissions import house_actor
from hearth.core.relay import run_once
from hearth.core.routing import link
from hearth.core.tenancy import community_scope
from hearth.insight.models import CommunityPulse, GroupPulse
from hearth.insight.queries.archive import diagnose_archive
from hearth.insight.queries.living import living_talk
from hearth.insight.queries.pulse import community_reading, group_reading
from hearth.insight.services import refresh_pulse
from hearth.kit.clock import now
from tests.cast import second_factor

pytestmark = pytest.mark.django_db


def talk(path: Path, *, days_ago: int, authors: int = 4, weeks: int = 12) -> Path:
    end = now() - timedelta(days=days_ago)
    lines = [
        {
            "id": f"m{week}-{author}",
            "ts": int((end - timedelta(weeks=week, hours=author)).timestamp()),
            "ch": "ward",
            "u": f"u{author}",
            "t": f"Patient {week} of doctor {author} went home today",
        }
        for week in range(weeks)
        for author in range(authors)
    ]
    path.write_text("\n".join(json.dumps(line) for line in reversed(lines)))
    return path


def test_a_reading_is_kept_for_every_group_and_read_back_whole(community, cardiology, tmp_path):
    import_archive(house_actor(community.pk), talk(tmp_path / "talk.ndjson", days_ago=1))
    found = refresh_pulse()
    assert GroupPulse.objects.count() == 2
    read = community_reading()
    assert read is not None
    assert [group.id for group in read[1].groups] == [group.id for group in found.groups]
    ward = next(group for group in found.groups if group.name == "ward")
    row, reading = group_reading(int(ward.id)) or (None, None)
    assert reading == ward
    assert (row.stage, row.authors_28d) == (ward.stage, 4)


@pytest.mark.parametrize("name", ["diagnosis-report", "diagnosis-data"])
def test_a_reading_of_an_earlier_version_can_still_be_written_out(community, ada, client_of, tmp_path, name):
    second_factor(ada.user)
    import_archive(house_actor(community.pk), talk(tmp_path / "talk.ndjson", days_ago=1))
    refresh_pulse()
    for row in GroupPulse.objects.all():
        del row.reading["metrics"]["questions_open"]  # as before there was this metric
        row.save(update_fields=["reading"])
    assert client_of(ada).get(link(f"console:{name}")).status_code == 200


def test_measuring_again_replaces_the_reading_and_keeps_since_when(community, tmp_path):
    import_archive(house_actor(community.pk), talk(tmp_path / "talk.ndjson", days_ago=1))
    refresh_pulse()
    since = GroupPulse.objects.get().since
    refresh_pulse()
    assert GroupPulse.objects.get().since == since
    assert CommunityPulse.objects.count() == 1
    assert not Fact.objects.filter(name__startswith="insight.").exists()


def test_a_group_that_passes_into_a_colder_stage_is_told_as_a_fact(community, tmp_path):
    import_archive(house_actor(community.pk), talk(tmp_path / "talk.ndjson", days_ago=1))
    refresh_pulse()
    before = GroupPulse.objects.get().stage
    GroupPulse.objects.update(stage="maturity", heat=99)
    Message.objects.update(state="hidden")
    refresh_pulse()
    told = Fact.objects.get(name="insight.group_cooling")
    assert told.data == {"group": GroupPulse.objects.get().group_id, "before": "maturity", "after": told.data["after"]}
    assert before != "maturity" or told.data["after"] in {"dormant", "dead", "inception"}


def test_a_history_that_was_only_imported_is_measured_at_its_own_end(community, tmp_path):
    path = talk(tmp_path / "talk.ndjson", days_ago=700)
    import_archive(house_actor(community.pk), path)
    found = refresh_pulse()
    assert found.groups[0].stage == diagnose_archive(path).groups[0].stage
    assert found.at < (now() - timedelta(days=699)).timestamp() * 1000


def test_an_import_asks_for_a_new_measuring(community, tmp_path):
    import_archive(house_actor(community.pk), talk(tmp_path / "talk.ndjson", days_ago=1))
    run_once()
    assert Job.objects.get(name="insight.refresh_pulse").community_id == community.pk


def test_only_ones_own_community_is_measured(community, other_community, tmp_path):
    import_archive(house_actor(community.pk), talk(tmp_path / "talk.ndjson", days_ago=1))
    with community_scope(other_community):
        assert len(living_talk()) == 0


@needs_data
def test_an_imported_community_reads_like_its_archive(community):
    path = DATA / "ncar_zulip" / "messages.ndjson.xz"
    import_archive(house_actor(community.pk), path)
    there = {group.name: group for group in diagnose_archive(path).groups}
    for group in refresh_pulse().groups:
        same = there[group.name]
        assert (group.stage, group.messages, group.risk) == (same.stage, same.messages, same.risk), group.name
