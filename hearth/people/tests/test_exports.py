"""Everything that is held of somebody is told to them, and to nobody else."""

import json
import zipfile
from io import BytesIO

import pytest

from hearth.core.audit import entries
from hearth.kit.clock import now
from hearth.people.models import Evidence, Export, Person
from hearth.people.services import (
    join_community,
    merge_members,
    open_export,
    order_own_export,
    tag_member,
)
from hearth.people.services.exports import drop_old_exports, folder, write_own_export
from hearth.people.tests.test_erasure import Broken, quiet, said
from tests.watching import facts, refused


def fetched(somebody, row):
    """The ZIP that somebody asked for, opened."""
    _row, file = open_export(somebody.actor, row.pk)
    with file:
        return zipfile.ZipFile(BytesIO(file.read()))


def test_everything_held_of_somebody_is_told_to_them(own_home, community, ada, chen, cardiology):
    said(chen, cardiology, "Metoprolol <first>.")
    tag_member(ada.actor, chen.member, "speaker")
    row = order_own_export(chen.actor)
    assert order_own_export(chen.actor).pk == row.pk, "one at a time"
    size = write_own_export(row.pk, chen.member.pk, quiet)
    archive = fetched(chen, row)
    told = json.loads(archive.read("data.json"))
    (place,) = told["places"]
    assert place["community"] == "St Lucas"
    assert place["tables"]["Profile"][0]["real_name"] == "陈立"
    assert place["tables"]["Messages"][0]["text"] == "Metoprolol <first>."
    assert [one["tag"] for one in place["tables"]["Notes of the team"]] == ["speaker"]
    assert told["house"]["Sign-in"][0]["email"] == chen.user.email
    page = archive.read("index.html").decode()
    assert "陈立" in page
    assert "Metoprolol &lt;first&gt;." in page
    licence = Evidence.objects.get(verification__member=chen.member)
    assert archive.read(f"stlucas/evidence/licence-{licence.pk}.txt") == b"110-2024-5531"
    assert Export.objects.get(pk=row.pk).size == size
    assert facts("people.export_ready") == [{"export": row.pk, "member": chen.member.pk}]
    assert entries().filter(action="export_fetched").count() == 1


def test_what_holds_several_things_is_readable_on_the_page(own_home, community, ada, dara):
    other = join_community(Person.objects.create(), community, display_name="D. Okafor", city="上海")
    merge_members(ada.actor, other, dara.member, "same", take=["city"])
    row = order_own_export(dara.actor)
    write_own_export(row.pk, dara.member.pk, quiet)
    page = fetched(dara, row).read("index.html").decode()
    assert "{&quot;city&quot;: [&quot;&quot;, &quot;上海&quot;]}" in page


def test_nobody_else_fetches_it_and_it_expires(own_home, community, ada, chen):
    row = order_own_export(chen.actor)
    with refused("not_found"):
        open_export(chen.actor, row.pk)
    write_own_export(row.pk, chen.member.pk, quiet)
    with refused("not_found"):
        open_export(ada.actor, row.pk)
    Export.objects.filter(pk=row.pk).update(expires_at=now())
    with refused("export_gone"):
        open_export(chen.actor, row.pk)
    assert len(list(folder().rglob("*"))) == 2
    assert drop_old_exports() == 1
    assert [path.name for path in folder().rglob("*")] == [str(community.pk)]


def test_an_export_broken_off_leaves_nothing_half(own_home, community, chen):
    row = order_own_export(chen.actor)

    def break_off(_done, _total):
        raise Broken

    with pytest.raises(Broken):
        write_own_export(row.pk, chen.member.pk, break_off)
    with refused("not_found"):
        open_export(chen.actor, row.pk)
    write_own_export(row.pk, chen.member.pk, quiet)
    assert fetched(chen, row).testzip() is None
