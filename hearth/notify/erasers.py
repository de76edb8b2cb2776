"""What the tables of notify hold of somebody: all of it is forgotten."""

from django.utils.translation import gettext_lazy as _

from hearth.notify.models import Delivery, GroupLevel, Notice, Preference
from hearth.people.registry import forget_rows, holding, of_member

holding(Notice, _("What you were told"), of_member("member"), forget_rows, tells=("reason", "created_at", "read_at"))
holding(
    GroupLevel, _("What you want to hear of a group"), of_member("member"), forget_rows, tells=("group_id", "level")
)
holding(Preference, _("What you want to hear"), of_member("member"), forget_rows,
        tells=("level", "digest", "quiet_from", "quiet_until"))  # fmt: skip
holding(Delivery, _("Mails to you"), of_member("member"), forget_rows, tells=("channel", "outcome", "sent_at"))
