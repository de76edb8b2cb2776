"""Run as a program on an empty HEARTH_HOME: a community with rooms full of signed-in members, told as JSON."""

import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402

from hearth.conversation.models import Room  # noqa: E402
from hearth.core.models import CommunitySetting, User  # noqa: E402
from hearth.core.permissions import house_actor  # noqa: E402
from hearth.core.tenancy import community_scope  # noqa: E402
from hearth.groups.services import admit_member, found_community, open_group  # noqa: E402
from hearth.people.services import join_community  # noqa: E402

ROOMS, MEMBERS = 2, 6


def seed() -> dict[str, object]:
    """Two rooms of six."""
    call_command("migrate", verbosity=0)
    community = found_community("storm", "Storm", "en", "UTC")
    rooms = []
    with community_scope(community):
        CommunitySetting.objects.create(key="conversation.posts_per_minute", value=0)
        for number in range(ROOMS):
            people, members = [], []
            for place in range(MEMBERS):
                user = User(email=f"m{number}-{place}@storm.example", password="!")
                user.save()
                members.append(join_community(user, community, display_name=f"M{place}", kind="professional"))
                session = SessionStore()
                session[SESSION_KEY] = str(user.pk)
                session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
                session[HASH_SESSION_KEY] = user.get_session_auth_hash()
                session.save()
                people.append(session.session_key)
            house = house_actor(community.pk)
            group = open_group(house, key=f"room-{number}", name=f"Room {number}", owner=members[0])
            for member in members[1:]:
                admit_member(house, group, member, how="staff")
            room = Room.objects.get(group=group)
            rooms.append(
                {"room": room.pk, "group": group.pk, "sessions": people, "members": [member.pk for member in members]}
            )
    return {"community": community.key, "rooms": rooms}


print(json.dumps(seed()))
