"""What hosts do to the effect beside asking for frames: wild pixels, others that come and go, memory that runs out."""

import itertools
import resource
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from trimatte.host_bridge import Effect, PluginRefusedError, RenderAbortedError
from trimatte.plugin.look import Output, View

from .conftest import end_workers

pytestmark = pytest.mark.usefixtures("shell_environment")

KINDS = {"half": np.float16, "float": np.float32}
WILD = [np.nan, np.inf, -np.inf, -0.5, 7.5, -1e4, 6e4, 0.25]
COMPONENTS = {"rgba": 4, "rgb": 3, "alpha": 1}


def wild_plate(plate: np.ndarray) -> np.ndarray:
    """Put what no picture should have into every channel of some rows."""
    changed = plate.copy()
    for row in range(0, plate.shape[0], 6):
        changed[row, :: 1 + row % 3] = np.resize(np.array(WILD, plate.dtype), changed[row, :: 1 + row % 3].shape)
    return changed


def tame(plate: np.ndarray) -> np.ndarray:
    """Return what networks see of ``plate``."""
    return np.clip(np.nan_to_num(plate, nan=0, posinf=1, neginf=0), 0, 1)


@pytest.mark.parametrize("depth", list(KINDS))
@pytest.mark.parametrize("components", list(COMPONENTS))
def test_numbers_that_are_no_colours_change_no_matte_and_stay_in_the_picture(
    make_effect: Any, make_plate: Any, depth: str, components: str
) -> None:
    def plates(frame: float) -> np.ndarray:
        picture: np.ndarray = make_plate(round(frame))[..., : COMPONENTS[components]].astype(KINDS[depth])
        return wild_plate(picture)

    def prepare(frames: Any) -> Effect:
        effect: Effect = make_effect(frames, depth=depth, components=(components,))
        effect.params["refine"] = False
        return effect

    wild, calm = prepare(plates), prepare(lambda frame: tame(plates(frame)))
    for effect in (wild, calm):
        effect.params["view"] = "Matte"
    matte = wild.render(3)
    assert matte.dtype == KINDS[depth]
    np.testing.assert_array_equal(matte, calm.render(3))
    assert 0 <= matte.min() < matte.max() <= 1
    wild.params["view"], wild.params["output"] = "Result", "Matte in alpha"
    if components != "alpha":
        kept = plates(3)[..., :3]
        is_number = np.isfinite(kept)
        np.testing.assert_array_equal(wild.render(3)[..., :3][is_number], kept[is_number])
    for view, output in itertools.product(View, Output):
        wild.params["view"], wild.params["output"] = view.value, output.value
        wild.params["despill"] = 0.5
        assert np.isfinite(wild.render(3)).all(), (view, output)
    assert wild.leaked_images == 0


@pytest.mark.parametrize("depth", ["byte", "short"])
def test_integers_at_both_ends_are_black_and_white(make_effect: Any, make_plate: Any, depth: str) -> None:
    kind = {"byte": np.uint8, "short": np.uint16}[depth]
    top = np.iinfo(kind).max

    def plates(frame: float) -> np.ndarray:
        return np.where(make_plate(round(frame)) > 0.4, kind(top), kind(0))

    effect = make_effect(plates, depth=depth)
    effect.params["refine"] = False
    effect.params["output"] = "Matte in alpha"
    picture = effect.render(3)
    np.testing.assert_array_equal(picture[..., :3], plates(3)[..., :3])
    assert (picture[..., 3].min(), picture[..., 3].max()) == (0, top)


@pytest.mark.parametrize("state", ["opaque", "premultiplied", "straight"])
def test_the_alpha_of_the_source_counts_for_nothing(make_effect: Any, disc: Any, state: str) -> None:
    def without_alpha(frame: float) -> np.ndarray:
        picture: np.ndarray = disc(frame).copy()
        picture[..., 3] = 0
        return picture

    plain, effect = make_effect(), make_effect()
    effect.connect("Source", without_alpha, first=0, last=7, premultiplication=state)
    plain.params["refine"] = effect.params["refine"] = False
    np.testing.assert_array_equal(effect.render(3), plain.render(3))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -3.0, 1e38])
def test_a_plate_of_nothing_else_is_a_picture_too(make_effect: Any, value: float) -> None:
    effect = make_effect(lambda frame: np.full((48, 80, 4), value, np.float32))
    effect.params["refine"] = False
    assert np.isfinite(effect.render(0)).all()
    assert effect.persistent_message is None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -2.0, 9.0])
def test_a_roto_with_numbers_that_are_none_is_read_or_refused(make_effect: Any, make_trimap: Any, value: float) -> None:
    def roto(frame: float) -> np.ndarray:
        shape = (make_trimap(round(frame)) / np.float32(255)).astype(np.float32)
        shape[:4] = value
        return shape[..., None]

    effect = make_effect(context="general")
    effect.params["keyframes"], effect.params["trimapFrames"] = "", "0"
    effect.params["view"], effect.params["refine"] = "Trimap", False
    effect.connect("Trimap", roto, first=0, last=7)
    levels = effect.render(0)[..., 0]
    assert set(np.unique(levels)) == {0, 0.5, 1}
    assert (levels[:4] == (1 if value > 0 else 0)).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 1080), (1080, 1)])
