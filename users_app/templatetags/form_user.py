"""Replaces `{% csrf_token %}` in all templates by one that also says for which user the form was rendered."""

from django import template
from django.http import HttpRequest
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from timetracker.forms.typed import FORM_USER
from users_app.guests import current_user

register = template.Library()


class FormNode(CsrfTokenNode):
    """Django's hidden field with the token, and another with the id of the user, for `FormUserMiddleware`."""

    def render(self, context: Context) -> str:
        token: str = super().render(context)
        request: HttpRequest | None = getattr(context, "request", None)
        user = current_user(request) if request is not None and hasattr(request, "user") else None
        if not token or user is None:
            return token
        return token + format_html('<input type="hidden" name="{}" value="{}">', FORM_USER, user.pk)


@register.tag
def csrf_token(parser: Parser, token: Token) -> FormNode:
    """`{% csrf_token %}`: the hidden fields of a form that is posted."""
    return FormNode()
