"""A list of members taken along as a file is read again: every column means what it meant, and nobody is doubled."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hearth.people.models import Contact, Person
from hearth.people.queries.rosters import lines_of
from hearth.people.rules.roster import HEADINGS
from hearth.people.services import join_community, tag_member, update_profile
from hearth.people.services.rosters import keep_roster, try_roster

ALL = "name,kind,work,tags,email,phone,real_name,title,city"


@pytest.fixture
def everybody(tmp_path, settings, community, ada, bo, chen, dara):
    """The cast, a patient under a chosen name, and somebody without a sign-in."""
    settings.HEARTH_HOME = tmp_path
    join_community(Person.objects.create(), community, kind="patient", display_name="@night", real_name="Eva Moor")
    join_community(Person.objects.create(), community, kind="customer", display_name="王國華", hospital="中山")
    ann = join_community(Person.objects.create(), community, display_name="Ann", real_name="Ann Bell", hospital="Bath")
    Contact.objects.create(member=ann, phone="+4917012345")
    tag_member(ada.actor, bo.member, "speaker")
    tag_member(ada.actor, bo.member, "host")
    update_profile(chen.actor, city="Bern", title="医师")
    return ada


def taken(client, address, language):
    """The file as it is sent."""
    return b"".join(client.get(address, headers={"accept-language": language}).streaming_content)


def read_again(ada, data, name):
    """The table that a file becomes, looked through; its lines: (name, outcome, problem)."""
    row = keep_roster(ada.actor, SimpleUploadedFile(name, data))
    try_roster(row.pk, lambda _done, _total: None)
    row.refresh_from_db()
    return row, [(line.values["display_name"], str(line.outcome), line.problem) for line in lines_of(row)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(("language", "first"), [("en", "Name"), ("zh-hans", "名称"), ("zh-hant", "名稱")])
def test_a_file_with_all_columns_is_read_with_all_of_them(everybody, client_of, url, kind, language, first):
    data = taken(client_of(everybody), f"{url('members')}?cols={ALL}&sort=name&export={kind}", language)
    row, lines = read_again(everybody, data, f"members.{kind}")
    assert (row.columns[0], set(row.places)) == (first, set(HEADINGS))
    assert lines == [
        ("@night", "alike", "alike:name:untold"),
        ("Ada Lind", "known", ""),
        ("Ann", "known", ""),
        ("Bo", "known", ""),
        ("Chen", "known", ""),
        ("Dara", "known", ""),
        ("王國華", "alike", "alike:work:untold"),
    ]
    bo, chen = (line for line in lines_of(row) if line.values["display_name"] in {"Bo", "Chen"})
    assert sorted(bo.tags) == ["host", "speaker"]
    assert chen.values == {
        "display_name": "Chen", "real_name": "陈立", "hospital": "圣路加医院", "department": "心内科", "title": "医师",
        "city": "Bern", "email": "chen@stlucas.example", "phone": "", "kind": "professional",
    }  # fmt: skip


def test_the_list_as_it_stands_doubles_nobody_and_tells_no_real_name(everybody, client_of, url):
    data = taken(client_of(everybody), f"{url('members')}?sort=name&export=csv", "en")
    head = next(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert head[:4] == ["Name", "Kind", "Hospital", "Department"]
    assert "Eva Moor" not in data.decode()
    _row, lines = read_again(everybody, data, "members.csv")
    assert [outcome for _name, outcome, _problem in lines] == ["alike"] * 7
