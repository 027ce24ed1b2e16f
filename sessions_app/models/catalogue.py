"""The catalogue of a user: clients, projects and tags. None of them is needed to track time."""

import unicodedata
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions_app.models.constraints import SameUserForeignKey
from sessions_app.models.versioned import Kind, VersionedModel
from timetracker.characters import fold
from timetracker.money import MAX_RATE_DECIMALS, MAX_RATE_DIGITS
from timetracker.money_fields import currency_field, rate_field

COLOURS = 8
KEY_LENGTH = 600
_APART = "\x01"  # sorted before all letters


def folded_name(name: str) -> str:
    """Returns the key of a name: equal for names that differ only in case or in how their letters are composed.

    The key begins with the name without accents, so that lists can be sorted by it and searched.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    plain = fold(name)
    key = folded if plain == folded else f"{plain}{_APART}{folded}"
    return key[:KEY_LENGTH]  # folding makes at most six letters of one, except for two Arabic ligatures


class CatalogueEntry(VersionedModel):
    """A client, project or tag. Its name is unique among those of the same user and kind, whatever the case."""

    NAME_LENGTH: ClassVar[int] = 100

    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    folded_name = models.CharField(max_length=KEY_LENGTH, editable=False)
    archived = models.BooleanField(_("archived"), default=False, help_text=_("No longer offered; reports keep it."))

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["user", "folded_name"], condition=Q(deleted_at__isnull=True), name="%(class)s_unique_name"
            ),
            models.UniqueConstraint(fields=["user", "id"], name="%(class)s_of_user"),
        ]

    def __str__(self) -> str:
        return self.name

    def set_derived_fields(self) -> None:
        """Sets `folded_name`, which the unique constraint compares."""
        self.folded_name = folded_name(self.name)


class Client(CatalogueEntry):
    """A client, who pays for projects. The client's rate applies to those of its projects that have none."""

    KIND = Kind.CLIENT
    TRACKED_FIELDS = ("name", "hourly_rate", "currency", "archived", "deleted_at")

    hourly_rate = rate_field()
    currency = currency_field(blank=True)

    class Meta(CatalogueEntry.Meta):
        verbose_name = _("client")
        verbose_name_plural = _("clients")


class BudgetPeriod(models.TextChoices):
    """Whether a budget is for the whole project or for each month."""

    TOTAL = "total", _("in total")
    MONTH = "month", _("a month")


class Project(CatalogueEntry):
    """A project, which sessions belong to. With an empty `currency` the client's applies, else the user's.

    The budget is either time (`budget_seconds`) or money in the project's currency (`budget_amount`), or there is none.
    """

    KIND = Kind.PROJECT
    TRACKED_FIELDS = (
        "name",
        "client_id",
        "colour",
        "billable_by_default",
        "hourly_rate",
        "currency",
        "budget_seconds",
        "budget_amount",
        "budget_period",
        "archived",
        "deleted_at",
    )

    client = models.ForeignKey(
        Client,
        models.DO_NOTHING,  # the database rejects deleting a client in use; services move its projects first
        null=True,
        blank=True,
        related_name="projects",
        db_constraint=False,  # SameUserForeignKey below is stricter
        db_index=False,
        verbose_name=_("client"),
    )
    colour = models.PositiveSmallIntegerField(
        _("colour"), default=1, validators=[MinValueValidator(1), MaxValueValidator(COLOURS)]
    )
    billable_by_default = models.BooleanField(
        _("billable"), default=False, help_text=_("New sessions of this project are billable.")
    )
    hourly_rate = rate_field()
    currency = currency_field(blank=True)
    budget_seconds = models.PositiveBigIntegerField(_("budget in seconds"), null=True, blank=True)
    budget_amount = models.DecimalField(
        _("budget in money"), max_digits=MAX_RATE_DIGITS, decimal_places=MAX_RATE_DECIMALS, null=True, blank=True
    )
    budget_period = models.CharField(
        _("budget for"),
        max_length=5,
        choices=BudgetPeriod,
        default=BudgetPeriod.TOTAL,
        db_default=BudgetPeriod.TOTAL.value,
    )

    class Meta(CatalogueEntry.Meta):
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            *CatalogueEntry.Meta.constraints,
            SameUserForeignKey(field="client", name="project_client_same_user"),
            models.CheckConstraint(condition=Q(colour__range=(1, COLOURS)), name="project_colour_is_one_of_eight"),
            models.CheckConstraint(
                condition=Q(budget_seconds__isnull=True) | Q(budget_amount__isnull=True), name="project_one_budget"
            ),
            # A comparison with null is null, which a check constraint accepts.
            models.CheckConstraint(
                condition=Q(budget_seconds__gt=0) & Q(budget_amount__gt=0), name="project_budget_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(budget_period__in=BudgetPeriod.values), name="project_budget_period_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "client"], condition=Q(client__isnull=False), name="project_by_client"),
        ]


class Tag(CatalogueEntry):
    """A tag; a session may have many."""

    KIND = Kind.TAG
    TRACKED_FIELDS = ("name", "archived", "deleted_at")

    class Meta(CatalogueEntry.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
