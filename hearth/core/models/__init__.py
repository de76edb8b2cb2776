"""Tables of the ground, by noun."""

from hearth.core.models.audit import AuditEntry, AuditHead
from hearth.core.models.community import Community, CommunitySetting, SavedView
from hearth.core.models.fact import Fact, HandlerCursor, ParkedFact
from hearth.core.models.idempotency import IdempotencyKey
from hearth.core.models.job import Job, Schedule, WorkerBeat
from hearth.core.models.user import User

__all__ = [
    "AuditEntry",
    "AuditHead",
    "Community",
    "CommunitySetting",
    "Fact",
    "HandlerCursor",
    "IdempotencyKey",
    "Job",
    "ParkedFact",
    "SavedView",
    "Schedule",
    "User",
    "WorkerBeat",
]
