"""The first page of the console: its numbers lead to the rows they count."""

from datetime import UTC, datetime, timedelta

import pytest

from hearth.people.models import Member

NOON = datetime(2027, 3, 10, 4, tzinfo=UTC)  # in Shanghai, where Ada reads
FIRST = datetime(2027, 3, 3, 16, tzinfo=UTC)  # there the fourth of March begins


@pytest.mark.parametrize(("joined", "counted"), [(FIRST, ["Chen", "Dara"]), (FIRST - timedelta(seconds=1), ["Dara"])])
def test_the_newcomers_of_the_week_are_those_its_list_shows(
    ada, chen, dara, fleet, client_of, url, time_machine, joined, counted
):
    ada.user.time_zone = "Asia/Shanghai"
    ada.user.save()
    Member.objects.update(joined_at=FIRST - timedelta(days=30))
    Member.objects.filter(pk=dara.member.pk).update(joined_at=NOON - timedelta(minutes=1))
    Member.objects.filter(pk=chen.member.pk).update(joined_at=joined)
    time_machine.move_to(NOON, tick=False)
    page = client_of(ada).get(url("today"))
    assert page.context["newcomers"]["value"] == len(counted)
    address = page.context["newcomers"]["url"]
    assert f'href="{address}"' in page.content.decode()
    listing = client_of(ada).get(address).context["listing"]
    assert sorted(row.display_name for row in listing.fetched.rows) == counted
