"""Which rights insight declares."""

from hearth.core.permissions import KEEPERS, RUNNING, StaffRole, permission

SEE_PEOPLE = permission(
    "insight.see_people",
    "See how members take part, who leads and who is left alone",
    staff=RUNNING | {StaffRole.MODERATOR},
)
SEE_CHURN = permission("insight.see_churn", "See which members may be leaving", staff=RUNNING, group=KEEPERS)
