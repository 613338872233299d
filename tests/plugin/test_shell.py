"""The built bundle in our own host, with a real worker behind it."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trimatte.core.sessions import FrameResult, MattingSession, SessionOptions
from trimatte.core.weights import load_default_models
from trimatte.plugin.keyframes import fit_trimap
from trimatte.plugin.look import Look, Output, View
from trimatte.plugin.pixels import to_network
from trimatte.plugin.views import compose

pytestmark = pytest.mark.usefixtures("shell_environment")

IDENTIFIER = "org.trimatte.Trimatte"
KINDS = {"byte": np.uint8, "short": np.uint16, "half": np.float16, "float": np.float32}
SCALES = {"byte": 255, "short": 65535}


@pytest.fixture(scope="module")
def solve(shell_environment: Any) -> Callable[..., FrameResult]:
    """Solve a frame with the session itself, from plates as the host holds them."""
    known: dict[object, MattingSession] = {}

    def solve_frame(key: object, plates: Callable[[int], np.ndarray], keyframes: Any, frame: int) -> FrameResult:
        class Clip:
            first, last, identity = 0, 7, ""
            height, width = plates(0).shape[:2]

            def read(self, number: int) -> np.ndarray:
                return to_network(plates(number))

        if key not in known:
            options = SessionOptions(working_size=0, device="cpu")
            known[key] = MattingSession(Clip(), keyframes, options, models=load_default_models("cpu"))
        return known[key].solve(frame)

    return solve_frame


@pytest.mark.parametrize("rows", ["positive", "padded", "negative"])
@pytest.mark.parametrize("depth", list(KINDS))
def test_every_depth_and_row_order_gives_the_pixels_of_the_session(
    make_effect: Any, solve: Any, make_plate: Any, make_trimap: Any, depth: str, rows: str
) -> None:
    top = SCALES.get(depth)

    def plates(frame: float) -> np.ndarray:
        values = make_plate(round(frame))
        return np.rint(values * top).astype(KINDS[depth]) if top else values.astype(KINDS[depth])

    effect = make_effect(plates, depth=depth, row_bytes=rows)
    effect.params["output"] = "Matte in alpha"
    for frame in (2, 6):
        picture = effect.render(frame)
        expected = solve(depth, plates, {0: make_trimap(0), 6: make_trimap(6)}, frame)
        assert picture.dtype == KINDS[depth]
        np.testing.assert_array_equal(picture[..., :3], plates(frame)[..., :3])
        alpha = np.rint(expected.alpha * top) if top else expected.alpha.astype(KINDS[depth])
        np.testing.assert_array_equal(picture[..., 3], alpha)
    assert effect.leaked_images == 0


@pytest.mark.parametrize(("components", "channels"), [("rgb", 3), ("alpha", 1), ("rgba", 4)])
@pytest.mark.parametrize("context", ["filter", "general"])
def test_all_components_in_both_contexts(
    make_effect: Any, make_plate: Any, components: str, channels: int, context: str
) -> None:
    def plates(frame: float) -> np.ndarray:
        return make_plate(round(frame))[..., :channels]

    effect = make_effect(plates, components=(components,), context=context)
    effect.params["view"] = "Matte"
    matte = effect.render(0)
    assert matte.shape == (48, 80, channels)
    assert (matte.min(), matte.max()) == (0, 1)
    assert all((matte[..., channel] == matte[..., 0]).all() for channel in range(min(channels, 3)))


@pytest.mark.parametrize("view", list(View))
def test_every_view_is_its_formula(make_effect: Any, solve: Any, make_plate: Any, make_trimap: Any, view: View) -> None:
    effect = make_effect()
    expected = solve("float", make_plate, {0: make_trimap(0), 6: make_trimap(6)}, 2)
    effect.params["view"] = view.value
    for output in Output:
        effect.params["output"] = output.value
        picture = effect.render(2)
        np.testing.assert_array_equal(picture, compose(Look(view=view, output=output), make_plate(2), expected))


def test_any_bounds_of_source_and_output(make_effect: Any) -> None:
    straight = make_effect().render(1)
    effect = make_effect(offset=(-7, 3), row_bytes="negative")
    np.testing.assert_array_equal(effect.render(1), straight)
    np.testing.assert_array_equal(effect.render(1, margin=5), straight)
    window = (-7 + 10, 3 + 5, -7 + 31, 3 + 17)
    np.testing.assert_array_equal(effect.render(1, window), straight[48 - 17 : 48 - 5, 10:31])


@pytest.mark.parametrize("size", [(1, 9), (9, 1), (33, 17)])
def test_tiny_and_odd_pictures(make_effect: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    from PIL import Image

    trimap = np.full(size[::-1], 128, np.uint8)
    trimap[0, 0] = 255
    folder = tmp_path / "tiny"
    folder.mkdir()
    Image.fromarray(trimap).save(folder / "tiny.0.png")
    effect = make_effect(lambda frame: np.full((size[1], size[0], 4), 0.5, np.float32))
    effect.params["keyframes"] = str(folder)
    picture = effect.render(1)
    assert picture.shape == (size[1], size[0], 4)
    assert np.isfinite(picture).all()


def test_a_proxy_sees_the_keyframes_at_its_own_size(make_effect: Any, make_trimap: Any) -> None:
    effect = make_effect()
    effect.params["view"] = "Trimap"
    picture = effect.render(6, scale=(0.5, 0.5))
    small = fit_trimap(make_trimap(6), (40, 24), (0.5, 0.5), Path("x.6.png"))
    np.testing.assert_array_equal(picture[..., 0], np.select([small == 0, small == 255], [0, 1], 0.5))


@pytest.mark.parametrize("identity", [True, False])
def test_without_keyframes_the_source_is_shown_and_the_user_told(make_effect: Any, disc: Any, identity: bool) -> None:
    effect = make_effect()
    effect.params["keyframes"] = ""
    np.testing.assert_array_equal(effect.render(3, identity=identity), disc(3))
    assert effect.persistent_message.type == "Warning"
    assert "set Keyframes" in effect.persistent_message.text


def test_random_order_from_four_threads_equals_sequential_order(make_effect: Any) -> None:
    one, two = make_effect(), make_effect()
    sequential = [one.render(frame) for frame in range(8)]
    order = [frame for frame in range(8) for _ in range(2)]
    random.Random(7).shuffle(order)
    with ThreadPoolExecutor(4) as pool:
        for frame, picture in zip(order, pool.map(two.render, order), strict=True):
            np.testing.assert_array_equal(picture, sequential[frame])


def test_caches_can_be_purged_between_renders(make_effect: Any) -> None:
    effect = make_effect()
    first = effect.render(2)
    effect.purge_caches()
    effect.sync_private_data()
    np.testing.assert_array_equal(effect.render(2), first)


def test_a_new_instance_for_every_frame_as_in_mlt(make_effect: Any) -> None:
    whole = make_effect()
    for frame in (0, 6):  # MLT gives no other frame: only keyframes can be solved from themselves
        effect = make_effect(
            name="MLT", contexts=("filter",), temporal_access=False, current_frame_only=True, row_bytes="negative"
        )
        effect.params["refine"] = True
        np.testing.assert_array_equal(effect.render(frame)[..., 3], whole.render(frame)[..., 3])
        effect.close()
