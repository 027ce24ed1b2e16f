"""Change lists of the admin that never read a whole table, and a filter by conditions."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _

MAX_LISTED = 10_000


class ConditionFilter(admin.SimpleListFilter):
    """A list filter with a few conditions, each with a name for the URL and a label."""

    conditions: ClassVar[dict[str, tuple[Promise, Q]]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, str(label)) for name, (label, _condition) in self.conditions.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        name = self.value()
        return queryset.filter(self.conditions[name][1]) if name in self.conditions else queryset


class LimitedPaginator(Paginator):  # type: ignore[type-arg]  # Django's is not generic at run time
    """A paginator that ends at `MAX_LISTED` rows; later ones are found by a search or filter."""

    @cached_property
    def count(self) -> int:
        """The number of rows that can be listed."""
        rows = cast("QuerySet[Any]", self.object_list)
        return rows.order_by().values("pk")[:MAX_LISTED].count()


class LimitedChangeList(ChangeList):
    """A change list that says when it does not show all rows. Then it has no date hierarchy, which reads every row."""

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
