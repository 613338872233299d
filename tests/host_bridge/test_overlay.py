"""Overlays without a window: pen, keys, and drawings of the draw suite."""

from collections.abc import Callable

import pytest

from trimatte.host_bridge import Drawing, Effect, HostError

Create = Callable[..., Effect]
DELETE = 0xFFFF


def test_the_pen_moves_a_cross(create: Create) -> None:
    effect = create("overlay", overlays=True)
    with effect.overlay() as overlay:
        assert overlay.draws_without_gl
        assert overlay.pen("motion", (3.0, 4.0)) is False
        assert overlay.pen("down", (3.0, 4.0)) is True
        assert overlay.redraws == 1
        assert effect.params["place"].value() == (3.0, 4.0)
        cross, word = overlay.draw(pixel=(2.0, 2.0))
    assert cross.shape == "lines"
    assert cross.points == ((-7.0, 4.0), (13.0, 4.0), (3.0, -6.0), (3.0, 14.0))
    assert (cross.line_width, cross.pattern) == (2.0, "dash")
    assert word == Drawing("text", ((3.0, 4.0),), cross.colour, 2.0, "dash", "here", 1)


def test_a_key_is_used_or_passed_on(create: Create) -> None:
    overlay = create("overlay", overlays=True).overlay()
    assert overlay.key("down", DELETE)
    assert not overlay.key("down", ord("a"), "a")
    assert not overlay.focus(True)


def test_every_overlay_is_destroyed_once_and_before_its_effect(create: Create) -> None:
    effect = create("overlay", overlays=True)
    with effect.overlay():
        assert (effect.params["created"].value(), effect.params["destroyed"].value()) == (1, 0)
    assert (effect.params["created"].value(), effect.params["destroyed"].value()) == (1, 1)
    left = effect.overlay()
    effect.close()
    with pytest.raises(HostError, match="closed"):
        left.draw()


def test_an_overlay_that_needs_opengl_takes_events_but_is_not_drawn(create: Create) -> None:
    overlay = create("overlay.gl", overlays=True).overlay()
    assert overlay.pen("down", (1.0, 1.0))
    with pytest.raises(HostError, match="OpenGL, which needs a window"):
        overlay.draw()


def test_a_host_without_overlays_creates_none(create: Create) -> None:
    effect = create("overlay")
    with pytest.raises(HostError, match="overlays=True"):
        effect.overlay()
    assert effect.params["created"].value() == 0
    with pytest.raises(HostError, match="the effect has no overlay"):
        create("ramp", "general", overlays=True).overlay()
