"""What the lists of the admin share: none reads a whole table only to be shown."""

from typing import Any, cast

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

MAX_LISTED = 10_000


class LimitedPaginator(Paginator):  # type: ignore[type-arg]  # Django's is not generic at run time
    """Counts to `MAX_LISTED` and ends there; who seeks what comes later searches or filters."""

    @cached_property
    def count(self) -> int:
        """How many rows can be listed."""
        rows = cast("QuerySet[Any]", self.object_list)
        return rows.order_by().values("pk")[:MAX_LISTED].count()


class LimitedChangeList(ChangeList):
    """Says when it ends before the table does. Such a list offers no dates: finding them takes a look at every row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.result_count < MAX_LISTED:
            return
        self.title = _("The newest %(count)s %(name)s. Search or filter to see others.") % {
            "count": f"{MAX_LISTED:,}",
            "name": self.opts.verbose_name_plural,
        }
        if not any(name.startswith(f"{self.date_hierarchy}__") for name in self.params):
            self.date_hierarchy = None
