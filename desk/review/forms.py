"""What may be sent to a notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from desk.cases.proof import Card
from models.casework.records import NoticeKind
from models.publishing.records import Notice
from models.publishing.revisions import Draft
from models.text import shown
from notices.words import RUMOR, neutral

NOT_YET = "有个词要等不实结论批准后才能出现，已替你换成“说法”，看过再存"


class HashForm(forms.Form):
    """A step on exactly the text that was on the officer's page."""

    hash = forms.CharField(min_length=64, max_length=64, widget=forms.HiddenInput)


class RefuseForm(HashForm):
    reason = forms.CharField(
        label="退回的理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "写一句，让起草人知道改什么"},
    )


class RetractForm(forms.Form):
    reason = forms.CharField(
        label="撤回的理由，公众会看到",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "写明错在哪里，公众会看到"},
    )


class ResolveForm(forms.Form):
    sent = forms.TypedChoiceField(
        label="到底发出去没有",
        choices=[("1", "已发"), ("0", "未发")],
        coerce=lambda value: value == "1",
        error_messages={"required": "选已发或未发", "invalid_choice": "选已发或未发"},
    )
    note = forms.CharField(
        label="怎么确认的",
        max_length=500,
        error_messages={"required": "写明在哪里看到，或没看到"},
    )


class DraftForm(forms.Form):
    """The words of a notice. Each line of ``findings`` is one finding."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(
        label="标题",
        max_length=60,
        min_length=4,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="说真相的一句话，不复述说法。",
        error_messages={"required": "写一句说明真相的话", "min_length": "标题太短"},
    )
    findings = forms.CharField(
        label="查明的情况",
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="一行一条，最多 9 条，每条要有证据。",
    )
    quote = forms.CharField(
        label="网传的说法",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="车牌、电话、证件号发出时自动遮盖。",
    )
    closing = forms.CharField(
        label="结束语", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    basis = forms.TypedMultipleChoiceField(
        label="依据",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "只选本案的证据"},
    )

    def __init__(self, *arguments: Any, cards: Sequence[Card] = (), **named: Any) -> None:
        super().__init__(*arguments, **named)
        field = self.fields["basis"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101
        field.choices = [
            (card.item.id, f"证据 {card.number} {neutral(card.item.title)}")
            for card in cards
            if card.item.withdrawn_at is None and not card.item.adverse
        ]

    @classmethod
    def of(cls, notice: Notice, cards: Sequence[Card]) -> DraftForm:
        """The form as the notice stands."""
        return cls(
            cards=cards,
            initial={
                "revision": notice.revision,
                "title": neutral(shown(notice.title)),
                "findings": neutral(shown("\n".join(notice.findings))),
                "quote": neutral(shown(notice.quote)),
                "closing": neutral(shown(notice.closing)),
                "basis": [str(each) for each in notice.basis],
            },
        )

    def clean(self) -> dict[str, Any]:
        """No draft says 谣言, which only an approved 不实 may say: the typed word is replaced."""
        found = super().clean() or {}
        form: Any = self  # its data is the request's: a copy takes the mended words
        for name in ("title", "findings", "quote", "closing"):
            typed = str(form.data.get(name, ""))
            if RUMOR.search(typed):
                form.data = form.data.copy()
                form.data[name] = neutral(typed)
                self.add_error(name, NOT_YET)
        lines = [line for line in found.get("findings", "").splitlines() if line.strip()]
        if len(lines) > 9:
            self.add_error("findings", "最多 9 条，合并相近的几条")
        return found

    def draft(self, kind: NoticeKind) -> Draft:
        found = self.cleaned_data
        return Draft(
            kind=kind,
            title=found["title"].strip(),
            findings=tuple(line.strip() for line in found["findings"].splitlines() if line.strip()),
            quote=" ".join(found["quote"].split()),
            closing=" ".join(found["closing"].split()),
            basis=tuple(found["basis"]),
        )
