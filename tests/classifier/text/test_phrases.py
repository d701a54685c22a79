"""One pass over a text finds what a search for each pattern finds."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.entities import (
    counts,
    places,
    plates,
    times,
)
from classifier.likeness import wording  # noqa: F401  (looks for places in every text)
from classifier.ranking import judge  # noqa: F401  (all that is asked of a post)
from classifier.text.document import PLAIN, TYPED
from classifier.text.marks import PHONE
from classifier.text.phrases import Phrases, beginnings
from classifier.text.spelling import cut
from models.text import clean
from tests.classifier.texts import ANYTHING, BODIES, HOSTILE

EVERY = Phrases(
    {f"plain {name}": pattern for name, pattern in PLAIN.patterns.items()}
    | {f"typed {name}": pattern for name, pattern in TYPED.patterns.items()}
    | plates.PHRASES.patterns
    | times.PHRASES.patterns
    | counts.PHRASES.patterns
    | {"phone": PHONE}
)
# a match of any pattern in use, among other things; look-around may hide it, and then from both
SAID = st.lists(
    st.one_of(
        ANYTHING,
        st.sampled_from(sorted(EVERY.patterns)).flatmap(
            lambda name: st.from_regex(EVERY.patterns[name], fullmatch=True)
        ),
    ),
    max_size=4,
).map("".join)


def same(phrases, text):
    found = phrases.look(text)
    for name, pattern in phrases.patterns.items():
        wanted = [match.span() for match in pattern.finditer(text)]
        assert [match.span() for match in found.all(name)] == wanted, name
        assert found.any(name) == bool(wanted)
        assert found.count(name) == len(wanted)
        assert found.words(name) == {text[start:end] for start, end in wanted}


@given(SAID)
@settings(max_examples=400, deadline=None)
def test_what_is_found_is_what_re_finds(text):
    same(EVERY, text)


@pytest.mark.slow
@pytest.mark.parametrize("text", [*BODIES[:60], *(text[:3000] for text in HOSTILE)])
def test_in_posts_and_in_hostile_texts_too(text):
    same(EVERY, text)


PATTERNS = {
    f"{i}": re.compile(pattern)
    for i, pattern in enumerate(
        [
            "a|ab|abc", "(?:ab?){2,3}c", "x[^x]{1,4}x", r"\d+(?:[.,]\d+)*", "(?<!自)我(?!国|们国家)",
            "[ab]+b", "(?:a|b(?=c)|c)+d", "据.{0,3}(?:报|说)", "a(?!b(?!c))", "(?:报|说)?的", "a+?b", "^a|b$",
        ]
    )
}  # fmt: skip


@given(st.text(st.sampled_from("abcdx我自国们家据报说的1.,\n ２"), max_size=40))
@settings(max_examples=300, deadline=None)
def test_patterns_of_every_kind_are_found_as_re_finds_them(text):
    same(Phrases(PATTERNS), text)


@pytest.mark.parametrize("pattern", ["a*", r"\w+", "[^a]b", ".a", "(?:ab)?", "(?i:a)|b*", "x?"])
def test_a_pattern_that_may_begin_with_anything_is_refused(pattern):
    with pytest.raises(ValueError, match="anything"):
        beginnings(re.compile(pattern))


def test_a_pattern_that_does_not_tell_case_apart_is_refused():
    with pytest.raises(ValueError, match="case"):
        beginnings(re.compile("ab", re.IGNORECASE))


def test_a_name_is_given_once():
    phrases = Phrases({"plea": re.compile("扩散")})
    with pytest.raises(ValueError, match="plea"):
        phrases.add({"plea": re.compile("转发")})


def test_words_without_a_pattern_are_told_by_where_they_begin():
    phrases = Phrases()
    phrases.add_words("place", lambda: ["武汉", "汉口"])
    assert sorted(phrases.look("武汉口").starts("place")) == [0, 1]


def test_a_lone_surrogate_hides_nothing():
    assert Phrases({"plea": re.compile("扩散")}).look("\ud800扩散").count("plea") == 1


@given(ANYTHING)
@settings(max_examples=300, deadline=None)
def test_no_word_reaches_beyond_a_clause(text):
    """Places are looked for in the clauses that may name one, each cut up by itself."""
    text = clean(text)
    alone, at = [], 0
    for start, character in enumerate(text):
        if start >= at and (character.isalnum() or character in "_+#&.%-"):
            first, at = places.clause(text, start)
            assert first == start and places.clause(text, at - 1) == (first, at)
            alone += cut(text[first:at])
        elif start >= at:
            alone.append(character)
    assert [word for word in cut(text) if word.strip()] == [word for word in alone if word.strip()]
