"""Saved reports, and share links, by which others see a report."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions_app.models.catalogue import CatalogueEntry, Client, Project, Tag
from sessions_app.models.versioned import Kind, VersionedModel

_IDS: dict[str, type[CatalogueEntry]] = {"client": Client, "project": Project, "tag": Tag}
"""The models whose ids the parameters of a report's address hold."""


def replace_ids(query: str, find: Callable[[type[CatalogueEntry], UUID], UUID | None]) -> str:
    """Returns a query string with each id replaced by the one that `find` returns; an id stays where that is None."""
    return urlencode([(name, _replace_id(name, value, find)) for name, value in parse_qsl(query, True)])


def _replace_id(name: str, value: str, find: Callable[[type[CatalogueEntry], UUID], UUID | None]) -> str:
    try:
        return value if name not in _IDS else str(find(_IDS[name], UUID(value)) or value)
    except ValueError:  # “none”, or what somebody typed
        return value


class AddressedReport(VersionedModel):
    """A report, stored as the address of its page. `query` is the query string, without the question mark."""

    NAME_LENGTH: ClassVar[int] = 100
    QUERY_LENGTH: ClassVar[int] = 2_000

    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    query = models.CharField(_("address"), max_length=QUERY_LENGTH, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class SavedReport(AddressedReport):
    """A report that a user saved under a name. The page of reports opens with the default one, if there is any."""

    KIND = Kind.REPORT
    TRACKED_FIELDS = ("name", "query", "is_default", "deleted_at")

    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("saved report")
        verbose_name_plural = _("saved reports")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_default=True, deleted_at__isnull=True), name="savedreport_one_default"
            ),
        ]
        indexes = [models.Index(fields=["user", "id"], name="savedreport_by_user")]


class Share(AddressedReport):
    """A share link, which shows chosen columns of a report or timesheet to whoever has the link.

    A live link shows the data at the time of opening; a frozen link shows `content`, the data at its creation. Only the
    SHA-256 of the link's secret is stored; null, after the secret was revoked or for a link from an account export,
    opens nothing. Neither the secret's hash nor the hashed password ("" for none) is in the recorded changes. Openings
    are counted without recording a change.
    """

    KIND = Kind.SHARE
    TRACKED_FIELDS = (
        "name",
        "page",
        "query",
        "shows_hours",
        "shows_amounts",
        "shows_notes",
        "shows_running",
        "is_frozen",
        "expires_at",
        "deleted_at",
    )
    SECRETS_BEGIN: ClassVar[str] = "tts_"

    class Page(models.TextChoices):
        """The page that the link shows."""

        REPORT = "report", _("Report")
        TIMESHEET = "timesheet", _("Timesheet")

    page = models.CharField(_("page"), max_length=10, choices=Page)
    shows_hours = models.BooleanField(_("hours"), default=True)
    shows_amounts = models.BooleanField(_("amounts"), default=False)
    shows_notes = models.BooleanField(_("notes"), default=False)
    shows_running = models.BooleanField(_("the running session"), default=False)
    is_frozen = models.BooleanField(_("frozen"), default=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    # Null and not "", since the column is unique.
    secret_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001
    password = models.CharField(max_length=128, blank=True, default="", editable=False)
    content = models.JSONField(null=True, editable=False)
    access_count = models.PositiveBigIntegerField(default=0, editable=False)
    last_used_at = models.DateTimeField(_("last opened"), null=True, editable=False)

    class Meta:
        verbose_name = _("share link")
        verbose_name_plural = _("share links")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_frozen=False) | Q(shows_running=False), name="share_frozen_without_running"
            ),
            models.CheckConstraint(condition=Q(shows_hours=True) | Q(shows_amounts=True), name="share_shows_something"),
        ]
        indexes = [models.Index(fields=["user", "id"], name="share_by_user")]

    def has_expired_at(self, instant: datetime) -> bool:
        """Returns whether the link has expired at an instant."""
        return self.expires_at is not None and self.expires_at <= instant
