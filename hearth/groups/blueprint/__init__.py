"""What groups can describe in a blueprint: community, charter, places, staff, duties, groups."""

from hearth.groups.blueprint import community, duties, groups, places, staff

__all__ = ["community", "duties", "groups", "places", "staff"]
