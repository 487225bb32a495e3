"""Random small contests for the property tests."""

from hypothesis import strategies as st

from governance.counting import Ballot, Contest


@st.composite
def contests(
    draw: st.DrawFn, seats: int | None = None, withdrawals: bool = False, most_papers: int = 25
) -> Contest:
    count = draw(st.integers(1, 6))
    rankings = st.lists(st.integers(1, count), unique=True).map(tuple)
    ballots = st.builds(Ballot, rankings, st.integers(1, 4))
    numbers = st.sets(st.integers(1, count), max_size=count - 1)
    return Contest(
        title="Board",
        candidates=tuple("ABCDEF"[:count]),
        seats=seats or draw(st.integers(1, 4)),
        ballots=tuple(draw(st.lists(ballots, max_size=most_papers))),
        withdrawn=frozenset(draw(numbers)) if withdrawals else frozenset(),
    )
