"""A newcomer founds a community in five screens on a phone, and is kept from building what nobody can carry."""

import re
import time

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PHONE, House, Watch

FOUND = """
from allauth.mfa.models import Authenticator
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from hearth.core.models import User
from hearth.core.permissions import house_actor
from hearth.groups.services import found_community, make_staff
from hearth.people.services import join_community
user = User(email='fay@hearts.example')
user.set_unusable_password()
user.save()
Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={'secret': 'JBSWY3DPEHPK3PXP'})
founded = found_community('hearts', 'Hearts of the east', 'en', 'Asia/Shanghai')
with community_scope(founded):
    member = join_community(user, founded, display_name='Fay', kind='staff')
    make_staff(house_actor(founded.pk), member, 'operator')
store = SessionStore()
store[SESSION_KEY] = str(user.pk)
store[BACKEND_SESSION_KEY] = 'django.contrib.auth.backends.ModelBackend'
store[HASH_SESSION_KEY] = user.get_session_auth_hash()
store.save()
print(store.session_key)
"""
NARROW = "document.documentElement.scrollWidth <= innerWidth"


def save(page: Page) -> None:
    assert page.evaluate(NARROW)
    page.click("text=Save and go on")


def test_a_newcomer_founds_a_community_in_five_screens_once_it_can_be_carried(
    house: House, browser: Browser, watch: Watch
) -> None:
    began = time.monotonic()
    context = browser.new_context(**PHONE, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    context.add_cookies([{"name": "sessionid", "value": house.run(FOUND), "url": house.url}])
    page = context.new_page()
    watch.over(page)

    page.goto(f"{house.url}/c/hearts/console/")
    page.click("text=Begin the guided start")
    page.check("input[value=hospital-doctors]")
    page.click("button:has-text('Begin')")

    expect(page.locator("h1")).to_have_text("Purpose and goals")
    page.fill("#id_purpose", "Heart doctors of the east ask each other before they operate.")
    save(page)
    expect(page.locator("h1")).to_have_text("Audience")
    expect(page.locator("text=Count those whom you can invite at once")).to_be_visible()
    page.fill("#id_first", "150")
    page.fill("#id_name_0", "Heart surgery")
    save(page)
    expect(page.locator("h1")).to_have_text("Value line")
    save(page)
    expect(page.locator("h1")).to_have_text("Doors and rules")
    expect(page.locator("legend", has_text="Heart surgery")).to_be_visible()
    save(page)
    expect(page.locator("h1")).to_have_text("Team and rhythm")
    save(page)

    # Nobody has hours: it says so, writes the request, and holds the plan back.
    expect(page.locator(".hint", has_text="Do not build yet")).to_be_visible()
    assert page.evaluate(NARROW)
    page.click("text=The request for what is missing")
    expect(page.locator("h1")).to_have_text("What is missing before we build: Hearts of the east")
    expect(page.locator("main", has_text="more hours a week")).to_be_visible()
    assert page.evaluate(NARROW)
    with page.expect_download() as printed:
        page.click("a[href='?as=html']")
    assert re.fullmatch(r"request-hearts-[\d-]+\.html", printed.value.suggested_filename)
    page.goto(f"{house.url}/c/hearts/console/settings/blueprint/start/plan/")
    page.click("text=Apply this")
    expect(page.locator("text=or say that you go on knowingly")).to_be_visible()

    # Somebody gave hours: it can be carried, and is built.
    page.goto(f"{house.url}/c/hearts/console/settings/blueprint/start/team/")
    page.fill("#id_hours_creator", "22")
    page.fill("#id_hours_manager", "12")
    save(page)
    expect(page.locator(".hint", has_text="It can be carried")).to_be_visible()
    page.locator("main >> text=Show the plan").first.click()
    page.click("text=Apply this")
    expect(page.locator(".badge", has_text="Applied")).to_be_visible(timeout=60_000)
    page.goto(f"{house.url}/c/hearts/console/groups/")
    expect(page.locator("main", has_text="Heart surgery")).to_be_visible()
    assert (watch.errors, watch.violations) == ([], [])
    assert time.monotonic() - began < 300
    context.close()
