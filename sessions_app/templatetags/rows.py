"""Template tags for the rows of a list of sessions."""

from datetime import date
from typing import NamedTuple, Self, cast
from urllib.parse import quote
from uuid import UUID

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from sessions_app.models import TimeSession
from sessions_app.pages.context import PageContext
from sessions_app.pages.day_rows import GapRow
from sessions_app.selectors.overview import ListedSession
from sessions_app.templatetags.catalogue import tag_line
from sessions_app.templatetags.formatting import billable_sign, date_of, days_after_start, duration, time_at
from sessions_app.timekeeping.durations import format_words
from timetracker.templatetags.cached import include_cached

register = template.Library()

_TITLES = {
    "name": gettext_lazy("Change the name"),
    "project": gettext_lazy("Change the project"),
    "tags": gettext_lazy("Change the tags"),
    "start": gettext_lazy("Change the start"),
    "end": gettext_lazy("Change the end"),
    "duration": gettext_lazy("Change the duration"),
    "billable": gettext_lazy("Billable"),
}


class Row(NamedTuple):
    """The context of a session's row: all that it shows, formatted. Times that are not shown are empty."""

    id: UUID
    name: str
    project: str
    colour: int | None
    tags: str
    is_running: bool
    overlaps: bool
    needs_end_check: bool
    other_zone: str
    continued_from: str
    times_known: bool
    start: str
    end: str
    days_later: int
    duration: str
    counts: int | None
    """The seconds from which clock.js counts on, formatted in the `duration_style`."""
    duration_style: str
    billable: bool
    billable_sign: str
    here: str


@register.simple_tag(takes_context=True)
def session_row(context: Context, listed: ListedSession[TimeSession], *, overlaps: bool) -> SafeString:
    """`{% session_row row.listed overlaps=row.overlaps %}`: the row of a session in the list of `day`.

    The HTML is cached, since a page is mostly shown again with one row changed. The `Row` is the cache's key, and the
    whole context of the template.
    """
    session, seconds = listed
    page, day = cast("PageContext", context["page"]), cast("date", context["day"])
    project = page.catalogue.project_of(session)
    counts = seconds if session.is_running and day == page.today else None
    return include_cached(
        "sessions/_session.html",
        row=Row(
            id=session.id,
            name=str(session),
            project="" if project is None else str(project),
            colour=None if project is None else project.colour,
            tags=tag_line(page.catalogue.tags_of(session)),
            is_running=session.is_running,
            overlaps=overlaps,
            needs_end_check=session.needs_end_check,
            other_zone="" if session.timezone == page.user.timezone else session.timezone,
            continued_from=date_of(context, session.first_date) if session.first_date < day else "",
            times_known=session.times_known,
            start=time_at(context, session.start, session),
            end="" if session.end is None else time_at(context, session.end, session),
            days_later=days_after_start(session) if session.first_date == day else 0,
            duration=duration(context, seconds),
            counts=counts,
            duration_style="" if counts is None else page.user.duration_format,
            billable=session.billable,
            billable_sign=billable_sign(context, session),
            here=context["here"],
        ),
    )


class Edge(NamedTuple):
    """A session beside a gap, with the version that the page shows."""

    id: UUID
    version: int
    name: str

    @classmethod
    def of(cls, session: TimeSession) -> Self:
        """Returns the edge for a session."""
        return cls(session.id, session.version, str(session))


class Gap(NamedTuple):
    """The context of a gap's row: all that it shows, formatted, and the instants that its edges can be moved to."""

    start: str
    end: str
    words: str
    date: str
    key: int
    before: Edge
    after: Edge | None
    starts_at: str
    ends_at: str
    here: str


@register.simple_tag(takes_context=True)
def gap_row(context: Context, gap: GapRow) -> SafeString:
    """`{% gap_row row.gap %}`: untracked time in the list of a day. The HTML is cached as by `session_row`."""
    return include_cached(
        "sessions/_gap.html",
        gap=Gap(
            start=time_at(context, gap.start, gap.before),
            end=time_at(context, gap.end, gap.before),
            words=format_words(gap.seconds),
            date=cast("date", context["day"]).isoformat(),
            key=int(gap.start.timestamp()),
            before=Edge.of(gap.before),
            after=None if gap.after is None else Edge.of(gap.after),
            starts_at=gap.start.isoformat(),
            ends_at=gap.end.isoformat(),
            here=context["here"],
        ),
    )


@register.simple_tag
def cell(
    row: Row,
    field: str,
    text: object,
    kind: str = "",
    *,
    title: str = "",
    hidden_text: str = "",
    colour: int | None = None,
) -> SafeString:
    """`{% cell row "name" row.name %}`: a value of a session that can be edited in place (rows.js).

    `kind` is further CSS classes, `colour` a project's colour, and `hidden_text` is read out after the text by screen
    readers. This is a function, because a row has seven cells, and including a template takes ten times as long.
    """
    counts = row.counts if field == "duration" else None
    return format_html(
        '<span class="cell {}"><a id="{}-{}" href="{}" title="{}"{}>{}{}</a></span>',
        kind if colour is None else f"{kind} p{colour}",
        field,
        row.id,
        f"{reverse('session_edit_field', args=[row.id, field])}?next={quote(row.here)}",
        title or str(_TITLES[field]),
        "" if counts is None else format_html(' data-counts="{}" data-style="{}"', counts, row.duration_style),
        text,
        format_html('<span class="visually-hidden"> {}</span>', hidden_text) if hidden_text else "",
    )
