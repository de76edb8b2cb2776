# ruff: noqa: E402  Django must be set up first
"""A small community for journeys in a browser: the cast, three groups, some talk. A script for its own HEARTH_HOME.

Passwords are the same for everybody: what is tested here is not signing in.
"""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")

import django

django.setup()  # before anything of the house is imported

from allauth.account.models import EmailAddress
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from hearth.conversation.access import room_of_group
from hearth.conversation.services.changing import accept_answer, hide_message, pin_message, react
from hearth.conversation.services.posting import post_message
from hearth.conversation.services.reading import mark_read
from hearth.conversation.services.writer import write_posts
from hearth.conversation.types import NewPost
from hearth.core.models import CommunitySetting, User
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.access import actor_of_member
from hearth.groups.services import admit_member, found_community, give_role, make_staff, open_group
from hearth.insight.services import refresh_pulse
from hearth.kit.clock import now
from hearth.kit.ids import new_key
from hearth.kit.language import is_question
from hearth.people.models import Member
from hearth.people.services import ask_verification, decide_verification, join_community

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PASSWORD = "a hearth keeps warm"
CAST = {
    "ada": ("Ada Winter", "staff", "", ""),
    "bo": ("Bo Lindgren", "professional", "Riverside Hospital", "Neurology"),
    "chen": ("陈思远", "professional", "Lakeside Hospital", "Neurology"),
    "dara": ("Dara Okafor", "professional", "Northgate Clinic", "Emergency medicine"),
    "eve": ("Eve Stone", "guest", "", ""),
    "mei": ("林美", "patient", "", ""),
}
TALK = [
    ("bo", "Rounds move to 8:15 tomorrow. Please bring the films of bed 12."),
    ("chen", "昨天的溶栓病例我整理好了，明天早上给大家看片子。"),
    (
        "dara",
        "A patient on apixaban needs a lumbar puncture the day after tomorrow. "
        "When do you pause it, and do you bridge?",
    ),
    ("chen", "Two days before with normal kidneys, no bridging. Three days when clearance is under 50."),
    (
        "bo",
        "That is what we do as well. The table in the handbook is from **last spring**, I will renew it:\n\n"
        "- clearance above 50: 48 h\n- 30 to 50: 72 h",
    ),
    ("dara", "Thank you both. 谢谢陈医生!"),
    ("ada", "Coffee with the ward on Thursday at 18:30, six seats are free."),
    ("chen", "有没有人用过新的头痛日记模板？"),
    ("bo", "Not yet. Send me the link please: https://example.org/headache-diary"),
]


def main() -> None:
    """Found the community and print where everything is, as JSON."""
    community = found_community(
        "ward",
        {"en": "The Ward", "zh-hans": "病区", "zh-hant": "病區"},
        "en",
        purpose="Neurologists who ask each other.",
    )
    told: dict[str, object] = {"password": PASSWORD, "members": {}, "groups": {}}
    with community_scope(community):
        CommunitySetting.objects.create(key="conversation.posts_per_minute", value=0)  # journeys follow in any order
        CommunitySetting.objects.create(key="groups.badge_of_professionals", value=False)  # the ward knows its own
        actors = {key: _person(community, key, *rest) for key, rest in CAST.items()}
        ada = actors["ada"]
        ward = _group(ada, actors, "Neurology 1", "professional", ["bo", "chen", "dara"], keeper="bo")
        circle = _group(ada, actors, "Migraine circle", "patient", ["mei", "bo"], keeper="bo")
        quiet = _group(ada, actors, "Journal club", "professional", ["chen"], keeper=None)
        talk = _talk(actors, ward)
        _history(ward, actors, 160)
        _circle(actors, circle)
        told["sessions"] = {key: _session(actor.user_id) for key, actor in actors.items()}
        told["identities"] = {key: actor.identity_id for key, actor in actors.items()}
        told["members"] = {key: actor.member_id for key, actor in actors.items()}
        told["groups"] = {"ward": ward.pk, "circle": circle.pk, "quiet": quiet.pk}
        told["messages"] = talk
    told["sessions"]["ada_of_clinic"], told["groups"]["failing"] = _failing_community()
    json.dump(told, sys.stdout)


def _failing_community() -> tuple[str, int]:
    """Another community, that fails: templated greetings, bare links, adverts of its own, questions nobody answers;
    and a robot that gives points for it. Ada, its operator, and the group.
    """
    community = found_community("clinic", {"en": "After the Operation"}, "en", purpose="Questions after an operation.")
    with community_scope(community):
        user = User.objects.create_user("ada@clinic.example", PASSWORD)
        _verified_address(user)
        ada = join_community(user, community, kind="staff", display_name="Ada Winter", real_name="Ada Winter")
        make_staff(house_actor(community.pk), ada, "operator")
        actor = actor_of_member(ada, user_id=user.pk)
        group = open_group(actor, name="Post-operative care", space="patient", owner=ada, visibility="listed")
        patients = []
        for number in range(12):
            patient = User.objects.create_user(f"patient{number}@clinic.example", PASSWORD)
            member = join_community(patient, community, kind="patient", display_name=f"Patient {number}")
            admit_member(actor, group, member, how="staff")
            patients.append(actor_of_member(member, user_id=patient.pk))
        room = room_of_group(actor, group.pk).room
        posts = [_past(room.pk, who, n, *rest) for n, (who, *rest) in enumerate(_fed(actor, patients))]
        with transaction.atomic():
            write_posts(sorted(posts, key=lambda post: post.occurred_at))
        refresh_pulse()
        return _session(user.pk), group.pk


