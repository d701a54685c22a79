"""The line: it follows what a desk can read, and nobody moves it for the others."""

from hypothesis import given
from hypothesis import strategies as st

from models.ranking.line import HIGHEST, STEP, Arrival, Line, drawn, estimate, toward

RISKS = st.floats(0, 1)
ARRIVALS = st.lists(
    st.builds(Arrival, st.sampled_from("abcd"), RISKS, st.booleans(), st.booleans()), max_size=120
)
CASES = st.integers(1, 60)
LOWEST = st.floats(0, 1)


def over(line: Line, arrivals: list[Arrival]) -> list[Arrival]:
    return [each for each in arrivals if each.risk >= line.of(each.source, each.hazard)]


def some(source: str, count: int, best: float, worst: float, hazard: bool = False) -> list[Arrival]:
    step = (best - worst) / max(count - 1, 1)
    return [Arrival(source, best - n * step, hazard) for n in range(count)]


@given(ARRIVALS, CASES, CASES, LOWEST)
def test_who_reads_more_has_no_higher_line(
    arrivals: list[Arrival], one: int, other: int, lowest: float
) -> None:
    few, many = (drawn(arrivals, cases, lowest) for cases in sorted((one, other)))
    assert many.common <= few.common and many.hazard <= few.hazard
    for source in "abcde":
        for hazard in (False, True):
            assert many.of(source, hazard) <= few.of(source, hazard)


@given(ARRIVALS, CASES, LOWEST)
def test_the_line_is_a_number_between_its_bounds(
    arrivals: list[Arrival], cases: int, lowest: float
) -> None:
    line = drawn(arrivals, cases, lowest)
    assert lowest <= line.common <= max(HIGHEST, lowest)
    assert 0.3 * lowest <= line.hazard <= line.common
    for source in "abcde":
        assert line.least <= line.of(source, True) <= line.of(source, False) <= 1.0 + 1e-9


@given(ARRIVALS, CASES, LOWEST)
def test_no_source_opens_more_than_a_night_holds(
    arrivals: list[Arrival], cases: int, lowest: float
) -> None:
    line = drawn(arrivals, cases, lowest)
    for source in "abcd":
        assert sum(each.source == source for each in over(line, arrivals)) <= max(cases, 2)


@given(ARRIVALS, CASES, LOWEST)
def test_the_best_claim_of_a_source_is_over_its_line(
    arrivals: list[Arrival], cases: int, lowest: float
) -> None:
    """Unless many are exactly as good as it: of a template told 20,000 times none is the best."""
    line = drawn(arrivals, cases, lowest)
    for source in "abcd":
        mine = sorted((a.risk for a in arrivals if a.source == source), reverse=True)
        if mine and mine[0] >= lowest and mine.count(mine[0]) == 1:
            assert mine[0] >= line.of(source, False)


@given(ARRIVALS, CASES, LOWEST, ARRIVALS, st.floats(0, 100))
def test_the_line_moves_by_so_much_an_hour(
    before: list[Arrival], cases: int, lowest: float, now: list[Arrival], hours: float
) -> None:
    held = drawn(before, cases, lowest)
    moved = drawn(now, cases, lowest, held, hours)
    free = drawn(now, cases, lowest)
    between = sorted((held.common, free.common))
    assert between[0] - 2e-9 <= moved.common <= between[1] + 2e-9
    assert abs(moved.common - held.common) <= STEP * hours / 4 + 2e-9  # the steepest of a sigmoid


@given(RISKS, RISKS, st.floats(0, 1000))
def test_a_move_ends_where_it_is_wanted_and_never_beyond(
    held: float, wanted: float, hours: float
) -> None:
    moved = toward(held, wanted, hours)
    assert min(held, wanted) - 1e-8 <= moved <= max(held, wanted) + 1e-8
    assert toward(held, wanted, 1e6) == wanted
    assert abs(toward(held, wanted, 0.0) - held) < 1e-8


