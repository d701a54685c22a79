"""A post is read once, whatever is asked of it."""

from collections import Counter

from hypothesis import given, settings

from classifier.likeness import filing
from classifier.ranking import model
from classifier.ranking.judge import judge
from classifier.text import document, marks
from classifier.text.document import Document
from classifier.text.spelling import normalise
from models.intake.records import Post
from tests.classifier.texts import ANYTHING, BODIES


def test_a_judgement_normalises_and_cuts_up_a_text_once(monkeypatch):
    asked = Counter()

    def told(work):
        def counted(text):
            asked[work.__name__, text] += 1
            return work(text)

        return counted

    for name in ("normalise", "cut"):
        monkeypatch.setattr(document, name, told(getattr(document, name)))
    bodies = list(dict.fromkeys(BODIES))
    judge(model.load(), [Post("test", str(i), body) for i, body in enumerate(bodies)])
    assert {text for name, text in asked if name == "normalise"} == set(bodies)
    assert set(asked.values()) == {1}


@given(ANYTHING)
@settings(max_examples=150, deadline=None)
def test_what_is_read_off_a_text_is_what_each_part_says_by_itself(text):
    read = Document(text)
    assert read.plain == normalise(text)
    assert read.typed == marks.typed(read.plain)
    assert "".join(read.words) == read.typed
    assert read.in_typed.text == read.typed and read.in_plain.text == read.plain
    assert filing.filed(read) == filing.fingerprint(text)
