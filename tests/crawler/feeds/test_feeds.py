"""Reading feeds: never raises, never loses a whole entry to a broken one, always ends in time."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler import feeds
from crawler.feeds import xmlfeed
from crawler.feeds.limits import TooSlow, within
from crawler.feeds.markup import to_text
from crawler.harvest import Harvest
from tests import costs

NOW = datetime(2020, 1, 26, 8, 0, tzinfo=UTC)
NS = 'xmlns:p="https://piyao.invalid/ns/replies"'


def read(body: str | bytes, content_type: str = "") -> Harvest:
    data = body.encode() if isinstance(body, str) else body
    return feeds.read_feed(
        data, source="s", url="https://feed.example/feed", content_type=content_type, now=NOW
    )


def rss(*items: str, root: str = NS) -> str:
    return f'<rss version="2.0" {root}><channel><title>t</title>{"".join(items)}</channel></rss>'


def item(n: int | str, words: str = "有事", more: str = "") -> str:
    return (
        f'<item><guid isPermaLink="false">g{n}</guid><link>https://feed.example/{n}</link>'
        f"<description>{words}</description>{more}</item>"
    )


def test_replies_are_read_under_any_prefix_and_in_a_broken_entry_too() -> None:
    reply = '<p:reply id="r1" at="2020-01-26T10:00:00+08:00">求证 &lt;3</p:reply>'
    whole = read(rss(item(1, more=reply + reply.replace("r1", "r2"))))
    broken = read(rss(item(1, words="A & B", more=reply + reply.replace("r1", "r2"))))
    for harvest in (whole, broken):
        replies = harvest.posts[0].replies
        assert [(reply.native_id, reply.text) for reply in replies] == [
            ("r1", "求证 <3"),
            ("r2", "求证 <3"),
        ]
        assert replies[0].at == datetime(2020, 1, 26, 2, 0, tzinfo=UTC)


def test_a_reply_outside_an_entry_is_nobodys() -> None:
    harvest = read(rss("<p:reply id='x'>谁的</p:reply>", item(1)))
    assert [post.replies for post in harvest.posts] == [()]


def test_the_id_of_a_post_does_not_change_when_the_feed_moves_or_its_order_changes() -> None:
    items = [item(n, more="") for n in range(3)] + ["<item><title>没有编号</title></item>"]
    here = feeds.read_feed(rss(*items).encode(), source="s", url="http://a.example/x", now=NOW)
    there = feeds.read_feed(
        rss(*reversed(items)).encode(), source="s", url="http://b.example:81/y", now=NOW
    )
    assert {post.native_id for post in here.posts} == {post.native_id for post in there.posts}
    assert len(here.posts) == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk", "big5"])
@pytest.mark.parametrize("declared", ["right", "in the header", "not at all"])
def test_any_encoding_is_read(encoding: str, declared: str) -> None:
    words = "武漢封城了嗎" if encoding == "big5" else "武汉封城了吗"
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>' if declared == "right" else ""
    header = f"text/xml; charset={encoding}" if declared == "in the header" else ""
    harvest = read((declaration + rss(item(1, words))).encode(encoding), header)
    assert [post.text for post in harvest.posts] == [words]
    assert not harvest.troubles


@pytest.mark.parametrize(
    ("words", "codec", "header"),
    [
        ("江北大桥今晚要封，大家别走", "utf-8", "text/xml; charset=gb2312"),
        ("江北大桥今晚要封，大家别走", "utf-8", "text/xml; charset=big5"),
        ("江北大橋今晚要封，大家別走", "big5", "text/xml"),
        ("江北大橋今晚要封，大家別走", "big5", "text/xml; charset=gbk"),
        ("江北大桥今晚要封，大家别走", "gb18030", "text/xml; charset=iso-8859-1"),
    ],
)
def test_a_label_that_lies_changes_no_word(words: str, codec: str, header: str) -> None:
    harvest = read(rss(item(1, words)).encode(codec), header)
    assert [post.text for post in harvest.posts] == [words] and not harvest.troubles


def test_a_feed_of_which_nobody_can_tell_the_encoding_is_refused_in_words() -> None:
    harvest = read(rss(item(1, "정부는 코로나 확산을 막기 위해 학교를 닫는다")).encode("euc_kr"))
    assert not harvest.posts and harvest.troubles[0].fatal
    assert "编码" in harvest.troubles[0].what


def test_bytes_that_name_a_file_do_not_open_it() -> None:
    for name in (b"/etc/passwd", b"/dev/zero", b"file:///etc/passwd", b"http://127.0.0.1/"):
        harvest = read(name)
        assert not harvest.posts
        assert harvest.troubles[0].fatal


def test_an_external_entity_opens_no_file(tmp_path: object) -> None:
    secret = f"{tmp_path}/secret.txt"
    with open(secret, "w") as out:
        out.write("SECRET")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>'
    for body in (doctype + rss(item(1, "a&x;b")), doctype.replace("]", "]]") + rss(item(1, "&x;"))):
        assert "SECRET" not in repr(read(body))


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS = {
    "billion laughs": f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>' + rss(item(1, "&l9;")),
    "quadratic": f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>' + rss(item(1, "&a;" * 50_000)),
    "deep": rss(item(1, "<a>" * 200_000 + "</a>" * 200_000)),
    "deep, unclosed": rss(item(1, "<a>" * 200_000)),
    "deep, outside": rss("<a>" * 200_000),
    "deep JSON": '{"items":' * 200_000,
    "deep JSON list": "[" * 1_000_000,
    "divs": rss(item(1, f"<![CDATA[{'<div>' * 100_000}]]>")),
    "quotes": '<rss version="2.0">' + "<item><a b=\"'" * 20_000,
    "comments": rss(item(1, f"<![CDATA[{'<!--' * 100_000}]]>")),
    "attributes": rss("<item " + " ".join(f"a{n}='x'" for n in range(50_000)) + "/>"),
    "doctypes": "<!DOCTYPE [" * 50_000 + rss(item(1)),
    "openings": "<rss>" + "<item " * 300_000,
    "declarations": "<?xml " * 200_000 + rss(item(1)),
    "references": rss(item(1, "&#" * 500_000)),
    "long number": '{"version":"https://jsonfeed.org/version/1","items":[{"id":' + "9" * 500_000 + "}]}",
}  # fmt: skip


@pytest.mark.slow
# the bound may strike while a callback of the garbage collector runs, which says so and goes on; it
# strikes again a second later
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little_and_is_said(name: str) -> None:
    """No more than the time the reader allows itself, and an honest feed of the same length."""
    honest = rss(*(item(n) for n in range(500)))
    length = len(BOMBS[name]) / len(honest)
    allowed = xmlfeed.BROKEN_SECONDS + xmlfeed.ENTRY_SECONDS
    harvests: list[Harvest] = []
    least = min(costs.of(lambda: read(honest)) for _ in range(2))
    assert costs.of(lambda: harvests.append(read(BOMBS[name]))) < allowed + 2 * length * least
    (harvest,) = harvests
    assert harvest.troubles or harvest.posts
    assert sum(len(post.text) for post in harvest.posts) < 2_000_000


@pytest.mark.slow
def test_an_entry_that_keeps_the_parser_busy_costs_itself() -> None:
    harvest = read(rss(item(1), item(2, "<a>" * 150_000), item(3)))
    assert {"g1", "g3"} <= {post.native_id for post in harvest.posts}
    assert harvest.troubles


@pytest.mark.slow
def test_what_was_read_before_the_time_ran_out_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = rss(*(item(n) for n in range(1000)))
    whole = min(costs.of(lambda: read(feed)) for _ in range(2))
    monkeypatch.setattr(xmlfeed, "SECONDS", whole / 3)
    harvest = read(feed)
    assert 0 < len(harvest.posts) < 1000
    assert not harvest.whole, "the rest must be read next time"
    assert "没有读完" in harvest.troubles[0].what


def test_the_bound_stops_code_that_swallows_every_exception_and_an_inner_bound_keeps_the_outer() -> (
    None
):
    def stubborn() -> None:
        while True:
            try:
                while True:
                    pass
            except Exception:
                continue

    def outer() -> str:
        with pytest.raises(TooSlow):
            within(0.05, stubborn)
        stubborn()
        return "never"

    with pytest.raises(TooSlow):
        within(0.3, outer)


def test_nothing_stops_later_than_the_work_it_was_for() -> None:
    assert within(0.05, lambda: "done") == "done"
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300))
def test_no_bytes_raise(body: bytes) -> None:
    harvest = read(body)
    assert harvest.posts or harvest.troubles


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_feed_with_bytes_knocked_out_never_raises_and_keeps_the_untouched_entries(
    data: st.DataObject,
) -> None:
    good = [item(n, f"第{n}条") for n in range(4)]
    body = bytearray(rss(*good).encode())
    # only inside the second entry
    start = body.index(b'<item><guid isPermaLink="false">g1')
    end = body.index(b'<item><guid isPermaLink="false">g2')
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(start + 5, end - 8))
        # no new tag, and not the id of a neighbour: those are two posts under one id
        body[at] = data.draw(st.integers(1, 255).filter(lambda byte: byte not in b"<023"))
    kept = {post.native_id for post in read(bytes(body)).posts}
    assert {"g0", "g2", "g3"} <= kept


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "url",
                    "title",
                    "content_text",
                    "content_html",
                    "authors",
                    "author",
                    "name",
                    "_replies",
                    "_likes",
                    "text",
                    "at",
                    "items",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=10,
)


@settings(max_examples=80, deadline=None)
@given(st.lists(json_values, max_size=4))
def test_a_json_feed_of_anything_is_read(items: list[object]) -> None:
    good = {"id": "good", "url": "https://feed.example/good", "content_text": "好的"}
    document = {"version": "https://jsonfeed.org/version/1.1", "items": [*items, good]}
    harvest = read(json.dumps(document))
    assert "good" in {post.native_id.partition("#")[0] for post in harvest.posts}


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="<>/&;!-abpdiv \n'\"=#x0中", max_size=200))
def test_markup_of_any_shape_gives_text(markup: str) -> None:
    assert isinstance(to_text(markup), str)


def test_scripts_styles_and_comments_are_not_words() -> None:
    markup = "<p>前<script>alert(1)</script><style>p{}</style><!-- 藏 -->后</p><svg><text>图</text></svg>"
    assert to_text(markup) == "前后"


def test_an_unclosed_script_does_not_swallow_the_closing_of_its_box() -> None:
    assert to_text("<object><script>x()</script></object>后面的话") == "后面的话"


# ---- words that no reader sees, beside words that all see ----------------------------------------

UNSEEN = (
    "clip-path:inset(100%)", "clip-path: inset(50%)", "-webkit-clip-path:circle(0 at 50% 50%)", "clip-path:polygon(0 0, 0 0, 0 0)",
    "transform:scale(0)", "transform: scaleX(0)", "transform:scale(0, 1)", "transform:translateX(-9999px)", "scale:0", "zoom:0",
    "margin-left:-9999px", "margin:0 0 0 -9999px", "text-indent:-9999px", "position:absolute;right:-9999px",
    "font-size:0", "font-size:1px", "height:1px;width:1px;overflow:hidden", "content-visibility:hidden", "display:none",
    "opacity:0", "color:#fff", "color:transparent", "visibility:hidden",
)  # fmt: skip
SEEN_ALL_THE_SAME = (
    "clip-path:inset(0)", "clip-path:circle(50%)", "transform:scale(0.9)", "transform:translateY(-10px)", "margin-left:-10px",
    "margin:-15px -15px 0", "font-size:0.9em", "font-size:10px", "height:100px;overflow:hidden", "zoom:1", "scale:1.1", "right:-10px",
)  # fmt: skip
LONG = "这里是一大段没有人看得见的话，比描述要长得多，是防人转载用的"


def beside(markup: str, description: str) -> str:
    """The text of an entry with these two places for its words, whichever of them stands first."""
    root = NS + ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    encoded = f"<content:encoded><![CDATA[{markup}]]></content:encoded>"
    body = (
        f"<guid>g</guid><link>https://feed.example/1</link><description>{description}</description>"
    )
    (one,) = read(rss(f"<item>{body}{encoded}</item>", root=root)).posts
    (other,) = read(rss(f"<item>{encoded}{body}</item>", root=root)).posts
    assert one.text == other.text
    return one.text


@pytest.mark.parametrize("style", UNSEEN)
def test_what_is_hidden_is_left_out_and_never_outweighs_a_description(style: str) -> None:
    hidden = f'<div style="{style}">{LONG}</div>'
    seen = "三天，请各家储水，水车每天早晚两次到小区门口，请自带水桶，恢复时间另行通知"
    assert LONG not in to_text(f"<p>明天停水</p>{hidden}<p>{seen}</p>")
    assert beside(hidden, "明天停水三天") == "明天停水三天"
    assert beside(hidden, "") == LONG  # nothing is lost in silence


@pytest.mark.parametrize("style", SEEN_ALL_THE_SAME)
def test_what_is_only_moved_or_set_small_is_read(style: str) -> None:
    assert LONG in to_text(f'<p>停水</p><div style="{style}">{LONG}</div>')
    assert beside(f'<div style="{style}">{LONG}</div>', "停水") == LONG


def test_an_article_under_a_veil_goes_on_with_its_summary() -> None:
    summary = "明天停水三天，请各家储水"
    article = f'<div style="opacity:0">{summary}。水车每天早晚两次到小区门口。</div>'
    assert "水车" in beside(article, f"{summary}……")


@pytest.mark.slow
@pytest.mark.parametrize(
    "style", ["clip-path:inset(", "transform:scale(0", "margin:-9999 ", "clip-path:polygon(0 0,", "font-size:0.0"]
)  # fmt: skip
def test_a_hostile_style_costs_no_more_than_its_length(style: str) -> None:
    assert costs.linear(lambda n: to_text(f'<p style="{style * n}">停水</p>' * 3), 8_000)
