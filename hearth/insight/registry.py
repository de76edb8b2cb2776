"""Which rights insight declares."""

from hearth.core.permissions import KEEPERS, RUN_COMMUNITY, RUNNING, StaffRole, permission
from hearth.people.registry import TokenScope, token_scopes

SEE_PEOPLE = permission(
    "insight.see_people",
    "See how members take part, who leads and who is left alone",
    staff=RUNNING | {StaffRole.MODERATOR},
)
SEE_CHURN = permission("insight.see_churn", "See which members may be leaving", staff=RUNNING, group=KEEPERS)

READ_METRICS = token_scopes.register(
    "metrics",
    TokenScope("metrics", "Read the metrics by the API", permission=RUN_COMMUNITY.key, route="api:metrics"),
)
