# ruff: noqa: E501  definitions stay on their lines
"""Metrics of belonging on paper: who is a member, who came, who left."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from hearth.core.estimators import count, people, ratio, share
from hearth.core.metrics import KEY, Log, metric

if TYPE_CHECKING:
    from ibis.expr.types import Table

MONTH, WEEK = 28, 7


def members(log: Log) -> "Table":
    """Memberships that stand at the moment."""
    rows = log.standing("memberships")
    return rows.filter(rows.until.isnull() | (rows.until >= log.moment))


def present(log: Log) -> "Table":
    """Members, and those who wrote here of whose membership nothing was ever told."""
    known = log.standing("memberships").select(*KEY, "member")
    wrote = log.standing("spans").select(*KEY, "member")
    return members(log).select(*KEY, "member").union(wrote.anti_join(known, [*KEY, "member"]))


def at_start(log: Log) -> "Table":
    """Memberships that stood 28 days before the moment."""
    rows, then = log.standing("memberships"), log.moment - MONTH
    return rows.filter((rows.joined < then) & (rows.until.isnull() | (rows.until >= then)))


def joined(log: Log) -> "Table":
    """Memberships that began in 28 days."""
    rows = log.standing("memberships")
    return rows.filter(rows.joined >= log.moment - MONTH)


def left(log: Log) -> "Table":
    """Memberships that ended in 28 days."""
    rows = log.standing("memberships")
    return rows.filter((rows.until >= log.moment - MONTH) & (rows.until < log.moment))


def net_growth(log: Log) -> "Table":
    """Members now by members then, minus one."""
    return ratio(count(members(log)), count(at_start(log)), less=1.0)


def leave_rate(log: Log) -> "Table":
    """Those who left, of those who were there."""
    rows, then = at_start(log), log.moment - MONTH
    return share(rows, (rows.until < log.moment).fill_null(False) & (rows.joined < then))  # noqa: FBT003


def invited_share(log: Log) -> "Table":
    """Newly joined whom a member brought."""
    rows = joined(log)
    return share(rows, rows.invited)


def in_two_groups(log: Log) -> "Table":
    """Members of the community who are in two groups or more."""
    rows = log.standing("places")
    rows = rows.filter(rows.until.isnull() | (rows.until >= log.moment))
    held = rows.group_by([*KEY, "member"]).agg(places=rows.count())
    return share(held, held.places >= 2)


def verified_share(log: Log) -> "Table":
    """Members with a confirmed credential."""
    rows = members(log)
    stands = (rows.verified_from < log.moment) & (rows.verified_until.isnull() | (rows.verified_until >= log.moment))
    return share(rows, stands.fill_null(False))  # noqa: FBT003


def approval_rate(log: Log) -> "Table":
    """Approved, of what keepers and staff decided."""
    rows = log.window("doors", MONTH)
    rows = rows.filter(rows.kind == "decided")
    return share(rows, rows.passed)


def threshold_passed(log: Log) -> "Table":
    """In by now, of those who were asked something at a door and had a week for it."""
    rows = log.window("doors", MONTH, skip=WEEK)
    rows = rows.filter(rows.kind == "tried")
    return share(rows, (rows.passed & (rows.settled < log.moment)).fill_null(False))  # noqa: FBT003


def onboarding_completed(log: Log) -> "Table":
    """First steps done by now, of those who have had a week for them."""
    rows = log.window("doors", MONTH, skip=WEEK)
    rows = rows.filter(rows.kind == "welcomed")
    return share(rows, rows.passed)


def purity(log: Log) -> "Table":
    """Members who match whom their group is for, of those of whom enough is known."""
    rows = log.standing("doors")
    rows = rows.filter(rows.kind == "placed")
    return share(rows, rows.passed)


metric("members", version=2, title=_("Members"),
       definition=_("Members at this moment. Somebody of whose membership nothing is known is one from their first message."),
       family="acquisition", unit="people", direction=1, window_days=None,
       expression=lambda log: people(present(log)))  # fmt: skip
metric("new_members_28d", title=_("New members"), definition=_("Members who joined in the last 28 days."),
       family="acquisition", unit="people", direction=1, window_days=MONTH,
       expression=lambda log: people(joined(log)))  # fmt: skip
metric("members_left_28d", title=_("Members who left"), definition=_("Memberships that ended in the last 28 days."),
       family="retention", unit="people", direction=-1, window_days=MONTH,
       expression=lambda log: people(left(log)))  # fmt: skip
metric("net_growth", title=_("Net growth"), definition=_("Members now compared with 28 days ago, minus one."),
       family="acquisition", unit="share", direction=1, window_days=MONTH, expression=net_growth)  # fmt: skip
metric("leave_rate", title=_("Leave rate"),
       definition=_("Share of the members of 28 days ago who have left since."),
       family="retention", unit="share", direction=-1, window_days=MONTH, expression=leave_rate)  # fmt: skip
metric("invited_share", title=_("Brought by members"),
       definition=_("Share of those who joined in 28 days whom a member invited."),
       family="growth", unit="share", direction=1, window_days=MONTH, expression=invited_share)  # fmt: skip
metric("in_two_groups", title=_("In two groups or more"),
       definition=_("Share of the community's members who belong to at least two groups."),
       family="network", unit="share", direction=1, window_days=None, grains=("community",),
       expression=in_two_groups)  # fmt: skip
metric("verified_share", title=_("Verified members"),
       definition=_("Share of members with a confirmed professional credential."),
       family="acquisition", unit="share", direction=1, window_days=None, expression=verified_share)  # fmt: skip
metric("approval_rate", title=_("Approved applications"),
       definition=_("Share of decided applications for entry in 28 days that were approved."),
       family="acquisition", unit="share", direction=0, window_days=MONTH, expression=approval_rate)  # fmt: skip
metric("threshold_passed", title=_("Entry threshold passed"),
       definition=_("Share of those who came to a door that asks something, from 35 to 7 days ago, who are in."),
       family="acquisition", unit="share", direction=0, window_days=MONTH + WEEK,
       expression=threshold_passed)  # fmt: skip
metric("onboarding_completed", title=_("Onboarding completed"),
       definition=_("Share of those who joined from 35 to 7 days ago who finished the first steps."),
       family="activation", unit="share", direction=1, window_days=MONTH + WEEK, history=False,
       expression=onboarding_completed)  # fmt: skip
metric("purity", title=_("Purity"),
       definition=_("Share of the members of whom enough is known who match whom their group says it is for. Those who "
                    "tend it are not counted, nor groups that say nothing."),
       family="acquisition", unit="share", direction=1, window_days=None, history=False,
       expression=purity)  # fmt: skip
metric("replication_success", title=_("Copies that live"),
       definition=_("Share of the groups copied from another at least twelve weeks ago in which two members or more wrote "
                    "in the last 28 days."),
       family="growth", unit="share", direction=1, window_days=MONTH, grains=("community",),
       waits_for=("blueprint.group_replicated",))  # fmt: skip
