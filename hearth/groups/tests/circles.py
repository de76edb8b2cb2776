"""A full group whose members talk in two circles, split and brought together again: what its tests share."""

from uuid import uuid4

from hearth.conversation.access import room_of_group
from hearth.conversation.services.posting import post_message
from hearth.groups.queries.regrouping import parts_of
from hearth.groups.rules.ties import Tie
from hearth.groups.services import begin_regrouping, carry_out, take_back


def clique(*members):
    return [Tie(a, b, 1, 1) for a in members for b in members if a < b]


def say(who, group, text, **more):
    return post_message(room_of_group(who.actor, group.pk), text=text, client_id=str(uuid4()), **more).message_id


def talk(group, one, other):
    say(other, group, "I refer them.", reply_to=say(one, group, "What do you do in this case?"))


def carried(actor, row, **options):
    begin_regrouping(actor, row)
    return carry_out(row.pk, lambda done, total: None, **options)


def undone(actor, row):
    take_back(actor, row)
    carry_out(row.pk, lambda done, total: None)


def new_group(row):
    return parts_of(row)[1].group
