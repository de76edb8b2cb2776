"""What groups can describe in a blueprint: community, charter, places, staff, duties, groups, value lines."""

from hearth.groups.blueprint import community, duties, groups, places, staff, value_lines

__all__ = ["community", "duties", "groups", "places", "staff", "value_lines"]
