"""A living community's talk as columns: the same engine diagnoses it as an archive."""

from collections.abc import Callable

from hearth.conversation.queries.history import Spoken, spoken, threads_begun
from hearth.core.texts import best
from hearth.groups.queries import all_groups, membership_rows
from hearth.groups.types import Lasting
from hearth.insight.rules.talk_log import AuthorInfo, GroupInfo, Origin, TalkLog
from hearth.insight.rules.talk_log_builder import TalkLogBuilder
from hearth.kit.clock import now, to_ms
from hearth.people.queries import names_of_members

_ORIGINS = {origin.name.lower(): origin for origin in Origin}


def living_talk(tell: Callable[[int], None] | None = None) -> TalkLog:
    """Everything said in the community in scope, with its groups and memberships. ``tell`` hears the count."""
    builder = TalkLogBuilder()
    builder.format, builder.given = "hearth", True
    for group in all_groups():
        ends = group.lasting == Lasting.ENDING
        name = best(group.name, group.language) or group.key
        builder.add_group(GroupInfo(str(group.pk), name, to_ms(group.opened_at), ends, group.capacity))
    authors: set[int] = set()
    threads = threads_begun()
    for batch in spoken():
        for said in batch:
            authors.add(said.author)
            _add(builder, said, threads)
        if tell is not None:
            tell(len(builder))
    for group_id, member_id, joined_at, left_at, _invited in membership_rows():
        builder.add_move(str(group_id), str(member_id), to_ms(joined_at), joined=True)
        if left_at is not None:
            builder.add_move(str(group_id), str(member_id), to_ms(left_at), joined=False)
    for member_id, (name, is_bot) in names_of_members(authors).items():
        builder.add_author(AuthorInfo(str(member_id), name, is_bot))
    return builder.build(to_ms(now()))


def _add(builder: TalkLogBuilder, said: Spoken, threads: frozenset[int]) -> None:
    thread = said.thread or (said.id if said.topic or said.id in threads else None)
    builder.add(
        str(said.group_id),
        str(said.author),
        said.at_ms,
        said.text,
        id=str(said.id),
        thread=str(thread) if thread else "",
        reply_to=str(said.reply_to) if said.reply_to else "",
        origin=_ORIGINS[said.origin],
        question=said.question,
    )
