"""What may be sent to a case: one form an action; the rules themselves are in ``models``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from models import store
from models.casework.cases import CLAIM_CHARS, DISMISS_REASONS, SAMPLE_STATUS
from models.casework.evidence import MAX_BYTES, NATURES
from models.casework.records import Hazard, Literal
from models.harm import Topic
from models.learning.withdrawals import REASON_CHARS
from models.outcome import Outcome


def _choose(words: str) -> dict[str, str]:
    """One sentence for no answer and for an answer that is not offered."""
    return {"required": words, "invalid_choice": words}


class StepForm(forms.Form):
    """A step on a case, at the version the officer was looking at."""

    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)


class DismissForm(StepForm):
    reason = forms.ChoiceField(
        label="不立案的理由",
        choices=list(DISMISS_REASONS.items()),
        error_messages=_choose("选一个理由"),
    )


class WithdrawForm(forms.Form):
    """撤下证据. Whether a reason is needed is asked in ``models.casework.evidence``."""

    reason = forms.CharField(label="为什么不该算数", max_length=500, required=False)


class RewordForm(StepForm):
    claim = forms.CharField(
        label="说法",
        max_length=CLAIM_CHARS,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text="写成一句完整的话，照着帖文，不加判断。",
        error_messages={"required": "写成一句完整的话"},
    )


class LeadForm(StepForm):
    to = forms.CharField(
        label="转给哪个主管部门",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "写明主管部门"},
    )


class SampleForm(StepForm):
    status = forms.ChoiceField(
        label="留样状态",
        choices=[(status, status) for status in SAMPLE_STATUS],
        error_messages=_choose("选一项"),
    )


class TopicForm(StepForm):
    topic = forms.TypedChoiceField(
        label="危害类别",
        choices=[(topic.value, topic.label) for topic in Topic],
        coerce=Topic,
        error_messages=_choose("选一类"),
    )


class ReopenForm(StepForm):
    reason = forms.CharField(
        label="为什么重新核查",
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "写一句理由"},
    )


class LessonForm(StepForm):
    lesson_reason = forms.CharField(
        label="为什么不该作样例",
        max_length=REASON_CHARS,
        error_messages={"required": "写一句理由"},
    )

    def clean(self) -> dict[str, Any]:
        """``reason``, as ``withdrawals.withdraw`` takes it: two forms of a page may ask for one."""
        found = super().clean() or {}
        if "lesson_reason" in found:
            found["reason"] = found.pop("lesson_reason")
        return found


class EvidenceForm(forms.Form):
    """One item of evidence. Whether it counts is said by ``models.casework.records.Evidence.counts``."""

    title = forms.CharField(
        label="是什么",
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": "车辆登记答复", "autocomplete": "off"}),
        error_messages={"required": "写明是什么"},
    )
    nature = forms.ChoiceField(
        label="性质",
        choices=list(NATURES.items()),
        help_text="“查无记录”、当事方自己否认、本中心以前的通告不单独计入。",
        error_messages=_choose("选一项"),
    )
    finding = forms.CharField(
        label="说明了什么",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="一句话，会原样放进通告初稿。",
        error_messages={"required": "写一句，说明了什么"},
    )
    refutes = forms.CharField(
        label="反驳说法里的哪几个字",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "从说法里照抄", "autocomplete": "off"}),
        help_text="不写就只作旁证。",
    )
    url = forms.CharField(
        label="出处地址",
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )
    original = forms.FileField(
        label="原件",
        required=False,
        allow_empty_file=False,
        help_text="照片、答复扫描件、录屏，不超过 16 MB。",
        error_messages={"empty": "文件是空的，换一个"},
    )
    captured_at = forms.DateTimeField(
        label="取证时间",
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="空着就记现在。",
        error_messages={"invalid": "写成 2026-11-25 03:05"},
    )
    primary = forms.BooleanField(label="一手", required=False)
    independent = forms.BooleanField(label="来自非当事方", required=False)
    adverse = forms.BooleanField(label="对结论不利", required=False)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if url and not url.lower().startswith(("http://", "https://")):
            raise forms.ValidationError("地址要以 http:// 或 https:// 开头")
        return url

    def clean_original(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["original"]
        if file is not None and (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError("原件超过 16 MB，压缩后再传，或只传关键页")
        return file

    def clean_captured_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["captured_at"]
        if at is not None and at > store.now():
            raise forms.ValidationError("取证时间在将来，请核对")
        return at

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        missing = not found.get("original") and not found.get("url")
        if missing and not {"original", "url"} & set(self.errors):
            self.add_error("original", "上传原件，或写出处地址")
        return found

    def item(self) -> dict[str, Any]:
        """The arguments of ``models.casework.evidence.add``."""
        found = dict(self.cleaned_data)
        file: UploadedFile | None = found.pop("original")
        found["original"] = file.read() if file else b""
        found["media_type"] = (file.content_type or "") if file else ""
        return found


class VerdictForm(forms.Form):
    """Two answers, the word that follows from them, and why."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    evidence_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
    literal = forms.TypedChoiceField(
        label="照字面说，这条说法站得住吗",
        choices=[(answer.value, answer.label) for answer in Literal],
        coerce=Literal,
        error_messages=_choose("第一题请选一个答案"),
    )
    hazard = forms.TypedChoiceField(
        label="它提醒的隐患，排除了吗",
        choices=[(answer.value, answer.label) for answer in Hazard],
        coerce=Hazard,
        error_messages=_choose("第二题请选一个答案"),
    )
    outcome = forms.TypedChoiceField(
        label="结论",
        choices=[(outcome.value, outcome.label) for outcome in Outcome],
        coerce=Outcome,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": "选一个结论"},
    )
    ground = forms.CharField(
        label="依据",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "写明依据，至少 4 个字"},
    )
