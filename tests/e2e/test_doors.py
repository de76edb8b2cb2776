"""Journeys at doors: thirty places in a yoga studio, and an article's code that leads two doctors apart."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import House, Persona, Watch
from tests.e2e.everyone import THEMES, faults, wear

PEOPLE = """
from tests.e2e.village import _person, _session
import json
told = {}
for key, name, kind, hospital, department in PEOPLE:
    actor = _person(Community.objects.get(key='ward'), key, name, kind, hospital, department)
    told[key] = [_session(actor.user_id), actor.member_id]
print(json.dumps(told))
"""
START = (
    "from hearth.groups.access import actor_of_member\n"
    "from hearth.groups.models import Choice, Group, Membership\n"
    "from hearth.groups.services import draw_due, knock, open_group\n"
    "from hearth.people.models import Member\n"
    "from hearth.people.services import tag_member\n"
    "from datetime import timedelta\n"
)


def come(house: House, *people: tuple[str, str, str, str, str]) -> dict[str, int]:
    """New people with a session each; their member ids."""
    told = json.loads(house.run(f"PEOPLE = {people!r}\n{PEOPLE}").splitlines()[-1])
    house.told["sessions"].update({key: session for key, (session, _member) in told.items()})
    return {key: member for key, (_session, member) in told.items()}


@pytest.fixture(scope="module")
def studio(house: House) -> int:
    """A studio with thirty places beside its owner's; thirty-two customers with marks wait in a hurry."""
    ada = house.told["members"]["ada"]
    code = (
        START + f"ada = actor_of_member(Member.objects.get(pk={ada}))\n"
        "print(open_group(ada, name='Yoga studio', key='yoga', capacity=31, space='general').pk)"
    )
    return int(house.run(code))


def ask(page: Page, house: House, group: int) -> None:
    page.goto(house.path(f"groups/{group}/card/"))
    page.get_by_role("button", name="Ask for a place").click()


def test_the_top_level_enters_the_studio_and_the_others_wait_and_see_why(
    house: House, persona: Persona, watch: Watch, studio: int
) -> None:
    members = come(
        house,
        *[(f"y{n}", f"Regular {n}", "customer", "", "") for n in range(31)],
        ("gina", "Gina Gold", "customer", "", ""),
        ("nico", "Nico New", "customer", "", ""),
    )
    ada = persona("ada")
    ada.goto(house.path(f"groups/{studio}/line/"))
    ada.fill("[name=seats]", "30")
    ada.fill("[name=opens_at]", "2099-01-01T10:00")
    ada.fill("[name=tiers]", "gold\nsilver")
    ada.get_by_role("button", name="Set the choice").click()
    expect(ada.locator("body")).to_contain_text("First gold; silver; among them whoever asked first.")
    nico = persona("nico", phone=True, js=False)
    ask(nico, house, studio)
    expect(nico.locator("body")).to_contain_text("You stand in line: place 1 of 1.")
    regulars = [members[f"y{n}"] for n in range(31)]
    house.run(
        START + f"ada = actor_of_member(Member.objects.get(pk={house.told['members']['ada']}))\n"
        f"group = Group.objects.get(pk={studio})\n"
        f"tag_member(ada, Member.objects.get(pk={members['gina']}), 'gold')\n"
        f"for pk in {regulars!r}:\n"
        "    member = Member.objects.get(pk=pk)\n"
        "    tag_member(ada, member, 'silver')\n"
        "    knock(actor_of_member(member), group, how='open_door')\n"
    )
    gina = persona("gina", phone=True, js=False)
    ask(gina, house, studio)
    expect(gina.locator("body")).to_contain_text("You stand in line: place 33 of 33.")
    drawn = house.run(
        START + "Choice.objects.update(opens_at=Choice.objects.get().at - timedelta(minutes=1))\n"
        "draw_due()\n"
        f"print(Membership.objects.filter(group={studio}, left_at=None).count())"
    )
    assert drawn == "31"
    gina.reload()
    expect(gina.get_by_role("link", name="Room")).to_be_visible()
    nico.reload()
    expect(nico.locator("body")).to_contain_text("You stand in line: place 3 of 3.")
    expect(nico.locator("body")).to_contain_text("whom the team has marked; you are not among them yet")
    late = persona("y30", phone=True)
    late.goto(house.path(f"groups/{studio}/card/"))
    expect(late.locator("body")).to_contain_text("The best came first: tier 2 of 2 (silver).")
    assert (watch.errors, watch.violations) == ([], [])