def test_a_picture_may_be_one_pixel_wide(make_effect: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    trimap = np.full(size[::-1], 128, np.uint8)
    trimap.flat[:1] = 255 if trimap.size > 1 else 128
    Image.fromarray(trimap).save(tmp_path / "thin.0.png")
    effect = make_effect(lambda frame: np.full((*size[::-1], 4), 0.5, np.float32), row_bytes="negative")
    effect.params["keyframes"] = str(tmp_path)
    if trimap.size == 1:
        with pytest.raises(PluginRefusedError, match="no foreground"):
            effect.render(1)
        return
    picture = effect.render(1)
    assert picture.shape == (*size[::-1], 4)
    assert np.isfinite(picture).all()


@pytest.fixture
def slow_effect(make_effect: Any, disc: Any) -> tuple[Effect, threading.Event]:
    """An effect whose plates take their time, and what is set when a render has asked for the first of them."""
    fetched = threading.Event()

    def slow(frame: float) -> np.ndarray:
        if threading.current_thread() is not threading.main_thread():
            fetched.set()
            time.sleep(0.1)
        picture: np.ndarray = disc(frame)
        return picture

    effect = make_effect(slow)
    effect.params["refine"] = False
    return effect, fetched


def test_other_instances_come_and_go_while_one_renders(
    make_effect: Any, slow_effect: tuple[Effect, threading.Event], workers: Any
) -> None:
    alone = make_effect()
    alone.params["refine"] = False
    expected = alone.render(3)
    alone.close()
    before = workers()
    effect, fetched = slow_effect
    pictures: list[np.ndarray] = []
    thread = threading.Thread(target=lambda: pictures.append(effect.render(3)))
    thread.start()
    assert fetched.wait(30)
    num_gone = 0
    while thread.is_alive():
        other = make_effect()  # same source and keyframes: it may share what the first one solves
        other.params["refine"] = False
        if num_gone % 2:
            other.purge_caches()
        other.close()
        num_gone += 1
    thread.join()
    assert num_gone > 2
    np.testing.assert_array_equal(pictures[0], expected)
    assert workers() == before


def test_many_sources_with_the_same_keyframes_are_kept_apart(make_effect: Any, make_plate: Any) -> None:
    expected = {}
    for seed in (*range(6), *range(6)):  # more than sessions are kept

        def plates(frame: float, seed: int = seed) -> np.ndarray:
            picture: np.ndarray = make_plate(round(frame) + 100 * seed)
            return picture

        effect = make_effect(plates)
        effect.params["refine"] = False
        picture = effect.render(6)
        effect.close()
        np.testing.assert_array_equal(picture, expected.setdefault(seed, picture))


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.05])
def test_an_abort_at_any_moment_costs_this_frame_alone(make_effect: Any, seconds: float) -> None:
    effect = make_effect()
    effect.params["refine"] = False
    effect.render(0)
    start = time.monotonic()

    def render_all() -> None:
        for frame in itertools.cycle(range(1, 8)):  # one of them is aborted, however fast the machine
            effect.render(frame, abort=lambda: time.monotonic() - start >= seconds)

    with pytest.raises(RenderAbortedError):
        render_all()
    assert time.monotonic() - start < 5
    assert effect.persistent_message is None
    assert effect.render(3)[..., 3].max() > 0


@pytest.mark.parametrize("gpu", ["Cuda", "OpenCL", "Metal"])
def test_a_host_that_offers_a_device_gets_the_same_matte(make_effect: Any, gpu: str) -> None:
    plain = make_effect()
    plain.params["refine"] = False
    effect = make_effect(host_properties={f"OfxImageEffectProp{gpu}RenderSupported": ("true",)})
    effect.params["refine"] = False
    np.testing.assert_array_equal(effect.render(3), plain.render(3))


@pytest.fixture
def starve(make_effect: Any, workers: Any) -> Iterator[Callable[[int], None]]:
    """Limit how much memory the worker may have beyond what it holds now; 0 takes the limit away."""
    end_workers()

    def limit(megabytes: int) -> None:
        (pid,) = workers()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + megabytes * 1024**2 if megabytes else resource.RLIM_INFINITY
        resource.prlimit(pid, resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))

    yield limit
    end_workers()


def test_memory_that_runs_out_is_told_and_the_next_frame_is_right(
    make_effect: Any, starve: Callable[[int], None], workers: Any
) -> None:
    def large(frame: float) -> np.ndarray:
        return np.random.default_rng(round(frame)).random((480, 800, 4), np.float32)

    effect = make_effect()
    effect.params["refine"] = False
    before = effect.render(2)
    big = make_effect(large)
    big.params["refine"] = False
    trimap = np.full((480, 800), 128, np.uint8)
    trimap[:100], trimap[300:] = 255, 0
    folder = Path(big.params["keyframes"].value()).parent / "large"
    folder.mkdir()
    Image.fromarray(trimap).save(folder / "large.0000.png")
    big.params["keyframes"] = str(folder)
    starve(64)
    with pytest.raises(PluginRefusedError, match="cpu has not enough memory for working size") as refused:
        big.render(1)
    assert "\n" not in refused.value.message
    starve(0)
    np.testing.assert_array_equal(effect.render(2), before)
    assert big.render(1)[..., 3].max() == 1
    assert big.persistent_message is None
