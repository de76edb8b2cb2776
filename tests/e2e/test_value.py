"""Journeys of value: a gaming group whose service stops and goes again; stages that follow from evidence."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import House, Persona, Watch
from tests.e2e.everyone import faults, wear
from tests.e2e.test_doors import come

START = (
    "from datetime import timedelta\n"
    "from hearth.groups.access import actor_of_member\n"
    "from hearth.groups.models import Deed, Group, ValueAnswer\n"
    "from hearth.groups.services import admit_member, give_role, judge_rhythms, open_group, set_answer, set_duty\n"
    "from hearth.groups.types import KeptBy, Turn\n"
    "from hearth.insight.services.maturity import judge_maturity\n"
    "from hearth.kit.clock import now\n"
    "from hearth.people.models import Member\n"
)
FORCES = (  # the four driving forces of a gaming group, and what answers each
    ("Benefit", "Codes every week", "The keeper posts gift codes before the weekend.", "7"),
    ("Company of others", "A raid on Friday", "Somebody opens a raid and takes newcomers along.", "7"),
    ("Official service", "Bugs are answered", "The studio says within two days what becomes of a bug.", "2"),
    ("Having a say in the thing itself", "Testers first", "A build a month before everybody else, and a vote.", "31"),
)


@pytest.fixture(scope="module")
def guild(house: House) -> int:
    """A gaming group with Bo as its keeper."""
    ada, bo = (house.told["members"][name] for name in ("ada", "bo"))
    code = (
        START + f"ada = actor_of_member(Member.objects.get(pk={ada}))\n"
        "group = open_group(ada, name='The guild', key='guild', space='general')\n"
        f"bo = Member.objects.get(pk={bo})\n"
        "_in = admit_member(ada, group, bo, how='staff')\n"
        "_role = give_role(ada, group, bo, 'keeper')\n"
        "print(group.pk)"
    )
    return int(house.run(code).splitlines()[-1])


def write_lines(page: Page, house: House, group: int) -> None:
    """Describe the four answers in the console."""
    for force, name, service, days in FORCES:
        page.goto(house.path(f"console/value-lines/new/?group={group}"))
        page.select_option("[name=force]", label=force)
        page.fill("[name=name]", name)
        page.fill("[name=service]", service)
        page.fill("[name=every_days]", days)
        page.fill("[name=gets_member]", "A reason to look in.")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text(name, exact=True)).to_be_visible()


def test_a_gaming_groups_service_stops_its_promotion_rests_and_goes_on_when_it_is_done(
    house: House, persona: Persona, watch: Watch, guild: int
) -> None:
    come(house, ("gus", "Gus Newman", "guest", "", ""), ("pat", "Pat Later", "guest", "", ""))
    ada = persona("ada")
    write_lines(ada, house, guild)
    ada.goto(house.path(f"console/groups/{guild}/"))
    expect(ada.get_by_text("Green: kept")).to_have_count(4)

    bo = persona("bo", phone=True)
    bo.goto(house.path(f"groups/{guild}/links/"))
    bo.get_by_role("button", name="Make link").click()
    link = bo.locator("[data-copy], code, input[readonly]").filter(has_text="/join/").first
    expect(link).to_be_visible()
    address = house.run(
        f"from hearth.groups.models import JoinLink\nprint(JoinLink.objects.filter(group={guild}).latest('pk').code)"
    )
    gus = persona("gus", phone=True)
    gus.goto(house.path(f"join/{address}/"))
    gus.get_by_role("button", name="Join").click()
    expect(gus.locator("body")).to_contain_text("A raid on Friday")  # what one finds there

    house.run(START + "judge_rhythms(now() + timedelta(days=5))")  # two days' answers failed; all else is in time
    pat = persona("pat", phone=True, js=False)
    pat.goto(house.path(f"join/{address}/"))
    expect(pat.locator("body")).to_contain_text("This group takes in nobody new just now")
    gus.goto(house.path(f"join/{address}/"))
    expect(gus.get_by_role("heading", name="The guild")).to_be_visible()
    expect(gus.locator("body")).not_to_contain_text("nobody new just now")

    ada.goto(house.path("console/"))
    expect(ada.locator("body")).to_contain_text("The guild: “Bugs are answered” has stopped")
    ada.goto(house.path("console/groups/?f.value=stopped"))
    expect(ada.get_by_role("link", name="The guild")).to_be_visible()
    ada.goto(house.path(f"console/groups/{guild}/"))
    expect(ada.get_by_text("Red: stopped")).to_have_count(1)
    expect(ada.locator("#value-line")).to_contain_text("Nothing new invites people here")

    bo.goto(house.path(f"groups/{guild}/tending/"))
    for theme in ("hearth", "hearth-dark"):
        wear(bo, theme)
        assert faults(bo) == []
    bo.get_by_role("button", name="Bugs are answered: done today").click()
    expect(bo.locator("body")).to_contain_text("Done: Bugs are answered.")
    expect(bo.get_by_text("Red: stopped")).to_have_count(0)
    pat.reload()
    pat.get_by_role("button", name="Join").click()
    expect(pat.get_by_role("heading", name="The guild")).to_be_visible()

    bo.get_by_role("button", name="Undo").click()
    expect(bo.get_by_text("Taken back.")).to_be_visible()
    assert (watch.errors, watch.violations) == ([], [])


def gather(house: House, group: int) -> None:
    """A dozen people come and talk; it is judged today and again in a week."""
    members = come(house, *[(f"t{n}", f"Traveller {n}", "guest", "", "") for n in range(12)])
    house.run(
        START + "import time_machine\n"
        "from hearth.conversation.access import room_of_group\n"
        "from hearth.conversation.services.posting import post_message\n"
        "from hearth.insight.services.people import refresh_people\n"
        f"ada = actor_of_member(Member.objects.get(pk={house.told['members']['ada']}))\n"
        f"group = Group.objects.get(pk={group})\n"
        f"for pk in {list(members.values())!r}:\n"
        "    member = Member.objects.get(pk=pk)\n"
        "    admit_member(ada, group, member, how='staff', why='They asked.')\n"
        "    access = room_of_group(actor_of_member(member), group)\n"
        "    post_message(access, text='Who comes along?', client_id=f'traveller-{pk}')\n"
        "refresh_people()\n"
        "judge_maturity(now())\n"
        "with time_machine.travel(now() + timedelta(days=7, hours=1)):\n"
        "    refresh_people()\n"
        "    judge_maturity(now())\n"
    )


def test_a_community_advances_by_evidence_and_nowhere_can_a_stage_be_typed(
    house: House, persona: Persona, watch: Watch, guild: int
) -> None:
    ada = persona("ada")
    ada.goto(house.path("console/"))
    ada.get_by_role("link", name="Maturity").first.click()
    expect(ada.get_by_role("heading", name="Maturity", exact=True)).to_be_visible()
    expect(ada.locator("body")).to_contain_text("No evidence yet: no income is recorded.")
    assert ada.locator("main input:not([type=hidden]), main select, main textarea").count() == 0
    expect(ada.locator("main")).to_contain_text("Not gathered yet")
    expect(ada.locator("main")).to_contain_text("Different people with a turn at a duty: 0, at least 2")
    gather(house, guild)
    ada.reload()
    expect(ada.get_by_text("Reached", exact=True)).to_have_count(1)
    expect(ada.locator(".band")).to_contain_text("Gathered")
    ada.goto(house.path("console/"))
    expect(ada.locator("main")).not_to_contain_text("Not gathered yet")
    ada.goto(house.path("console/maturity/"))

    ids = [house.told["members"][name] for name in ("bo", "chen")]
    house.run(
        START + "from datetime import time\n"
        f"ada = actor_of_member(Member.objects.get(pk={house.told['members']['ada']}))\n"
        f"turns = [Turn(pk, day, time(9), time(17)) for day, pk in enumerate({ids!r})]\n"
        "set_duty(ada, 'desk', name='Travellers’ desk', turns=turns)"
    )
    ada.reload()
    expect(ada.locator("body")).to_contain_text("Different people with a turn at a duty: 2, at least 2")
    phone = persona("ada", phone=True, language="zh-hans")
    phone.goto(house.path("console/maturity/"))
    expect(phone.locator("body")).to_contain_text("还没有证据：没有收入记录。")
    assert faults(phone) == []
    assert (watch.errors, watch.violations) == ([], [])
