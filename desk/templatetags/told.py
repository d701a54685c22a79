"""Words of others on pages about open cases, without the word 谣言 (RELIABILITY 3.1).

{% load told %}
{% told text %}             as ``plain``, with 谣言 masked: only an approved 不实 may say it
{{ hash|short_hash }}       7be4 09c1 … f20a
"""

from __future__ import annotations

from django import template

from desk.templatetags.piyao import shown
from models.roles import Officer
from notices import words

register = template.Library()


def told_to(value: str, officer: Officer | None) -> str:
    """The text as this officer may see it before anything is approved."""
    return shown(words.neutral_quote(value), officer)


@register.simple_tag(takes_context=True)
def told(context: template.Context, value: str) -> str:
    return told_to(str(value), context.get("officer"))


@register.filter
def short_hash(digest: str) -> str:
    """A hash as people compare it."""
    return words.short_hash(digest, long=True)
