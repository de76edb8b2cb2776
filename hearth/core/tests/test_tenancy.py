"""Whose rows: a query without a community is an error, and nothing crosses."""

import pytest

from hearth.core.models import Community, CommunitySetting, Fact
from hearth.core.tenancy import (
    CrossTenantWrite,
    UnscopedQuery,
    across_communities,
    community_scope,
    current_community_id,
    current_scope,
)

pytestmark = pytest.mark.django_db


def put(key: str, **values) -> CommunitySetting:
    return CommunitySetting.objects.create(key=key, value=1, **values)


def test_a_query_without_a_community_is_an_error(hill: Community):
    for ask in (Fact.objects.all, Fact.objects.count, lambda: Fact.objects.filter(pk=1), Fact.objects.first):
        with pytest.raises(UnscopedQuery, match="Fact was queried outside a community"):
            ask()


def test_each_community_sees_its_own_rows_alone(hill: Community, dale: Community):
    for community in (hill, dale):
        with community_scope(community):
            put(f"canary-{community.key}")
    with community_scope(hill):
        assert [row.key for row in CommunitySetting.objects.all()] == ["canary-hill"]
        assert CommunitySetting.objects.filter(key="canary-dale").delete()[0] == 0
        assert CommunitySetting.objects.update(value=2) == 1
    with community_scope(dale):
        assert CommunitySetting.objects.get().value == 1


def test_a_row_of_another_community_cannot_be_written(hill: Community, dale: Community):
    with community_scope(hill):
        with pytest.raises(CrossTenantWrite):
            put("canary", community=dale)
        with pytest.raises(CrossTenantWrite):
            CommunitySetting.objects.bulk_create([CommunitySetting(key="canary", value=1, community=dale)])
    with across_communities("to count"):
        assert CommunitySetting.objects.count() == 0


def test_all_communities_are_seen_for_a_stated_reason_only(hill: Community, dale: Community):
    for community in (hill, dale):
        with community_scope(community):
            put("canary")
    with across_communities("a test counts"):
        assert CommunitySetting.objects.count() == 2
        assert current_scope().reason == "a test counts"
        with pytest.raises(UnscopedQuery):
            current_community_id()
        with pytest.raises(UnscopedQuery):
            put("nobodys")


def test_scopes_close_behind_themselves(hill: Community, dale: Community):
    with community_scope(hill):
        with community_scope(dale):
            assert current_community_id() == dale.pk
        assert current_community_id() == hill.pk
    with pytest.raises(UnscopedQuery):
        current_scope()
