"""What conversation plugs in below: a group that opens gets its room."""

from hearth.conversation.services.rooms import open_room
from hearth.groups.registry import after_group_opened

after_group_opened.append(open_room)
