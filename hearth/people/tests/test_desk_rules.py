import pytest

from hearth.people.rules.matching import closes_ring, mail_domain, of_institution, plain_number, same_name, same_place
from hearth.people.rules.risk import Signs, risk_of


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Zhang Bo", "Bo  ZHANG", True),
        ("Dr. José Núñez", "Jose Nunez", True),
        ("陈立", "陈 立", False),
        ("陈立 医生", "陈立", True),
        ("Ｃｈｅｎ Ｌｉ", "chen li", True),
        ("張偉 醫師", "张伟", True),
        ("張偉", "张玮", False),
        ("Bo Zhang", "Bo Zhan", False),
        ("", "", False),
        ("Dr.", "Prof.", False),
    ],
)
def test_names_are_compared_as_a_person_would(one, other, same):
    assert same_name(one, other) is same


def test_places_may_be_named_short():
    assert same_place("St Lucas", "St. Lucas Hospital")
    assert same_place("圣路加", "圣路加医院")
    assert same_place("聖路加醫院", "圣路加")
    assert not same_place("St Lucas", "St Mary")
    assert not same_place("", "St Mary")


def test_numbers_lose_their_dress():
    assert plain_number(" 110-2024 ５５31a ") == "11020245531A"


@pytest.mark.parametrize(
    "address",
    [
        "a@b",
        "@stlucas.org",
        "a b@stlucas.org",
        "a@stlucas.org\r\nBcc: x@y.org",
        "a@stlucas.org, b@evil.org",
        "<a@stlucas.org>",
    ],
)
def test_what_is_no_single_address_has_no_domain(address):
    assert mail_domain(address) in {"", "evil.org"}
    assert not of_institution(address, ["stlucas.org"])


def test_domains_hold_what_lies_below_them_and_nothing_beside():
    assert of_institution("Dara@Mail.StLucas.org", ["stlucas.org"])
    assert not of_institution("dara@evilstlucas.org", ["stlucas.org"])
    assert not of_institution("dara@stlucas.org.evil.com", ["stlucas.org"])
    assert not of_institution("dara@stlucas.org", [])


def test_rings_of_vouches_are_seen_however_long():
    assert closes_ring([(2, 1)], 1, 2)  # 2 vouched for 1; now 1 would for 2
    assert closes_ring([(3, 2), (2, 1)], 1, 3)
    assert not closes_ring([(1, 2)], 1, 3)
    assert closes_ring([], 1, 1)


def test_every_point_of_a_risk_is_explained():
    quiet = risk_of(Signs(registry="match", account_days=90, kinds=frozenset({"licence", "mail"})))
    assert (quiet.score, quiet.reasons, quiet.level) == (0, (), "low")
    bare = risk_of(Signs(account_days=0, kinds=frozenset({"licence"})))
    assert (bare.score, bare.reasons, bare.level) == (40, (("only_number", 25), ("very_new", 15)), "medium")
    used = risk_of(Signs(document_used=True, account_days=90, kinds=frozenset({"licence", "document"})))
    assert (used.score, used.level) == (60, "high")
    grave = risk_of(Signs(registry="name", licence_used=True, account_days=0, mail_domain="qq.com", kinds=frozenset()))
    assert grave.score == 100
    assert [code for code, _points in grave.reasons][:2] == ["licence_used", "registry_name"]


def test_risky_and_fresh_vouchers_raise_the_risk():
    signs = {"account_days": 90, "kinds": frozenset({"vouch"})}
    assert risk_of(Signs(vouchers=((0, 400), (0, 500)), **signs)).score == 0
    assert risk_of(Signs(vouchers=((40, 400),), **signs)).reasons == (("voucher_risky", 20),)
    assert risk_of(Signs(vouchers=((0, 2),), **signs)).reasons == (("voucher_new", 10),)
