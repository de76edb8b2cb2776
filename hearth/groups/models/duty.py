"""What is done by turns, and whose turn it is in the week."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.core.texts import LocalText


class Duty(TenantModel):
    """Work that somebody has to be on for: what it is called, and what it consists of."""

    key = models.SlugField(max_length=60)
    name = LocalText()
    task = LocalText()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "key"], name="groups_duty_key_once")]
        verbose_name_plural = "duties"

    def __str__(self) -> str:
        return self.key


class DutyTurn(TenantModel):
    """One turn in every week, on the community's clock; ``until`` not after ``since`` means the next day."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="turns")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    since = models.TimeField()
    until = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["duty", "member", "weekday", "since"], name="groups_duty_turn_once"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="groups_duty_weekday"),
        ]
