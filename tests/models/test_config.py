"""piyao.toml: what is wrong names itself, its line and the mend; nothing is guessed."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from models import config
from models.config import Config, Source
from models.errors import ConfigError

SOURCE = '[[source]]\nname = "forum"\nurl = "https://forum.example.cn/rss.xml"\n'


def load(folder: Path, text: str) -> Config:
    file = folder / "piyao.toml"
    file.write_text(text, encoding="utf-8")
    return config.load(file)


def wrong(folder: Path, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    assert "\n" not in str(caught.value)
    assert caught.value.mend
    return caught.value


def test_an_empty_file_is_a_whole_configuration(tmp_path: Path) -> None:
    found = load(tmp_path, "")
    assert found.desk == config.DeskConfig()
    assert found.queue.risk_line == 0.5 and found.queue.cases_a_night == 200
    assert found.store == tmp_path / "piyao-data" / "piyao.db"
    assert found.public.dir == tmp_path / "piyao-site"
    assert found.sources == ()


def test_a_file_with_everything_is_read_as_it_says(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        'data_dir = "d"\n[desk]\nport = 0\nhosts = ["a.cn"]\nhttps = true\n[queue]\nrisk_line = 1\n'
        '[public]\nbase_url = "https://jz.example"\ndir = "public"\n' + SOURCE + "every = 120\n"
        'label = "论坛"\nallow_private = true\nenabled = false\n',
    )
    assert found.desk == config.DeskConfig(port=0, hosts=("a.cn",), https=True)
    assert found.queue.risk_line == 1.0
    assert isinstance(found.queue.risk_line, float)
    assert found.public.dir == tmp_path / "d" / "public"
    url = "https://forum.example.cn/rss.xml"
    assert found.sources == (Source("forum", "feed", url, 120.0, True, False, "论坛"),)


def test_a_source_that_says_nothing_is_visited_as_often_as_the_queue_says(tmp_path: Path) -> None:
    found = load(tmp_path, "[queue]\ncollect_every = 60\n" + SOURCE)
    assert found.sources[0].every == 60
    assert found.sources[0].label == "forum"
    assert not found.sources[0].allow_private


@pytest.mark.parametrize(
    ("text", "line", "what", "mend"),
    [
        ("[desk]\nhost = '::'\nprot = 1\n", 3, "“prot” is not a key of [desk]", "“port”"),
        ("[dsek]\nport = 1\n", 1, "“dsek” is not a section", "“desk”"),
        ("risk_line = 1\n", 1, "“risk_line” is not a section or key", "known:"),
        ("[desk]\nport = '1'\n", 2, "“port” must be a whole number, not '1'", "a whole number"),
        ("[desk]\nport = true\n", 2, "“port” must be a whole number", "a whole number"),
        ("[desk]\nhttps = 1\n", 2, "“https” must be true or false", "true or false"),
        ("[desk]\nhosts = 'a'\n", 2, "“hosts” must be a list of texts", "["),
        ("[office]\nname = 5\n", 2, "“name” must be a text in quotes", "a text in quotes"),
        ("[desk]\nport = 70000\n", 2, "“port” is 70000", "from 0 to 65535"),
        ("[queue]\n\nrisk_line = 1.5\n", 3, "“risk_line” is 1.5", "from 0 to 1"),
        ("[queue]\nrisk_line = nan\n", 2, "“risk_line” is nan", "from 0 to 1"),
        ("[queue]\nscore_every = 0\n", 2, "“score_every” is 0", "from 0.2"),
        ('[model]\nrenew_at = "3:30"\n', 2, "“renew_at” is no time of day", '"03:30"'),
        ('[model]\nrenew_at = "24:00"\n', 2, "“renew_at” is no time of day", '"03:30"'),
        ("[retention]\nsign_ins_days = 30\n", 2, "“sign_ins_days” is 30", "from 200"),
        ("[public]\nbase_url = 'javascript:1'\n", 2, "“base_url” must begin with", "address"),
        ("[public]\nbase_url = 'https://a:b@c'\n", 2, "“base_url” holds a name or a", "the @"),
        ("[desk]\nport = 8400\n[public]\nport = 8400\n", 4, "“port” is the desk's own", "another"),
        ("[uploads]\nmb_a_day = 0\n", 2, "“mb_a_day” is 0", "from 1"),
        ("desk = 5\n", 1, "“desk” must be a section", "[desk]"),
        ("[source]\nname = 'a'\n", 1, "“source” must be a list", "[[source]]"),
        ("data_dir = 5\n", 1, "“data_dir” must be a text", "folder"),
        ("[[source]]\nname = 'a'\n", 1, "the source 1 has no url", "url ="),
        ("[[source]]\nname = 'a'\nurl = 'file:///etc/passwd'\n", 3, "“url” must begin", "address"),
        ("[[source]]\nname = 'a b'\nurl = 'http://a'\n", 2, "“a b” has odd characters", "letters"),
    ],
)
def test_what_is_wrong_names_itself_its_line_and_the_mend(
    tmp_path: Path, text: str, line: int, what: str, mend: str
) -> None:
    error = wrong(tmp_path, text)
    assert what in error.what
    assert error.where == f"{tmp_path / 'piyao.toml'}, line {line}"
    assert mend in error.mend


def test_the_line_is_the_one_of_the_right_section(tmp_path: Path) -> None:
    text = "[office]\nname = '江州'\n" + SOURCE + "[[source]]\nname = 'b'\nurl = 5\n"
    assert wrong(tmp_path, text).where.endswith("line 8")
    text = "[office]\nname = '江州'\n" + SOURCE + SOURCE.replace("rss", "atom")
    error = wrong(tmp_path, text)
    assert error.what == "“name” “forum” is used by two sources"
    assert error.where.endswith("line 7")


@pytest.mark.parametrize("folder", [".", "./", "..", "a/.."])
def test_the_public_folder_may_not_hold_the_store_and_its_key(tmp_path: Path, folder: str) -> None:
    error = wrong(tmp_path, f"[public]\ndir = '{folder}'\n")
    assert "would publish the data folder" in error.what
    assert error.where.endswith("line 2")


def test_a_file_saved_as_gbk_says_so(tmp_path: Path) -> None:
    file = tmp_path / "piyao.toml"
    file.write_bytes("[office]\nname = '江州市'\n".encode("gbk"))
    with pytest.raises(ConfigError, match=r"line 2: is not UTF-8 .*; save it as UTF-8"):
        config.load(file)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "piyao.toml"
    file.write_bytes("[desk]\nport = 1\n".encode("utf-8-sig"))
    assert config.load(file).desk.port == 1


def test_a_file_that_is_no_toml_names_the_line(tmp_path: Path) -> None:
    error = wrong(tmp_path, "[desk]\nport 8400\n")
    assert "line 2" in error.what


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    assert "line 3" in wrong(tmp_path, "[desk]\nport = 1\nport = 2\n").what


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file; `piyao init` writes one"):
        config.load(tmp_path / "piyao.toml")


def test_a_folder_in_place_of_the_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(tmp_path)


def test_the_template_is_a_whole_configuration_and_is_never_written_over_a_file(
    tmp_path: Path,
) -> None:
    file = tmp_path / "piyao.toml"
    config.write_template(file)
    found = config.load(file)
    assert dataclasses.replace(
        found, path=Path(), data_dir=Path(), public=config.PublicConfig()
    ) == (Config(Path(), Path()))
    file.write_text("# mine")
    with pytest.raises(ConfigError, match="is there already"):
        config.write_template(file)
    assert file.read_text() == "# mine"


def switched_on() -> str:
    """The template with every commented key switched on."""
    template = files("models").joinpath("template.toml").read_text("utf-8")
    return re.sub(r"^# (?=[a-z_]+ = |\[\[)", "", template, flags=re.MULTILINE)


def test_every_key_the_template_shows_is_real_and_shows_its_default(tmp_path: Path) -> None:
    shown = tomllib.loads(switched_on())
    assert shown.pop("data_dir") == "piyao-data"
    (source,) = shown.pop("source")
    for section, values in shown.items():
        kind = config.SECTIONS[section]
        defaults = {
            key: list(value) if isinstance(value, tuple) else "" if value == Path() else value
            for key, value in dataclasses.asdict(kind()).items()
        }
        assert values == defaults, section  # none missing, none invented
    assert shown.keys() == config.SECTIONS.keys()
    assert source.keys() == config.SOURCE_KEYS.keys()
    assert load(tmp_path, switched_on()).sources[0].name == "forum"


def test_every_key_with_numbers_has_a_range() -> None:
    for kind in config.SECTIONS.values():
        for field in dataclasses.fields(kind):
            if field.type in ("int", "float"):
                low, high = config.RANGES[field.name]
                assert low <= field.default <= high


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("https://night:geheim@forum.example.cn/rss.xml", "a name or a password"),
        ("https://geheim@forum.example.cn/rss.xml", "a name or a password"),
        ("https://night:ge@heim@forum.example.cn/rss.xml", "a name or a password"),
        ("https://night:geheim@[::1/rss.xml", "a host or a port that is none"),
        ("https://night:geheim＠forum.example.cn/", "a host or a port that is none"),
        ("https://forum.example.cn:99999/?geheim", "a host or a port that is none"),
        ("https://forum..example.cn/?geheim", "a host or a port that is none"),
        ("https:///rss.xml?geheim", "names no host"),
        ("https://forum.example.cn:0/?geheim", "names no host"),
        ("https://forum.example.cn/a b?geheim", "a space"),
        ("https://forum.example.cn\\\\geheim", "a backslash"),
        ("ftp://night:geheim@forum.example.cn/", "must begin with"),
        (f"https://forum.example.cn/geheim{'a' * 2000}", "is longer than 2,000"),
    ],
)
def test_a_source_that_cannot_be_asked_is_one_sentence_without_its_password(
    tmp_path: Path, url: str, what: str
) -> None:
    error = wrong(tmp_path, f'[[source]]\nname = "a"\nurl = "{url}"\n')
    assert what in error.what and error.where.endswith("line 3")
    assert "geheim" not in str(error)


def test_an_address_as_people_write_it_is_taken(tmp_path: Path) -> None:
    for url in (
        "http://[2001:db8::1]:8080/f",
        "https://论坛.中国/rss.xml",
        "HTTPS://A.CN/@b?c=d@e",
    ):
        assert load(tmp_path, f'[[source]]\nname = "a"\nurl = "{url}"\n').sources[0].url == url


def test_a_site_that_is_inside_the_data_folder_stays_there_until_it_is_moved(
    tmp_path: Path,
) -> None:
    page = tmp_path / "piyao-data" / "site" / "index.html"
    page.parent.mkdir(parents=True)
    page.touch()
    assert load(tmp_path, "").public.dir == page.parent
    page.parent.rename(tmp_path / "piyao-site")
    assert load(tmp_path, "").public.dir == tmp_path / "piyao-site"


def test_the_site_listens_after_the_desk_unless_it_is_told_otherwise(tmp_path: Path) -> None:
    found = load(tmp_path, '[desk]\nhost = "::1"\nport = 9000\n').public
    assert (found.host, found.port) == ("::1", 9001)
    found = load(tmp_path, '[public]\nhost = "0.0.0.0"\nport = 80\n').public
    assert (found.host, found.port) == ("0.0.0.0", 80)


def test_a_folder_that_is_gone_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(ConfigError, match="the current folder is gone"):
        config.load(Path("piyao.toml"))


def test_an_office_that_is_named_is_nowhere_the_sample(tmp_path: Path) -> None:
    path = tmp_path / "piyao.toml"
    path.write_text('[office]\nname = "浔阳网络核查台"\n', encoding="utf-8")
    office = config.load(path).office
    assert (office.name, office.short, office.code, office.place) == (
        "浔阳网络核查台",
        "浔阳网络核查台",
        "",
        "",
    )
    path.write_text('[office]\nname = "浔阳网络核查台"\nplace = "浔阳"\n', encoding="utf-8")
    assert config.load(path).office.place == "浔阳"
    path.write_text('[office]\nmark = "浔"\n', encoding="utf-8")
    assert config.load(path).office.short == "江州核查中心"
