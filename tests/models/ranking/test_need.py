"""Need: the word follows the number, and the number the order of the risks."""

from hypothesis import given
from hypothesis import strategies as st

from models.ranking import need

RISKS = st.floats(0, 1)
RATES = st.floats(0.0001, 0.5)


@given(RISKS, RATES)
def test_no_number_is_certain_and_the_word_is_that_of_the_number(risk: float, rate: float) -> None:
    figure = need.figure(risk, rate)
    assert 0.01 <= float(figure) <= 99 and len(figure) <= 4
    assert 0.0001 <= need.share(risk, rate) <= 0.99
    above = [word for least, word in need.WORDS if float(figure) >= least]
    assert need.word(risk, rate) == above[0]


@given(RISKS, RISKS, RATES)
def test_a_higher_risk_is_never_told_as_less(one: float, other: float, rate: float) -> None:
    low, high = sorted((one, other))
    words = [word for _, word in need.WORDS]
    assert float(need.figure(low, rate)) <= float(need.figure(high, rate))
    assert words.index(need.word(low, rate)) >= words.index(need.word(high, rate))


@given(RISKS, RATES, RATES)
def test_on_a_quieter_stream_the_same_post_is_told_as_less(
    risk: float, one: float, other: float
) -> None:
    quiet, busy = sorted((one, other))
    assert need.share(risk, quiet) <= need.share(risk, busy)


def test_what_was_all_alike_on_an_even_mix_is_told_apart() -> None:
    told = [need.figure(risk) for risk in (0.95, 0.97, 0.98, 0.985, 0.99, 0.995, 0.998)]
    assert len(set(told)) == len(told)
    assert {need.word(risk) for risk in (0.95, 0.8, 0.995, 0.5, 0.3)} == {
        word for _, word in need.WORDS
    }
