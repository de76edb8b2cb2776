"""Tables of people that staff bring in, line by line, and how to reach those who have no sign-in yet."""

from django.db import models

from hearth.core.models import Job
from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now
from hearth.people.models.member import Member
from hearth.people.types import LineOutcome


class Contact(TenantModel):
    """How somebody is reached who was brought in. Whoever shows the address when they come gets the place."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "email"], condition=~models.Q(email=""), name="people_contact_email_once"
            )
        ]
        indexes = [models.Index(fields=["community", "phone"], name="people_contact_phone")]


class Roster(TenantModel):
    """One uploaded table. ``stored`` is its place below ``HEARTH_HOME/uploads/people``, "" once the file was removed.

    ``columns`` are its headings, ``places`` field → column. ``trial`` looks through it, ``loading`` brings it in,
    ``undoing`` takes it back.
    """

    name = models.CharField(max_length=200)
    stored = models.CharField(max_length=300, blank=True)
    columns = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    places = models.JSONField(null=True)
    kind = models.CharField(max_length=12, default="guest")
    group_id = models.BigIntegerField(null=True, blank=True)  # of a module above: where they shall go as well
    why = models.CharField(max_length=200, blank=True)
    take_alike = models.BooleanField(default=False)
    refused = models.CharField(max_length=300, blank=True)  # why the whole table cannot be read
    by = models.CharField(max_length=40)
    at = models.DateTimeField(default=now)
    trial = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    loading = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    undoing = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["community", "-id"], name="people_roster_newest")]


class RosterLine(TenantModel):
    """One line: what would happen, then what did. ``did`` is what an undo takes back."""

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=LineOutcome.choices)
    problem = models.CharField(max_length=300, blank=True)  # a code of the table's words, or a refusal's sentence
    column = models.CharField(max_length=20, blank=True)
    values = models.JSONField(default=dict)  # emptied when the table's time is over
    tags = models.JSONField(default=list)
    member = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    did = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "number"], name="people_roster_line_once")]
