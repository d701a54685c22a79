"""What may be typed into the account pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation

from models.harm import HAZARDS, Topic
from models.roles import Role

WEAK = {  # why a password will not do, by Django's code
    "password_too_short": "太短，至少 15 个字符，可以是一句话",
    "password_too_similar": "和登录名太像，别人猜得到",
    "password_too_common": "太常见，别人猜得到",
}
PEOPLE = [(role.value, role.label) for role in Role if role is not Role.MACHINE]


class LoginForm(forms.Form):
    username = forms.CharField(
        label="登录名",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPasswordForm(forms.Form):
    """A password of the owner's own, after a one-time code: the old one is dead."""

    new = forms.CharField(
        label="新密码",
        max_length=200,
        strip=False,
        help_text="至少 15 个字符，可以是一句话",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再写一遍新密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: Any, data: Any = None) -> None:
        super().__init__(data)
        self.user = user

    def clean_new(self) -> str:
        try:
            password_validation.validate_password(self.cleaned_data["new"], self.user)
        except forms.ValidationError as error:  # Django's own words are not all translated
            raise forms.ValidationError([WEAK[each.code] for each in error.error_list]) from error
        return str(self.cleaned_data["new"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", "两遍不一样")
        return cleaned


class PasswordForm(NewPasswordForm):
    """The same, with the old password; the view compares that, because a guess costs a wait."""

    old = forms.CharField(
        label="现在的密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old", "new", "again")


class OfficerForm(forms.Form):
    username = forms.RegexField(
        r"\A[a-z0-9][a-z0-9._-]{2,39}\Z",
        label="登录名",
        help_text="小写字母、数字、点和短横，3 到 40 个",
        error_messages={"invalid": "只能用小写字母、数字、点和短横，3 到 40 个"},
    )
    role = forms.ChoiceField(label="角色", choices=PEOPLE)
    number = forms.IntegerField(
        label="号码", min_value=0, max_value=999, required=False, help_text="不填就用下一个空号"
    )
    fields_ = forms.MultipleChoiceField(
        label="可会签的危害类",
        required=False,
        choices=[(topic.value, topic.label) for topic in Topic if topic in HAZARDS],
        widget=forms.CheckboxSelectMultiple,
        help_text="只对核查员有用",
    )
