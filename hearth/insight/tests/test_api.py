"""The HTTP API of metrics: the pages' numbers, to those who may see the pages, or a reason that says why not."""

import csv
import io
from copy import deepcopy
from datetime import timedelta
from functools import cache

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from hearth.api.queries import document, paths
from hearth.core.middleware import API_PACE
from hearth.core.tenancy import community_scope
from hearth.groups.services import admit_member, make_staff, open_group
from hearth.insight.queries.readings import columns_folder, readings_of
from hearth.insight.services.measuring import refresh_metrics
from hearth.insight.tests.test_measuring import columns, measured, ward
from hearth.kit.clock import now
from hearth.people.services import issue_token, revoke_token
from tests.cast import newcomer, second_factor
from tests.remembered import remembered

__all__ = ["columns", "measured", "ward"]
pytestmark = pytest.mark.django_db
ROOT = "/api/v1/c/stlucas/metrics/"


@pytest.fixture
@remembered
def token(ada):
    """The token of Ada's program, which may read metrics."""
    second_factor(ada.user)
    _row, text = issue_token(ada.actor, ada.member, "wallboard", ["metrics"])
    return text


@pytest.fixture
def ask(token):
    """``ask(path, **headers)``: as Ada's program."""

    def get(path: str = "", **headers: str):
        return Client().get(ROOT + path, headers={"Authorization": f"Bearer {token}", **headers})

    return get


@pytest.fixture
@remembered
def larger(ada, community, cardiology):
    """A fifth member of cardiology, and a second group of one."""
    admit_member(ada.actor, cardiology, newcomer(community, "Fay").member, how="staff", why="They asked.")
    return open_group(ada.actor, key="dermatology", name={"en": "Skin"}, theme="t", function="f", owner=ada.member)


@pytest.fixture
def both(larger, measured):
    """Cardiology and the group of one, the ward's day computed."""
    _begin, _at, cardiology = measured
    return cardiology, larger


@cache
def strict(name):
    """A check of the document's schema that knows no other fields: nothing undocumented may slip out."""
    whole = deepcopy(document())
    for one in whole["components"]["schemas"].values():
        one["additionalProperties"] = False
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": whole["components"]})


def documented(answer, name):
    """The answer's JSON, which is exactly as the document says."""
    strict(name).validate(answer.json())
    return answer.json()


def refusal(answer):
    told = documented(answer, "Problem")
    assert answer["Content-Type"] == "application/problem+json"
    assert told["status"] == answer.status_code
    return answer.status_code, told["code"], told["field"]


def test_the_document_is_openapi_and_names_every_route_of_the_api():
    validate(document())
    assert [one.name for one in paths()] == ["api:openapi", "api:metrics", "api:readings"]
    answer = Client().get("/api/v1/openapi.json")
    assert answer.json() == document()


def test_the_catalogue_tells_each_metric_with_its_definition_in_the_language_asked_for(ask, community):
    told = documented(ask(), "Catalogue")
    metrics = {one["name"]: one for one in told["metrics"]}
    assert told["community"] == "stlucas"
    assert told["fill"]["state"] == "not_computed"
    assert metrics["messages_28d"] == {
        "name": "messages_28d", "version": 1, "title": "Messages in 28 days",
        "definition": "Messages by members in the last 28 days.", "family": "engagement", "unit": "count",
        "better": "more", "window_days": 28, "minimum": 0, "counts": "organic", "of": ["group", "community"],
        "history": True, "waits_for": [],
    }  # fmt: skip
    assert metrics["order_value"]["waits_for"] == ["commerce.order_paid"]
    chinese = ask(**{"Accept-Language": "zh-Hans"})
    assert chinese["Content-Language"] == "zh-hans"
    assert {one["title"] for one in chinese.json()["metrics"]}.isdisjoint({one["title"] for one in told["metrics"]})


def test_readings_are_what_the_pages_show(ask, both):
    cardiology, _small = both
    for query, grain, unit in (("", "community", 0), (f"?group={cardiology.pk}", "group", cardiology.pk)):
        computed = [
            one for one in readings_of(grain, unit) if one.metric.expression is not None and not one.metric.waits
        ]
        for shown in {one.metric.family: one for one in computed}.values():  # one of each family
            told = documented(ask(f"{shown.metric.name}/readings/{query}"), "Readings")
            found = told["series"][0]["readings"]
            assert [(one["day"], one["value"], one["n"], one["reason"]) for one in found] == [
                (one.day.isoformat(), one.value, one.n, one.note or None) for one in shown.readings
            ], shown.metric.name


