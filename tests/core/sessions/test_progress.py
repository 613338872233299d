"""Progress never falls, and cancelling is noticed at each step."""

import pytest

from trimatte.core.errors import CancelledError
from trimatte.core.sessions.progress import Ticker


def test_a_wrong_estimate_neither_falls_nor_reaches_one_early() -> None:
    seen: list[float] = []
    ticker = Ticker(seen.append, None)
    ticker.expect(2)
    for _ in range(4):
        ticker.advance()
    ticker.finish()
    assert seen == [0.5, 0.99, 0.99, 0.99, 1.0]


def test_each_step_looks_whether_it_is_still_wanted() -> None:
    ticker = Ticker(None, lambda: True)
    with pytest.raises(CancelledError, match="ask for it again"):
        ticker.advance()
