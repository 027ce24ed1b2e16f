"""Projects and tags of sessions, from the page's catalogue (`page.catalogue`), without a query for each session."""

from typing import cast

from django import template
from django.template.context import Context

from sessions_app.forms.catalogue import RepricingForm
from sessions_app.models import Project, Tag, TimeSession
from sessions_app.selectors.catalogue import Catalogue

register = template.Library()


@register.simple_tag(takes_context=True)
def project_of(context: Context, session: TimeSession) -> Project | None:
    """`{% project_of session as project %}`: the project of a session, for `_project.html`."""
    return _catalogue(context).project_of(session)


@register.simple_tag(takes_context=True)
def tags_of(context: Context, session: TimeSession) -> list[Tag]:
    """`{% tags_of session as tags %}`: the tags of a session, ordered by name."""
    return _catalogue(context).tags_of(session)


@register.simple_tag
def tag_line(tags: list[Tag]) -> str:
    """`{% tag_line tags %}`: `#design #urgent`."""
    return " ".join(f"#{tag}" for tag in tags)


@register.simple_tag(takes_context=True)
def new_repricing_form(context: Context) -> RepricingForm:
    """`{% new_repricing_form as repricing_form %}`: the form “Apply to earlier sessions”, for any page."""
    return RepricingForm(today=context["page"].today)


def _catalogue(context: Context) -> Catalogue:
    return cast("Catalogue", context["page"].catalogue)
