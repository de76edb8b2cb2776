"""Every table of the house says what it holds of a person, or why it holds nothing."""

from collections.abc import Iterable

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import models

from hearth.core.models import Job, User
from hearth.core.tenancy import TenantModel
from hearth.people.models import Member
from hearth.people.registry import holdings, holds_nobody

TEXTS = (models.CharField, models.TextField, models.JSONField)


def unclaimed(tables: Iterable[type[models.Model]], claimed: Iterable[str], exempt: Iterable[str]) -> list[str]:
    """Tables that nobody declared, and those that are declared both ways."""
    claimed, exempt = set(claimed), set(exempt)
    said = []
    for table in tables:
        name = table._meta.label
        if (name in claimed) == (name in exempt):
            how = "declares both" if name in claimed else "does not say"
            said.append(f"{name} {how} what it holds of people: use holding() or holds_nobody in its erasers.py")
    return said


def test_every_table_says_what_it_holds_of_people():
    tables = apps.get_models(include_auto_created=True)
    assert unclaimed(tables, holdings.keys(), holds_nobody.keys()) == []


def test_negative_control_a_forgotten_table_is_named():
    assert unclaimed([Job, User], [], ["core.User"]) == [
        "core.Job does not say what it holds of people: use holding() or holds_nobody in its erasers.py"
    ]
    assert "declares both" in unclaimed([Group], ["auth.Group"], ["auth.Group"])[0]


def test_a_holding_tells_and_keeps_fields_that_it_has():
    for one in holdings:
        columns = {field.attname for field in one.model._meta.concrete_fields}
        assert set(one.tells) <= columns, one.model
        assert set(one.keeps) <= columns, one.model


def test_tables_of_a_community_are_erased_inside_it():
    outside = [one.model._meta.label for one in holdings if one.house and issubclass(one.model, TenantModel)]
    assert outside == []
    inside = [one.model._meta.label for one in holdings if not one.house and not issubclass(one.model, TenantModel)]
    assert inside == []


def test_members_are_emptied_after_everything_that_names_them():
    order = [one.model for one in reversed(list(holdings)) if not one.house]
    assert order[-1] is Member
