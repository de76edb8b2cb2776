"""Members are found by words: in any language, whatever wrote them, through an index."""

import pytest
from django.db import connection

from hearth.core.tenancy import community_scope
from hearth.people.models import Member
from hearth.people.queries import member_list
from hearth.people.queries.finding import found_by
from hearth.people.queries.operating import find_members
from hearth.people.services import import_identities, update_profile
from hearth.people.types import ImportedIdentity


def found(query: str) -> list[str]:
    return sorted(Member.objects.filter(found_by(query)).values_list("display_name", flat=True))


@pytest.fixture
def ward(ada, bo, chen):
    """Ada, Bo and Chen, and three who came with an archive."""
    rows = [("1", "张伟民"), ("2", "José O’Brien-Núñez"), ("3", "ＭＩＮＡ c1")]
    import_identities(ada.community, "old", [ImportedIdentity(key, name) for key, name in rows])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("张伟", ["张伟民"]),
        ("伟民", ["张伟民"]),
        ("民", ["张伟民"]),
        ("张民", []),
        ("jose", ["José O’Brien-Núñez"]),
        ("NÚÑEZ obr", ["José O’Brien-Núñez"]),
        ("o'brien", ["José O’Brien-Núñez"]),
        ("mina", ["ＭＩＮＡ c1"]),
        ("c1", ["ＭＩＮＡ c1"]),
        ("zhang lucas", ["Bo"]),
        ("圣路加", ["Chen"]),
        ("zhang dermatology", []),
        ('" OR * NOT NEAR(', []),
        ("'); --", []),
        ("%", []),
        ("   ", []),
        ("or and not", []),
    ],
)
def test_members_are_found_by_the_beginning_of_words_and_any_part_of_chinese_ones(ward, query, names):
    assert found(query) == names


def test_a_changed_profile_is_found_by_its_new_words_only(bo):
    update_profile(bo.actor, hospital="华山医院")
    assert (found("华山"), found("lucas")) == (["Bo"], [])
    bo.member.refresh_from_db()
    bo.member.delete()
    assert found("华山") == []


def test_lists_and_palette_of_one_community_find_nobody_of_another(ada, eve, ward, other_community):
    assert [row.display_name for row in find_members(ada.actor, "eve")] == []
    assert list(member_list(ada.actor, search="eve")) == []
    with community_scope(other_community):
        assert found("eve") == ["Eve"]


def test_a_search_reads_the_index_and_not_the_members(ada, ward):
    plan = Member.objects.filter(found_by("zhang")).explain()
    if connection.vendor == "sqlite":
        assert "people_member_search VIRTUAL TABLE INDEX" in plan
        assert "SCAN people_member\n" not in plan + "\n"
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("DROP INDEX people_member_by_name, people_member_newest")
    assert "people_member_search" in Member.objects.filter(found_by("zhang")).explain()
