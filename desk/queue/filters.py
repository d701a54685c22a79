"""What is shown of the queue, as its address says it: ``/queue/?view=due&topic=school&q=停课``.

A filter that is not in the address does not exist; each one on is a token that can be taken off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from classifier.text import search_words
from models.casework import queue
from models.casework.records import Case, CaseState
from models.casework.workflow import UNDECIDED
from models.harm import Topic
from models.intake import sources
from models.roles import Officer
from models.store import Store

LIMIT = 200


class FilterForm(forms.Form):
    """The address's parameters. What cannot be followed is left out, not an error page."""

    view = forms.ChoiceField(choices=[(name, name) for name in queue.VIEWS], required=False)
    topic = forms.ChoiceField(choices=[(t.value, t.label) for t in Topic], required=False)
    state = forms.ChoiceField(choices=[(s.value, s.label) for s in UNDECIDED], required=False)
    place = forms.CharField(max_length=40, required=False)
    source = forms.CharField(max_length=60, required=False)
    q = forms.CharField(max_length=80, required=False)
    case = forms.IntegerField(min_value=1, required=False)


@dataclass(frozen=True)
class Token:
    """A filter that is on: its words, and the address without it."""

    name: str
    label: str
    value: str
    without: str


@dataclass(frozen=True)
class Filters:
    view: str = "todo"
    topic: str = ""
    state: str = ""
    place: str = ""
    source: str = ""
    q: str = ""
    case: int = 0

    @classmethod
    def of(cls, data: QueryDict) -> Filters:
        form = FilterForm(data)
        form.is_valid()
        values: dict[str, Any] = {key: value for key, value in form.cleaned_data.items() if value}
        return cls(**values)

    def query(self, **changed: str) -> str:
        """The address of this list with some filters changed, ``?`` included."""
        found = QueryDict(mutable=True)
        for name in ("view", "topic", "state", "place", "source", "q"):
            value = changed.get(name, getattr(self, name))
            if value and not (name == "view" and value == "todo"):
                found[name] = value
        return f"?{found.urlencode()}"

    def cases(self, db: Store, officer: Officer) -> list[Case]:
        """The cases that the address asks for, in the order of the queue."""
        found = queue.cases(
            db,
            self.view,
            officer=officer,
            topic=Topic(self.topic) if self.topic else None,
            place=self.place,
            source=self.source,
            terms=search_words.of_query(self.q),
            limit=LIMIT,
        )
        return [case for case in found if not self.state or case.state.value == self.state]

    def tokens(self, db: Store) -> list[Token]:
        """The filters that are on."""
        labels = {source.name: source.label for source in sources.all(db)}
        on = (
            ("state", "状态", CaseState(self.state).label if self.state else ""),
            ("topic", "危害", Topic(self.topic).label if self.topic else ""),
            ("source", "来源", labels.get(self.source, self.source)),
            ("place", "地方", self.place),
            ("q", "搜", self.q),
        )
        return [
            Token(name, label, value, self.query(**{name: ""}))
            for name, label, value in on
            if value
        ]
