"""Words of others under the law of the word (RELIABILITY 3.1), for pages about open cases.

{% load told %}
{% told text %}             as ``plain``, and 谣言 hidden: it may stand only on an approved 不实
{{ hash|print }}            7be4 09c1 … f20a
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


@register.filter(name="print")
def fingerprint(digest: str) -> str:
    """A hash as people compare it."""
    return words.fingerprint(digest, long=True)