def test_what_cannot_be_said_is_null_with_a_reason_and_never_zero(ask, both):
    newest = lambda path: documented(ask(path), "Readings")["series"][-1]["readings"][-1]  # noqa: E731
    few = newest("gini/readings/")
    assert (few["value"], few["reason"], few["n"]) == (None, "too_few", 3)
    waits = newest("order_value/readings/")
    assert (waits["value"], waits["n"], waits["reason"]) == (None, None, "waiting_for_facts")
    groups_of_fewer_than_five_are_not_broken_down(ask, *both)


def groups_of_fewer_than_five_are_not_broken_down(ask, cardiology, small):
    told = documented(ask("messages_28d/readings/?of=groups"), "Readings")
    by_key = {one["group"]["key"]: one["readings"][-1] for one in told["series"]}
    assert by_key["cardiology"]["value"] == 3
    assert (by_key["dermatology"]["value"], by_key["dermatology"]["n"]) == (None, None)
    assert by_key["dermatology"]["reason"] == "small_group"
    sizes = ask("members/readings/?of=groups").json()["series"]
    assert {one["group"]["id"]: one["readings"][-1]["value"] for one in sizes} == {cardiology.pk: 5, small.pk: 1}


def test_before_the_first_and_after_a_damage_it_says_so(ask, community):
    told = documented(ask("wau/readings/"), "Readings")
    assert (told["fill"]["state"], told["fill"]["as_of"]) == ("not_computed", None)
    assert told["series"][0]["readings"][0]["reason"] == "not_computed"
    refresh_metrics()
    file = next(columns_folder().glob("readings/*.parquet"))
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    told = documented(ask("wau/readings/"), "Readings")
    assert (told["fill"]["state"], told["series"][0]["readings"][0]["value"]) == ("damaged", None)
    assert told["series"][0]["readings"][0]["reason"] == "damaged"


