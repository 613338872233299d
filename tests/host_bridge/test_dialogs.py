"""Dialogs of an effect's own: asked for in an action, shown when it has ended, never while it renders."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from trimatte.host_bridge import Effect

Create = Callable[..., Effect]
Clip = npt.NDArray[np.float32]

OK, FAILED = 0, 1


def words(effect: Effect) -> list[str]:
    return [message.text for message in effect.messages]


def test_a_dialog_comes_when_the_action_that_asked_has_ended(create: Create) -> None:
    effect = create("dialog", dialogs=True)
    effect.press("about")
    asked_while_it_shows = [f"asked {FAILED}", f"redraw {FAILED}"]  # by what the dialog sets
    assert words(effect) == [f"asked {OK}", f"redraw {FAILED}", f"shown {OK}", *asked_while_it_shows, "ended 0"]
    assert effect.params["answer"].value() == 42
    effect.press("about")
    assert effect.params["answer"].value() == 84


def test_a_host_without_a_user_says_so(create: Create) -> None:
    effect = create("dialog")
    effect.press("about")
    assert words(effect) == [f"asked {FAILED}", f"redraw {FAILED}", "ended 0"]


@pytest.mark.parametrize("dialogs", [True, False])
def test_no_dialog_comes_from_a_render(create: Create, clip: Clip, dialogs: bool) -> None:
    effect = create("dialog", dialogs=dialogs)
    effect.connect("Source", clip)
    effect.render(0)
    assert words(effect)[-1] == f"asked while it renders {FAILED}"


def test_a_host_may_lack_the_suite(create: Create, clip: Clip) -> None:
    effect = create("dialog", dialogs=True, hidden_suites=("OfxDialogSuite",))
    effect.connect("Source", clip)
    effect.render(0)
    assert words(effect)[-1] == "asked while it renders 3"
