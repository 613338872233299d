"""Every change can be taken back, and every change is told."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from trimatte.plugin.painter.document import Brush, History, KeyframeDocument, change_of_move

SIZE = (16, 10)


def grey(level: int) -> np.ndarray:
    return np.full(SIZE[::-1], level, np.uint8)


def state(document: KeyframeDocument) -> dict[int, bytes]:
    return {frame: np.asarray(document.trimap(frame)).tobytes() for frame in document.frames}


def stroke(document: KeyframeDocument, frame: int, level: int | None, x: float, y: float) -> None:
    gesture = document.begin("Paint", frame)
    gesture.line(Brush(level=level, radius=2), (x, y, 1), (x + 3, y, 1))
    document.end(gesture)


def move(document: KeyframeDocument, frame: int, target: int) -> None:
    moved = document.trimap(frame)
    if moved is not None and target != frame:
        document.take(change_of_move(frame, moved, target, document.trimap(target)))


steps = st.lists(
    st.tuples(
        st.sampled_from(["paint", "add", "delete", "move", "erase"]),
        st.integers(0, 3),
        st.integers(0, 3),
        st.floats(-2, 18),
    ),
    max_size=12,
)


def change(document: KeyframeDocument, kind: str, frame: int, other: int, x: float) -> None:
    match kind:
        case "add":
            document.add(frame, grey(255 if other % 2 else 0))
        case "delete":
            document.delete(frame)
        case "move":
            move(document, frame, other)
        case _ if frame in document.frames:
            stroke(document, frame, None if kind == "erase" else 255, x, 4)


@settings(max_examples=30, deadline=None)
@given(steps)
def test_undo_and_redo_go_through_the_same_states(gestures: list[tuple[str, int, int, float]]) -> None:
    document = KeyframeDocument(SIZE, {0: grey(128)})
    states = [state(document)]
    document.listen(lambda _patches: states.append(state(document)))
    for gesture in gestures:
        change(document, *gesture)
    expected = list(states)
    for number in range(len(expected) - 1, 0, -1):
        document.undo()
        assert state(document) == expected[number - 1]
    assert document.history.undo_name is None
    for number in range(1, len(expected)):
        document.redo()
        assert state(document) == expected[number]
    assert document.history.redo_name is None


def test_a_stroke_is_one_entry_and_one_that_changes_nothing_is_none() -> None:
    document = KeyframeDocument(SIZE, {5: grey(0)})
    stroke(document, 5, 255, 4, 4)
    assert document.history.undo_name == "Paint"
    stroke(document, 5, 255, 4, 4)
    document.undo()
    assert document.history.undo_name is None
    assert state(document) == {5: grey(0).tobytes()}


def test_a_cancelled_stroke_leaves_nothing() -> None:
    document = KeyframeDocument(SIZE, {5: grey(0)})
    gesture = document.begin("Paint", 5)
    gesture.line(Brush(level=255), (4, 4, 1), (9, 9, 1))
    document.cancel(gesture)
    assert state(document) == {5: grey(0).tobytes()}
    assert document.history.undo_name is None


def test_the_eraser_brings_back_what_the_keyframe_began_with() -> None:
    document = KeyframeDocument(SIZE, {})
    document.add(3, grey(128))
    stroke(document, 3, 255, 4, 4)
    stroke(document, 3, None, 4, 4)
    assert state(document) == {3: grey(128).tobytes()}


def test_listeners_hear_what_makes_the_same_document_elsewhere() -> None:
    document, twin = (KeyframeDocument(SIZE, {0: grey(128)}) for _ in range(2))
    document.listen(twin.replay)
    stroke(document, 0, 255, 4, 4)
    document.add(7, grey(0))
    move(document, 7, 2)
    document.undo()
    document.redo()
    document.delete(0)
    assert state(twin) == state(document)


def test_the_oldest_changes_go_where_memory_ends() -> None:
    document = KeyframeDocument(SIZE, {0: grey(0)}, History(limit_bytes=2000))
    for number in range(50):
        stroke(document, 0, 255 if number % 2 else 128, number % 13, 4)
    count = 0
    while document.history.undo_name:
        document.undo()
        count += 1
    assert 1 <= count < 50
