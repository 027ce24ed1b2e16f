"""The preview of the one-line input: chips for its understood parts, and the text of the button."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sessions_app.formatting import format_date, format_end, format_time
from sessions_app.forms.base import format_message
from sessions_app.forms.timer import StartForm
from sessions_app.timekeeping.periods import day_of
from users_app.models import User

TIME_KINDS = frozenset({"day", "range", "start", "clock", "ago", "length"})


@dataclass(frozen=True, slots=True)
class LineChip:
    """An understood part of the line. `escape` has the positions at which a backslash turns it into plain text."""

    label: str
    escape: str = ""
    field: str = ""
    """The hidden field that is set to "no" instead, for a chip that is not part of the line."""
    colour: int | None = None
    is_new: bool = False


def preview_line(form: StartForm, *, is_running: bool) -> dict[str, Any]:
    """Returns chips, the sentence and the text of the button for a validated form."""
    reading = form.reading_or_none
    start = _("Switch") if is_running else _("Start")
    if reading is None:
        errors = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return {"chips": [], "sentence": errors, "has_problem": True, "button": start, "icon_name": ""}
    problem = form.first_error
    button = start if reading.kind == "start_now" else format_message(reading.button, form.user)
    return {
        "chips": list(_chips(form)),
        "sentence": problem or format_message(reading.sentence, form.user),
        "has_problem": bool(problem),
        "button": button,
        "icon_name": "add" if reading.kind == "add" else "" if is_running else "play",
    }


def _chips(form: StartForm) -> Iterator[LineChip]:
    reading = form.reading
    for chip in reading.chips:
        escape = str(chip.start)
        if chip.kind == "project":
            project = form.project
            if project is None:
                yield LineChip(_("New project “%(name)s”") % {"name": reading.project}, escape, is_new=True)
            else:
                yield LineChip(project.name, escape, colour=project.colour)
        elif chip.kind == "tag":
            is_new = form.catalogue.find_tag(chip.word[1:]) is None
            yield LineChip(_("New tag %(tag)s") % {"tag": chip.word} if is_new else chip.word, escape, is_new=is_new)
    times = [chip for chip in reading.chips if chip.kind in TIME_KINDS]
    if times:
        label = _times(form.user, reading.start, reading.end, form.now) or " ".join(chip.word for chip in times)
        yield LineChip(label, " ".join(str(chip.start) for chip in times))
    if _is_billable(form):
        yield LineChip(_("billable"), field="billable")


def _times(user: User, start: datetime | None, end: datetime | None, now: datetime) -> str:
    if start is None:
        return ""
    day = day_of(start, user.zone)
    begin = format_time(start, user.zone, user)
    if end is None:
        times = _("since %(time)s") % {"time": begin}
    else:
        times = f"{begin}–{format_end(start, end, user.zone, user)}"
    if day == day_of(now, user.zone):
        return times
    return f"{format_date(day, user, has_weekday=True)}, {times}"


def _is_billable(form: StartForm) -> bool:
    said = form.cleaned_data.get("billable")
    if said:
        return bool(said == "yes")
    selected = form.cleaned_data.get("project_id")
    project = form.project or (form.catalogue.projects.get(selected) if selected else None)
    return project is not None and project.billable_by_default
