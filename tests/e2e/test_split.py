"""An operator splits a full group in the browser: the plan, one member put elsewhere, the work, and the undoing."""

import json

from playwright.sync_api import expect

from tests.e2e.conftest import House, Persona, Watch

FULL = """
import json
from hearth.conversation.access import room_of_group
from hearth.conversation.services.posting import post_message
from hearth.core.models import CommunitySetting, User
from hearth.core.permissions import house_actor
from hearth.groups.access import actor_of_member
from hearth.groups.services import admit_member, found_community, make_staff, open_group
from hearth.people.services import join_community
from tests.e2e.village import _session
community = found_community("crowd", {"en": "The Crowd"}, "en")
with community_scope(community):
    CommunitySetting.objects.create(key="conversation.posts_per_minute", value=0)
    def person(key, kind):
        user = User.objects.create_user(key + "@crowd.example", "a hearth keeps warm")
        return user, join_community(user, community, kind=kind, display_name=key.capitalize())
    user, ada = person("ada", "staff")
    make_staff(house_actor(community.pk), ada, "operator")
    actor = actor_of_member(ada, user_id=user.pk)
    group = open_group(actor, name="Ward round", owner=ada, capacity=9)
    circles = [["bo", "chen", "dara", "fay"], ["gil", "hana", "ines", "jun"]]
    for circle in circles:
        people = [person(key, "professional")[1] for key in circle]
        for member in people:
            admit_member(actor, group, member, how="staff")
        actors = [actor_of_member(member) for member in people]
        for n, one in enumerate(actors):
            for other in actors[:n]:
                for first, second in ((one, other), (other, one)):
                    room, key = room_of_group(first, group.pk), f"{first.member_id}-{second.member_id}"
                    asked = post_message(room, text="Who is on call?", client_id="question-" + key).message_id
                    room = room_of_group(second, group.pk)
                    post_message(room, text="I am.", client_id="answer-" + key, reply_to=asked)
    print(json.dumps({"session": _session(user.pk), "group": group.pk}))
"""


def test_a_full_group_is_split_and_all_of_it_is_undone(house: House, persona: Persona, watch: Watch) -> None:
    told = json.loads(house.run(FULL))
    house.told["sessions"]["ada_of_crowd"] = told["session"]
    ada = persona("ada_of_crowd")
    ada.goto(f"{house.url}/c/crowd/console/groups/{told['group']}/")
    ada.locator("summary[aria-label='More actions']").click()
    ada.locator("a", has_text="Split the group").click()
    ada.get_by_role("button", name="Make a plan").click()
    expect(ada.get_by_role("heading", name="Plan of a split")).to_be_visible()
    expect(ada.get_by_text("12 of 12")).to_be_visible()  # six ties in each circle, all kept
    stays = ada.locator("#parts .panel").nth(0)
    goes = ada.locator("#parts .panel").nth(1)
    moved = "Bo" if goes.get_by_text("Bo", exact=True).count() else "Gil"
    back = ada.get_by_role("button", name=f"Put {moved} into Ward round", exact=True)
    back.focus()
    ada.keyboard.press("Enter")
    expect(stays.get_by_text(moved, exact=True)).to_be_visible()
    expect(ada.get_by_text("9 of 12")).to_be_visible()
    ada.get_by_role("button", name=f"Put {moved} into Ward round 2", exact=True).click()
    expect(ada.get_by_text("12 of 12")).to_be_visible()
    ada.get_by_label("Why").fill("The room is full")
    ada.get_by_role("button", name="Split the group").click()
    expect(ada.get_by_text("Done", exact=True)).to_be_visible()
    expect(ada.get_by_text("4 of 4")).to_be_visible()
    ada.get_by_role("button", name="Undo all of it").click()
    expect(ada.get_by_text("Taken back", exact=True)).to_be_visible()
    ada.goto(f"{house.url}/c/crowd/console/groups/{told['group']}/")
    expect(ada.locator(".band")).to_contain_text("9 of 9")
    assert (watch.errors, watch.violations) == ([], [])
