import threading
from collections.abc import Callable

import pytest

from trimatte.core.errors import CancelledError
from trimatte.plugin.turn import Turn


def never() -> bool:
    return False


def test_only_one_has_the_turn_and_a_wait_gives_it_up() -> None:
    turn = Turn()
    order: list[str] = []
    paused, done = threading.Event(), threading.Event()

    def other() -> None:
        assert paused.wait(5)
        with turn.taken(never):
            order.append("other")
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with turn.taken(never):
        order.append("first")
        with turn.paused():
            paused.set()
            assert done.wait(5)  # the other one worked while we waited for the host
        order.append("first again")
    thread.join()
    assert order == ["first", "other", "first again"]


def test_a_wait_can_be_cancelled() -> None:
    turn = Turn()
    with turn.taken(never), pytest.raises(CancelledError):
        _in_thread(lambda: turn.taken(lambda: True).__enter__())
    with turn.taken(never):  # and leaves nothing behind
        pass


def test_an_error_during_a_pause_leaves_the_turn_to_others() -> None:
    turn = Turn()
    with pytest.raises(OSError, match="host"), turn.taken(never), turn.paused():
        raise OSError("host")
    _in_thread(lambda: turn.taken(never).__enter__())


def test_a_pause_without_the_turn_is_nothing() -> None:
    with Turn().paused():
        pass


def _in_thread(action: Callable[[], object]) -> None:
    """Run ``action`` on a thread of its own and raise what it raises."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            action()
        except CancelledError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()
    if raised:
        raise raised[0]
