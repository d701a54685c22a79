"""What may be sent to the queue's actions."""

from __future__ import annotations

from django import forms

from models.casework.cases import DISMISS_REASONS


class StepForm(forms.Form):
    """A step with a case, at the version the officer was looking at."""

    version = forms.IntegerField(min_value=1, required=False)


class DismissForm(StepForm):
    reason = forms.ChoiceField(
        label="不立案的理由",
        choices=list(DISMISS_REASONS.items()),
        error_messages={"required": "选一个理由", "invalid_choice": "选一个理由"},
    )