def test_an_articles_code_leads_the_neurologist_in_and_the_surgeon_to_surgery(
    house: House, persona: Persona, watch: Watch
) -> None:
    ada_id = house.told["members"]["ada"]
    surgery = house.run(
        START + f"ada = actor_of_member(Member.objects.get(pk={ada_id}))\n"
        "print(open_group(ada, name='Surgery', key='surgery', space='professional', capacity=50).pk)"
    )
    come(
        house,
        ("nia", "Nia Berg", "professional", "Lakeside Hospital", "Neurology"),
        ("sol", "Sol Haas", "professional", "Riverside Hospital", "Surgery"),
        ("kit", "Kit Lau", "professional", "", ""),
        ("ula", "Ula Moor", "guest", "Lakeside Hospital", "Neurology"),
    )
    ada = persona("ada")
    ada.goto(house.path("console/entry-codes/"))
    ada.fill("[name=title]", "Article on stroke units")
    ada.get_by_role("button", name="Make the code").click()
    for values, group in (("Neurology\n神经内科", house.told["groups"]["ward"]), ("Surgery", surgery)):
        ada.select_option("[name=attribute]", "department")
        ada.fill("[name=values]", values)
        ada.select_option("[name=group]", str(group))
        ada.get_by_role("button", name="Add the rule").click()
    address = house.run("from hearth.groups.models import EntryCode\nprint(EntryCode.objects.get().code)")
    told: list[str] = []
    nia = persona("nia", phone=True, js=False)
    nia.goto(house.path(f"enter/{address}/"))
    expect(nia.locator("h1")).to_have_text("Neurology 1")
    expect(nia.locator("body")).to_contain_text("You are led here because of: Department (Neurology, 神经内科).")
    nia.check("[name=accept_norms]")
    nia.get_by_role("button", name="Join").click()
    nia.goto(house.path(f"groups/{house.told['groups']['ward']}/members/"))
    card = nia.locator(".rows > div", has_text="Nia Berg")
    expect(card).to_contain_text("Lakeside Hospital")
    expect(card).to_contain_text("Neurology")
    sol = persona("sol", phone=True)
    sol.goto(house.path(f"enter/{address}/?qr"))
    expect(sol.locator("h1")).to_have_text("Surgery")
    sol.get_by_role("button", name="Join").click()
    expect(sol.locator("h1")).to_have_text("Surgery")
    expect(sol.get_by_role("link", name="Room")).to_be_visible()
    kit = persona("kit", phone=True)
    kit.goto(house.path(f"enter/{address}/"))
    for theme in THEMES:
        wear(kit, theme)
        told += faults(kit)
    kit.fill("[name=department]", "surgery")
    kit.get_by_role("button", name="Go on").click()
    expect(kit.locator("h1")).to_have_text("Surgery")
    ula = persona("ula", phone=True)
    ula.goto(house.path(f"enter/{address}/"))
    told += faults(ula)
    ula.get_by_role("button", name="Ask for a badge").click()
    expect(ula.locator("body")).to_contain_text("with your badge Neurology 1 is open to you")
    expect(ula.locator("h1")).to_have_text("Verification")
    ula.goto(house.path(f"enter/{address}/"))
    expect(ula.locator("body")).to_contain_text("Your way in is kept")
    told += faults(ula)
    assert told == []
    assert (watch.errors, watch.violations) == ([], [])


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_every_page_of_a_door_is_for_everyone(house: House, persona: Persona, phone: bool) -> None:
    group = house.told["groups"]["quiet"]
    page, told = persona("ada", phone=phone), []
    for path in ("door/", "door/quiz/", "door/segment/", "requests/", "line/", "invitation/", "card/"):
        page.goto(house.path(f"groups/{group}/{path}"))
        for theme in THEMES:
            wear(page, theme)
            told += [f"{path} {theme}: {fault}" for fault in faults(page)]
    assert told == []