def test_on_a_quiet_night_everything_from_the_lowest_line_up_is_read() -> None:
    arrivals = [*some("a", 60, 0.99, 0.4), *some("b", 20, 0.9, 0.5)]
    line = drawn(arrivals, 200, 0.5)
    assert (line.common, line.own, line.flooded) == (0.5, {}, ())


def test_the_line_stands_where_about_so_many_are_over_it() -> None:
    arrivals = [each for source in "abc" for each in some(source, 400, 0.98, 0.3)]
    line = drawn(arrivals, 200, 0.5)
    assert 0.8 < line.common < 0.99 and line.flooded == ()
    assert 140 <= len(over(line, arrivals)) <= 200


def test_a_flood_from_one_source_hides_nothing_of_the_others() -> None:
    town = some("town", 60, 0.97, 0.5)
    quiet = drawn(town, 200, 0.5)
    flooded = drawn([*town, *some("forum", 20_000, 0.99999, 0.98)], 200, 0.5)
    assert over(flooded, town) == over(quiet, town) == town
    assert flooded.flooded == ("forum",)
    assert len(over(flooded, some("forum", 20_000, 0.99999, 0.98))) <= 150


def test_what_several_sources_tell_takes_one_place_and_is_among_the_best_of_each() -> None:
    told = some("town", 30, 0.9, 0.6)
    again = [Arrival(f"other{n}", each.risk, False, True) for n in range(9) for each in told]
    line = drawn([*told, *again], 40, 0.5)
    assert over(line, told) == told and line.common == 0.5
    flood = some("forum", 2000, 0.999, 0.95)
    copied = [Arrival("copy", each.risk - 0.01, False, True) for each in flood]
    line = drawn([*flood, *copied], 40, 0.5)
    assert len(over(line, copied)) <= 40  # who only repeats a flood has a line as well
    line = drawn([*flood, Arrival("town", 0.7, False, True)], 40, 0.5)
    assert line.of("town", False) <= 0.7


def test_a_flood_of_one_template_opens_nothing_rather_than_everything() -> None:
    flood = [Arrival("forum", 0.97, False)] * 20_000
    line = drawn([*flood, *some("town", 10, 0.9, 0.6)], 200, 0.5)
    assert [each.source for each in over(line, flood)] == []
    assert len(over(line, some("town", 10, 0.9, 0.6))) == 10


def test_a_flood_from_many_sources_leaves_each_other_its_best() -> None:
    """Ten forums of fourteen are bought: the four others still open their best claims, and the line
    never rises over what is likelier than not worth a check."""
    bought = [each for n in range(10) for each in some(f"bought{n}", 1000, 0.99999, 0.995)]
    honest = [each for n in range(4) for each in some(f"town{n}", 60, 0.9, 0.5)]
    before = drawn(honest, 200, 0.5)
    line = drawn([*bought, *honest], 200, 0.5, before, 24)
    assert line.common <= HIGHEST
    for n in range(4):
        assert [each for each in over(line, honest) if each.source == f"town{n}"]
    within_the_hour = drawn([*bought, *honest], 200, 0.5, before, 1)
    assert before.common < 0.66 and within_the_hour.common < 0.76  # half a log-odd


def test_a_hazard_has_a_line_of_its_own_below() -> None:
    ordinary = some("a", 500, 0.99, 0.9)
    line = drawn([*ordinary, *some("a", 20, 0.6, 0.2, hazard=True)], 200, 0.5)
    assert line.of("a", True) == 0.15 < 0.5 <= line.of("a", False)
    flood = drawn([*ordinary, *some("b", 5000, 0.9, 0.2, hazard=True)], 200, 0.5)
    assert flood.of("b", True) > 0.8  # hazards that flood have a line as well


def test_an_estimate_counts_a_source_by_what_the_others_leave() -> None:
    crowd, few = some("a", 500, 0.99, 0.5), some("b", 10, 0.8, 0.5)
    found = estimate([*crowd, *few], 100, 0.5)
    for source, risks, count in (("a", crowd, 90), ("b", few, 10)):
        assert sum(each.risk >= found.of(source, found.common) for each in risks) == count
