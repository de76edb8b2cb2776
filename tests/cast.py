"""The standing cast: a community, the five people every story is told with, and their group.

Import nothing from here but fixtures' types; tests take the fixtures by name. They are made by the
services, and remembered for a while (see ``remembered``): each costs about a millisecond.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from hearth.core.community_settings import change_setting
from hearth.core.models import Community, User
from hearth.core.permissions import Actor, house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.access import actor_of_member
from hearth.groups.models import Group
from hearth.groups.services import admit_member, found_community, give_role, make_staff, open_group
from hearth.kit.clock import now
from hearth.people.models import Identity, Member
from hearth.people.services import ask_verification, decide_verification, join_community
from tests.remembered import remembered

# The order in which they enter, before anything else that a test asks for (see ``remembered``).
CAST = ("scopeless_community", "community", "ada", "bo", "chen", "cardiology", "dara", "other_community", "eve")


@dataclass(frozen=True)
class Castaway:
    """Somebody of the cast: the sign-in row, the member, the community they are at home in."""

    user: User
    member: Member
    community: Community

    @property
    def actor(self) -> Actor:
        """Who they are right now, roles included."""
        with community_scope(self.community):
            return actor_of_member(Member.objects.get(pk=self.member.pk))

    @property
    def identity(self) -> Identity:
        """The identity under which they speak."""
        with community_scope(self.community):
            return Identity.objects.get(source=Identity.NATIVE, external_id=str(self.member.pk))


def second_factor(user: User) -> None:
    """Give somebody one: staff have their rights only with it."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})


NORMS = {"en": "Be kind. No adverts. No patient names.", "zh-hans": "友善发言。不发广告。不写患者姓名。"}


def newcomer(community: Community, name: str, **about: Any) -> Castaway:
    """A user with a place in ``community``; the sign-in address is made from the name."""
    user = User(email=f"{name.split(maxsplit=1)[0].lower()}@{community.key}.example", password="!")
    user.save()
    member = join_community(user, community, display_name=name, **about)
    return Castaway(user, member, community)


@pytest.fixture
@remembered
def other_community(db: None) -> Community:
    """Another community in the same house, where Eve is at home."""
    return found_community("elsewhere", "Elsewhere", "en", "UTC")


@pytest.fixture
@remembered
def scopeless_community(db: None) -> Community:
    """The community without its scope opened: for tests that open it themselves.

    Its hospitals know their own staff: whom a table calls a professional needs no badge here, unlike by default.
    """
    made = found_community(
        "stlucas",
        {"en": "St Lucas", "zh-hans": "圣路加"},
        "en",
        "Asia/Shanghai",
        purpose="Doctors of one network learn from each other.",
        values="Patients first.",
    )
    with community_scope(made):
        change_setting(house_actor(made.pk), "groups.badge_of_professionals", raw=False)
    return made


@pytest.fixture
def community(scopeless_community: Community) -> Iterator[Community]:
    """The community that the cast lives in, in scope for the test."""
    with community_scope(scopeless_community):
        yield scopeless_community


@pytest.fixture
@remembered
def ada(community: Community) -> Castaway:
    """Ada, operator and administrator."""
    found = newcomer(community, "Ada Lind", kind="staff", real_name="Ada Lind")
    house = house_actor(community.pk)
    make_staff(house, found.member, "operator")
    make_staff(house, found.member, "admin")
    return found


@pytest.fixture
@remembered
def bo(community: Community) -> Castaway:
    """Bo, who keeps the cardiology group once it exists."""
    return newcomer(
        community,
        "Bo",
        kind="professional",
        real_name="Bo Zhang",
        hospital="St Lucas",
        department="Cardiology",
        title="Consultant",
    )


@pytest.fixture
@remembered
def chen(community: Community, ada: Castaway) -> Castaway:
    """Chen, a verified doctor."""
    found = newcomer(
        community,
        "Chen",
        kind="professional",
        real_name="陈立",
        hospital="圣路加医院",
        department="心内科",
        title="主治医师",
    )
    asked = ask_verification(found.actor, licence="110-2024-5531")
    expires = (now() + timedelta(days=365)).date()
    decide_verification(ada.actor, asked.pk, verified=True, expires_on=expires)
    return found


@pytest.fixture
@remembered
def dara(community: Community) -> Castaway:
    """Dara, a newcomer: a professional, not verified, in no group yet."""
    return newcomer(
        community, "Dara", kind="professional", real_name="Dara Okafor", hospital="St Lucas", department="Neurology"
    )


@pytest.fixture
@remembered
def eve(other_community: Community) -> Castaway:
    """Eve, the outsider: signed in, at home in another community."""
    with community_scope(other_community):
        return newcomer(other_community, "Eve", kind="professional", real_name="Eve Canary")


@pytest.fixture
@remembered
def cardiology(community: Community, ada: Castaway, bo: Castaway, chen: Castaway) -> Group:
    """A professional group of thirty: owned by Ada, kept by Bo, with Chen in it. It has norms."""
    operator = ada.actor
    group = open_group(
        operator,
        key="cardiology",
        name={"en": "Cardiology", "zh-hans": "心内科"},
        theme="cardiology",
        function="Cases, guidelines and second opinions",
        card="For the network's cardiologists.",
        welcome="Welcome. Please say who you are and where you work.",
        norms=NORMS,
        capacity=30,
        visibility="listed",
        space="professional",
        owner=ada.member,
    )
    for member in (bo.member, chen.member):
        admit_member(operator, group, member, how="staff")
    give_role(operator, group, bo.member, "keeper")
    group.refresh_from_db()
    return group


@pytest.fixture
def actor_of() -> Callable[[Castaway], Actor]:
    """``actor_of(bo)``: who somebody is right now."""
    return lambda somebody: somebody.actor


def signed_in_now(client: Client, user: User, seconds_ago: int = 0) -> None:
    """Let a browser have signed in by a password so long ago; ``force_login`` leaves no word of how."""
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [{"method": "password", "at": now().timestamp() - seconds_ago}]
    session.save()


@pytest.fixture
def client_of() -> Callable[[Castaway | User], Client]:
    """``client_of(bo)``: a browser in which somebody is signed in."""

    def signed_in(somebody: Castaway | User) -> Client:
        client = Client()
        user = somebody.user if isinstance(somebody, Castaway) else somebody
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        signed_in_now(client, user)
        return client

    return signed_in