def test_yesterdays_readings_are_told_as_such(ask, both, time_machine):
    before = ask("wau/readings/")
    time_machine.move_to(now() + timedelta(days=1), tick=False)
    after = ask("wau/readings/", **{"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert (before.json()["fill"]["state"], after.json()["fill"]["state"]) == ("current", "behind")
    assert before.json()["fill"]["as_of"] == after.json()["fill"]["as_of"]


def test_an_unchanged_answer_is_not_sent_again(ask, both, ada, client_of):
    first = ask("wau/readings/")
    again = ask("wau/readings/", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert ask("mau/readings/", **{"If-None-Match": first["ETag"]}).status_code == 200
    assert ask("wau/readings/", **{"If-None-Match": first["ETag"], "Accept-Language": "zh-Hant"}).status_code == 200
    refresh_metrics()  # a new publication, though of the same numbers
    assert ask("wau/readings/", **{"If-None-Match": first["ETag"]}).status_code == 200


def test_pages_of_groups_follow_each_other_without_a_gap(ask, token, both):
    cardiology, small = both
    first = documented(ask("wau/readings/?of=groups&limit=1"), "Readings")
    assert [one["group"]["id"] for one in first["series"]] == [cardiology.pk]
    second = Client().get(first["next"], headers={"Authorization": f"Bearer {token}"}).json()
    assert ([one["group"]["id"] for one in second["series"]], second["next"]) == ([small.pk], None)
    assert second["fill"] == first["fill"]
    days_bound_what_is_told(ask)
    csv_holds_the_same_rows_at_once(ask)


def days_bound_what_is_told(ask):
    day = ask("wau/readings/").json()["series"][0]["readings"][-1]["day"]
    until = (now() - timedelta(days=30)).date()
    assert ask(f"wau/readings/?since={day}").json()["series"][0]["readings"][0]["day"] == day
    assert ask(f"wau/readings/?until={until}").json()["series"][0]["readings"] == []


def csv_holds_the_same_rows_at_once(ask):
    answer = ask("messages_28d/readings/?of=groups&format=csv&limit=1")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    newest = {row["group_key"]: (row["value"], row["n"], row["reason"], row["version"]) for row in rows}
    assert newest == {"cardiology": ("3.0", "3", "", "1"), "dermatology": ("", "", "small_group", "1")}
    assert ask("messages_28d/readings/?format=csv", **{"If-None-Match": answer["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("nonsense/readings/", (404, "not_found", None)),
        ("wau/readings/?group=999999", (404, "not_found", None)),
        ("wau/readings/?grup=1", (422, "unknown_parameter", "grup")),
        ("wau/readings/?group=x", (422, "bad_parameter", "group")),
        ("wau/readings/?since=2026-02-30", (422, "bad_parameter", "since")),
        ("wau/readings/?limit=201", (422, "bad_parameter", "limit")),
        ("wau/readings/?of=people", (422, "bad_parameter", "of")),
        ("in_two_groups/readings/?of=groups", (422, "bad_parameter", "of")),
        ("?x=1", (422, "unknown_parameter", "x")),
        ("no/such/address", (404, "not_found", None)),
    ],
)
def test_a_question_that_cannot_be_read_is_refused_by_name(ask, community, path, refused):
    assert refusal(ask(path)) == refused


def test_who_asks_must_be_known_and_may_not_be_told_more_than_on_the_pages(ask, ada, bo, eve, client_of):
    anonymous = Client().get(ROOT)
    assert refusal(anonymous) == (401, "unauthenticated", None)
    assert anonymous["WWW-Authenticate"] == 'Bearer realm="hearth"'
    wrong = ask(Authorization="Bearer hth_guessed")
    assert refusal(wrong) == (401, "invalid_token", None)
    assert wrong["WWW-Authenticate"] == 'Bearer realm="hearth", error="invalid_token"'
    assert client_of(ada).get(ROOT).status_code == 200  # signed in, as on the pages
    assert refusal(client_of(bo).get(ROOT)) == (404, "not_found", None)
    assert refusal(client_of(eve).get(ROOT)) == (404, "not_found", None)
    assert refusal(client_of(ada).post(ROOT, headers={"Idempotency-Key": "k"}))[:2] == (405, "method_not_allowed")


def test_a_token_reads_only_where_and_what_it_was_made_for(ask, ada, eve, other_community):
    _row, other = issue_token(ada.actor, ada.member, "chat", ["read", "write"])
    assert refusal(ask(Authorization=f"Bearer {other}")) == (403, "scope_missing", None)
    with community_scope(other_community):
        make_staff(ada.actor.__class__(other_community.pk, is_platform_admin=True), eve.member, "operator")
        second_factor(eve.user)
        _row, foreign = issue_token(eve.actor, eve.member, "theirs", ["metrics"])
    assert refusal(ask(Authorization=f"Bearer {foreign}")) == (404, "not_found", None)


def test_a_token_ends_with_the_rights_of_its_holder(ask, ada, settings):
    assert ask().status_code == 200
    Authenticator.objects.filter(user=ada.user).delete()
    assert refusal(ask()) == (403, "second_factor_missing", None)
    settings.HEARTH_DEMO = True  # waives it
    assert ask().status_code == 200


def test_a_revoked_token_ends_at_once(ask, ada, community):
    row, text = issue_token(ada.actor, ada.member, "old", ["metrics"])
    assert ask(Authorization=f"Bearer {text}").status_code == 200
    revoke_token(ada.actor, row)
    assert refusal(ask(Authorization=f"Bearer {text}")) == (401, "invalid_token", None)


def test_a_program_that_runs_in_circles_is_slowed_down_and_told_for_how_long(ask, community, ada, client_of):
    answers = [ask("no-metric/readings/") for _ in range(API_PACE.burst + 20)]
    slow = [answer for answer in answers if answer.status_code == 429]
    assert [answer.status_code for answer in answers[: API_PACE.burst]] == [404] * API_PACE.burst
    assert slow
    assert slow[0]["Retry-After"] == "1"
    assert refusal(slow[0])[1] == "too_many"
    assert client_of(ada).get(ROOT).status_code == 200  # the person is another principal than the program


def test_the_page_of_tokens_offers_the_scope_to_staff_and_says_how_to_call(ada, dara, client_of, settings):
    settings.HEARTH_DEMO = True
    page = client_of(ada).get("/c/stlucas/me/tokens/").content.decode()
    assert 'value="metrics"' in page
    assert "http://testserver/api/v1/c/stlucas/metrics/" in page
    assert 'value="metrics"' not in client_of(dara).get("/c/stlucas/me/tokens/").content.decode()
    form = {"name": "x", "scopes": "metrics", "idempotency_key": "k"}
    assert client_of(dara).post("/c/stlucas/me/tokens/", form).status_code == 422
    made = client_of(ada).post("/c/stlucas/me/tokens/", form).content.decode()
    token = made.split("Authorization: Bearer ")[1].split("&quot;")[0]
    assert Client().get(ROOT, headers={"Authorization": f"Bearer {token}"}).status_code == 200
