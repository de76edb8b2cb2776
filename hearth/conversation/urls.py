"""Mount as ``path("c/<slug:community>/", include("hearth.conversation.urls"))``."""

from django.urls import path

from hearth.conversation.web import acts, files, lists, live, room

app_name = "conversation"
urlpatterns = [
    path("groups/<int:group>/room/", room.room, name="room"),
    path("groups/<int:group>/room/part/", room.part, name="part"),
    path("groups/<int:group>/messages/", room.talk, name="messages"),
    path("groups/<int:group>/mark/", room.mark, name="mark"),
    path("groups/<int:group>/callable/", room.people, name="people"),
    path("groups/<int:group>/files/", room.upload, name="upload"),
    path("messages/<int:message_id>/", acts.message, name="message"),
    path("messages/<int:message_id>/thread/", acts.thread, name="thread"),
    path("messages/<int:message_id>/acts/", acts.acts, name="acts"),
    path("messages/<int:message_id>/words/", acts.edit, name="edit"),
    path("messages/<int:message_id>/versions/", acts.versions, name="versions"),
    path("messages/<int:message_id>/reactions/", acts.reactions, name="reactions"),
    path("messages/<int:message_id>/pin/", acts.pin, name="pin"),
    path("messages/<int:message_id>/bookmark/", acts.bookmark, name="bookmark"),
    path("messages/<int:message_id>/block/", acts.block, name="block"),
    path("messages/<int:message_id>/acceptance/", acts.acceptance, name="acceptance"),
    path("messages/<int:message_id>/acceptance/withdrawal/", acts.acceptance_withdrawal, name="acceptance-withdrawal"),
    path("messages/<int:message_id>/removal/", acts.removal, name="removal"),
    path("messages/<int:message_id>/hiding/", acts.hiding, name="hiding"),
    path("messages/<int:message_id>/restoration/", acts.restoration, name="restoration"),
    path("files/<int:attachment_id>/", files.file, name="file"),
    path("files/<int:attachment_id>/small/", files.thumb, name="thumb"),
    path("writing/", acts.markdown, name="markdown"),
    path("search/", lists.search, name="search"),
    path("bookmarks/", lists.bookmarks, name="bookmarks"),
    path("questions/", lists.questions, name="questions"),
    path("live/ticket/", live.ticket, name="ticket"),
]
