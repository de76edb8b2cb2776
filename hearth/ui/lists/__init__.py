"""The one list component: declared once, its whole state in the URL, one table everywhere.

::

    GROUPS = ListPage(
        key="groups",
        columns=(Column("name", _("Group"), sort="name", kind="link", url=group_url), ...),
        filters=(Filter("stage", _("Temperature"), choices=stage_choices),),
        search=("name",),
        default_sort="-members",
    )

    def fleet(request):
        return GROUPS.respond(request, group_rows(request.actor), template="console/fleet.html")
"""

from hearth.ui.lists.bulk import BulkAction, BulkOutcome, BulkPreview
from hearth.ui.lists.columns import Cell, Column, Filter
from hearth.ui.lists.listing import Listing
from hearth.ui.lists.page import ListPage
from hearth.ui.lists.saved import SavedView, SavedViews
from hearth.ui.lists.sources import CallableSource, ListSource, QuerySetSource
from hearth.ui.lists.state import ListState

__all__ = [
    "BulkAction",
    "BulkOutcome",
    "BulkPreview",
    "CallableSource",
    "Cell",
    "Column",
    "Filter",
    "ListPage",
    "ListSource",
    "ListState",
    "Listing",
    "QuerySetSource",
    "SavedView",
    "SavedViews",
]
