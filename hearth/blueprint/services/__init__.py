"""What can be done with blueprints."""

from hearth.blueprint.services.applying import begin_revision, carry_out, fingerprint
from hearth.blueprint.services.community_copies import begin_community_copies, finish_copy, founded_copy
from hearth.blueprint.services.copying import begin_copies, go_on, roll_back_copies
from hearth.blueprint.services.founding import community_of

__all__ = [
    "begin_community_copies",
    "begin_copies",
    "begin_revision",
    "carry_out",
    "community_of",
    "fingerprint",
    "finish_copy",
    "founded_copy",
    "go_on",
    "roll_back_copies",
]
