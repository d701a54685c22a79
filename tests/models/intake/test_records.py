"""What is read of a post."""

from __future__ import annotations

import pytest

from models.intake.records import Post, whole_text


@pytest.mark.parametrize(
    ("title", "text", "read"),
    [
        ("", "明天停水", "明天停水"),
        ("  ", "明天停水", "明天停水"),
        ("停水", "明天停水", "明天停水"),
        ("紧急通知", "明天停水", "紧急通知 明天停水"),
        (" 紧急通知 ", "明天停水", "紧急通知 明天停水"),
        ("紧急通知", "", "紧急通知 "),
    ],
)
def test_a_title_goes_before_the_text_unless_it_stands_in_it(
    title: str, text: str, read: str
) -> None:
    assert Post("forum", "1", text, title=title).whole == whole_text(title, text) == read


def test_a_page_may_give_the_title_a_line_of_its_own() -> None:
    assert whole_text("紧急通知", "明天停水", between="\n") == "紧急通知\n明天停水"