def _fed(ada, patients):
    """Who said what, how many days ago, of which origin, over eight weeks."""
    for day in range(0, 56, 2):
        greeting = f"Good morning dear friends, today is {DAYS[day % 7]}: drink a glass of warm water, stay happy!"
        yield ada, greeting, 56 - day, "operator"
        yield ada, f"https://clinic.example/articles/{day}", 56 - day - 0.3, "scheduled"
        offer = f"Limited time offer! Order now and get {day} % discount, free shipping: https://shop.example/{day}"
        yield ada, offer, 56 - day - 0.4, "operator"
        yield ada, f"Double points today! {day * 10} points for everybody who checks in.", 56 - day - 0.5, "bot"
    for day in range(1, 56, 4):
        yield patients[day % 12], "My wound itches, is that normal?", 56 - day - 0.1, "organic"


def _past(room, who, number, text, days_ago, origin):
    return NewPost(
        room_id=room,
        author_id=who.identity_id,
        text=text,
        actor=who.ref,
        origin=origin,
        source="archive",
        external_id=f"clinic-{number}",
        topic=f"Question {number}" if is_question(text) else "",
        is_question=is_question(text),
        occurred_at=now() - timedelta(days=days_ago),
        historical=True,
    )


def _person(community, key, name, kind, hospital, department):
    user = User.objects.create_user(f"{key}@example.org", PASSWORD)
    _verified_address(user)
    member = join_community(
        user, community, kind=kind, display_name=name, real_name=name, hospital=hospital, department=department
    )
    if key == "ada":
        make_staff(house_actor(community.pk), member, "operator")
    actor = actor_of_member(member, user_id=user.pk)
    if key in {"chen", "bo"}:
        row = ask_verification(actor, kind="doctor", hospital=hospital, department=department, licence="D-" + key)
        decide_verification(house_actor(community.pk), row.pk, verified=True)
        actor = actor_of_member(member.__class__.objects.get(pk=member.pk), user_id=user.pk)
    return actor


def _verified_address(user) -> None:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def _session(user_id) -> str:
    """A signed-in session, as the sign-in page makes it."""
    user = User.objects.get(pk=user_id)
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return store.session_key


def _group(ada, actors, name, space, inside, keeper):
    owner = Member.objects.get(pk=actors["ada"].member_id)
    group = open_group(
        ada,
        name=name,
        space=space,
        owner=owner,
        visibility="listed",
        capacity=300,
        function="Cases, questions and answers of the ward.",
        norms="Be kind. No names of patients.",
        theme="Neurology",
    )
    for key in inside:
        member = Member.objects.get(pk=actors[key].member_id)
        admit_member(ada, group, member, how="staff")
        if key == keeper:
            give_role(ada, group, member, "keeper")
    return group


def _talk(actors, group):
    ids = []
    question = None
    for key, text in TALK:
        access = room_of_group(actors[key], group.pk)
        reply = question if key in {"chen", "bo"} and question and len(ids) in {3, 4} else None
        posted = post_message(access, text=text, client_id=new_key().hex, reply_to=reply)
        ids.append(posted.message_id)
        if len(ids) == 3:
            question = posted.message_id
    accept_answer(actors["dara"], ids[3])
    pin_message(actors["bo"], ids[0], on=True)
    react(actors["chen"], ids[0], "👍", on=True)
    react(actors["dara"], ids[3], "🙏", on=True)
    react(actors["bo"], ids[3], "🙏", on=True)
    advert = post_message(
        room_of_group(actors["dara"], group.pk), text="Cheap stethoscopes, write to me", client_id=new_key().hex
    )
    hide_message(actors["bo"], advert.message_id, "Advertising")
    mark_read(room_of_group(actors["chen"], group.pk), len(ids) - 3)
    return ids


def _history(group, actors, count) -> None:
    """Older talk, so that there is something to scroll through."""
    start = now() - timedelta(days=20)
    keys = ["bo", "chen", "dara"]
    room = room_of_group(actors["bo"], group.pk).room
    with transaction.atomic():
        write_posts(
            [
                NewPost(
                    room_id=room.pk,
                    author_id=actors[keys[n % 3]].identity_id,
                    text=f"Case note {n}: seen on the morning round, nothing new."
                    if n % 9
                    else f"Case note {n}: has anybody an idea?",
                    actor=actors[keys[n % 3]].ref,
                    source="archive",
                    external_id=str(n),
                    is_question=is_question("?") if not n % 9 else False,
                    occurred_at=start + timedelta(hours=3 * n),
                    historical=True,
                )
                for n in range(count)
            ]
        )


def _circle(actors, group) -> None:
    for key, text in (
        ("mei", "晚上头痛发作的时候，你们一般怎么办？"),
        ("ada", "What helped you this week? One sentence is enough."),
    ):
        post_message(room_of_group(actors[key], group.pk), text=text, client_id=new_key().hex)


if __name__ == "__main__":
    main()
    Path(os.environ["HEARTH_HOME"]).joinpath("seeded").touch()
