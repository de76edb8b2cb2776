"""Value lines: why members come to a group, what answers it there, and what shows that it is done."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.core.texts import LocalText
from hearth.groups.models.group import Group
from hearth.groups.types import Force, LineState


class ValueAnswer(TenantModel):
    """What answers one driving force, in every group, or in the groups that ``AnsweredIn`` names.

    It is kept by a metric's reading (``metric``, ``bound``, ``value``) or by a deed ``every_days``, never by both.
    ``gets`` maps a party to what it gets, one text per language. ``counts_from``: what was before says nothing.
    """

    key = models.SlugField(max_length=60)
    name = LocalText()
    force = models.CharField(max_length=12, choices=Force.choices)
    service = LocalText()
    gets = models.JSONField(default=dict, blank=True)
    metric = models.CharField(max_length=60, blank=True)
    bound = models.CharField(max_length=8, blank=True)  # at_least or at_most
    value = models.FloatField(null=True, blank=True)
    every_days = models.PositiveSmallIntegerField(null=True, blank=True)
    counts_from = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "key"], name="groups_value_answer_key_once"),
            models.CheckConstraint(
                condition=models.Q(metric="", value=None, every_days__gte=1)
                | (~models.Q(metric="") & models.Q(value__isnull=False, every_days=None)),
                name="groups_value_answer_kept_one_way",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class AnsweredIn(TenantModel):
    """An answer is given in this group; an answer without such a row is given in every group."""

    answer = models.ForeignKey(ValueAnswer, on_delete=models.CASCADE, related_name="places")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "group"], name="groups_answered_in_once")]
        verbose_name_plural = "answered in"


class ValueLine(TenantModel):
    """How one answer stands in one group, as it was last judged: in ``state`` since ``since``.

    ``shown_on``: the day of the last deed, or of the metric's reading; ``reading`` is that reading.
    """

    answer = models.ForeignKey(ValueAnswer, on_delete=models.CASCADE, related_name="lines")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=LineState.choices)
    since = models.DateField()  # in the community's own time zone
    shown_on = models.DateField(null=True, blank=True)
    reading = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "group"], name="groups_value_line_once")]
        indexes = [models.Index(fields=["community", "state", "group"], name="groups_value_lines_by_state")]


class Deed(TenantModel):
    """Somebody said that a service was done in a group; taken back when ``undone_at`` is set."""

    answer = models.ForeignKey(ValueAnswer, on_delete=models.CASCADE, related_name="deeds")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey("people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["group", "answer", "at"], name="groups_deeds_newest")]


class PauseLift(TenantModel):
    """For a reason, people are invited to a group although one of its lines has stopped, until a moment."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    until = models.DateTimeField()
    why = models.CharField(max_length=300)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group"], condition=models.Q(ended_at=None), name="groups_pause_lifted_once"
            )
        ]
