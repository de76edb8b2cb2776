"""Mount as ``path("c/<slug:community>/", include("hearth.notify.urls"))``."""

from django.urls import path

from hearth.notify.web import portal

app_name = "notify"
urlpatterns = [
    path("inbox/", portal.inbox, name="inbox"),
    path("inbox/reading/", portal.reading, name="reading"),
    path("inbox/<int:notice_id>/opening/", portal.opening, name="opening"),
    path("me/notices/", portal.settings, name="settings"),
    path("me/notices/groups/<int:group_id>/", portal.level, name="level"),
    path("mail/stop/<str:token>/", portal.unsubscribe, name="unsubscribe"),
]
