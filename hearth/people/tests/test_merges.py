"""Two members who are one human: found, united by what was chosen, parted again exactly."""

import pytest
from django.db import IntegrityError, transaction

from hearth.people.models import Contact, IdentityClaim, Member, MemberTag, Merge, Person
from hearth.people.queries.duplicates import duplicates
from hearth.people.services import give_consent, join_community, merge_members, tag_member, undo_merge, update_profile
from tests.watching import refused


def twin(community, **about):
    """A member without a sign-in, as a table brings them in."""
    told = {"display_name": "C. Li", "real_name": "陈立", "hospital": "圣路加医院", "department": "心内科", **about}
    return join_community(Person.objects.create(), community, **told)


def rows():
    """What a merge may touch, to compare."""
    return (
        sorted(Member.objects.values_list("pk", "display_name", "city", "hospital", "merged_into_id", "search_terms")),
        sorted(MemberTag.objects.values_list("member_id", "tag")),
        sorted(Contact.objects.values_list("member_id", "email")),
    )


def test_pairs_are_found_the_surest_first(community, ada, bo, chen):
    zoe = {"display_name": "Zoe Hill", "real_name": "Zoe Hill", "department": ""}
    for hospital, name in (("Lakeside", "Zoe Hill"), ("Seaside", "Hill Zoe")):
        Contact.objects.create(member=twin(community, **{**zoe, "real_name": name}, hospital=hospital), phone="13800")
    twin(community)
    Contact.objects.create(member=twin(community, real_name="Max", hospital="", department=""), email=bo.user.email)
    twin(community, real_name="Ann Bell", hospital="", department="")
    twin(community, real_name="Ann Bell")
    found = duplicates(ada.actor)
    assert [(pair.newer.real_name, pair.older.real_name, pair.why, pair.shared) for pair in found] == [
        ("Max", "Bo Zhang", "email", bo.user.email),
        ("Hill Zoe", "Zoe Hill", "phone", "13800"),
        ("陈立", "陈立", "work", "陈立"),
        ("Ann Bell", "Ann Bell", "name", "Ann Bell"),
    ]
    with refused("not_allowed"):
        duplicates(bo.actor)


def test_a_household_and_two_of_one_name_are_no_pairs(community, ada):
    def known(name, **about):
        """Somebody with a number or an address."""
        work = {"hospital": about.pop("hospital", ""), "department": ""}
        member = twin(community, display_name=name, real_name=name, **work)
        Contact.objects.create(member=member, **about)

    known("Ann Bell", phone="13800", email="ann@h.example")
    known("Tim Bell", phone="13800")  # of one family
    known("Ann Bell", email="ann.bell@h.example")  # the same name, another address
    known("Eva Moor", phone="13801", hospital="Lakeside")
    known("Eva Moor", phone="13802", hospital="Lakeside Clinic")  # the same name, other work
    for number in range(3):
        known("Li Min", phone=f"1390{number}")  # a name that many have
    known("Mia", phone="13900")
    known("Mia", email="mia@h.example")  # a first name
    assert duplicates(ada.actor) == []


def test_who_was_parted_again_is_no_pair_any_more(community, ada, chen):
    batch = merge_members(ada.actor, twin(community), chen.member, "same")
    assert duplicates(ada.actor) == []
    undo_merge(ada.actor, batch)
    assert duplicates(ada.actor) == []


def test_fields_tags_and_address_pass_on_and_come_back_exactly(community, ada, dara):
    other = twin(community, city="Shanghai", hospital="Other")
    Contact.objects.create(member=other, email="c.li@h.example")
    tag_member(ada.actor, other, "speaker")
    before = rows()
    batch = merge_members(ada.actor, other, dara.member, "same", take=["city", "hospital"])
    stays = Member.objects.get(pk=dara.member.pk)
    assert (stays.city, stays.hospital, stays.department) == ("Shanghai", "Other", "Neurology")
    assert Contact.objects.get().member_id == stays.pk
    assert MemberTag.objects.filter(member=stays).get().tag == "speaker"
    undo_merge(ada.actor, batch)
    assert rows() == before


def test_what_was_changed_since_stays_when_they_part(community, ada, dara):
    batch = merge_members(ada.actor, twin(community, city="Shanghai"), dara.member, "same", take=["city"])
    update_profile(dara.actor, city="Lagos")
    undo_merge(ada.actor, batch)
    assert Member.objects.get(pk=dara.member.pk).city == "Lagos"


def test_a_badge_keeps_the_name_and_work_that_it_confirms(community, ada, chen):
    other = twin(community, hospital="Another")
    with refused("merge_refused"):
        merge_members(ada.actor, other, chen.member, "same", take=["hospital"])
    assert not IdentityClaim.objects.exists()
    merge_members(ada.actor, other, chen.member, "same", take=["display_name"])
    assert Member.objects.get(pk=chen.member.pk).display_name == "C. Li"


def test_notes_about_health_pass_on_only_with_consent(community, ada, chen, dara):
    give_consent(chen.actor, "people.sensitive_tags")
    tag_member(ada.actor, chen.member, "asthma", sensitive=True)
    merge_members(ada.actor, chen.member, dara.member, "same")
    assert not MemberTag.objects.filter(member=dara.member).exists()


def test_rights_never_pass_on(community, ada, bo, cardiology):
    with refused("roles_held"):
        merge_members(ada.actor, ada.member, bo.member, "same")


def test_of_two_merges_that_cross_the_second_is_refused(community, ada, chen, dara):
    one, other = Member.objects.get(pk=chen.member.pk), Member.objects.get(pk=dara.member.pk)
    merge_members(ada.actor, one, other, "same")
    old = Member.objects.get(pk=dara.member.pk), Member(pk=chen.member.pk)  # as a page saw them before
    with refused("merge_refused"):
        merge_members(ada.actor, *old, "same")


def test_the_database_itself_refuses_a_second_merge_and_one_into_oneself(community, ada, chen, dara):
    merge_members(ada.actor, chen.member, dara.member, "same")
    batch = "0b8f1a5e-0000-4000-8000-00000000000"
    for number, pair in enumerate([(chen.member, dara.member), (dara.member, dara.member)]):
        with pytest.raises(IntegrityError), transaction.atomic():
            Merge.objects.create(batch=f"{batch}{number}", from_member=pair[0], into_member=pair[1])
