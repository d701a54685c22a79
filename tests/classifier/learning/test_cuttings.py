"""Pieces of a post that teach beside the whole."""

from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.learning import cuttings


@given(st.lists(st.text(max_size=200), min_size=120, max_size=120))
@settings(max_examples=3, deadline=None)
def test_cuttings_are_pieces_of_their_text_and_always_the_same(texts):
    long = [text * 2 for text in texts]
    pieces, origin = cuttings.cut(long)
    assert all(piece in long[i] for piece, i in zip(pieces, origin, strict=True))
    assert all(cuttings.SHORTEST <= len(piece) <= cuttings.LONGEST for piece in pieces)
    assert (pieces, origin) == cuttings.cut(long)
