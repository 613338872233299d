"""What the shell and a host say to each other around the pixels: description, regions, preferences, progress."""

import itertools
import time
from typing import Any

import numpy as np
import pytest

from trimatte.host_bridge import Host, HostError
from trimatte.plugin import bundle_path
from trimatte.plugin.look import DespillRule, Output, Screen, View
from trimatte.plugin.params import DEVICES, KERNELS, MODELS, WORKING_SIZES

pytestmark = pytest.mark.usefixtures("shell_environment")

IDENTIFIER = "org.trimatte.Trimatte"
INSTANCE_PROPERTIES = (
    *(f"OfxImageEffectPropProject{name}" for name in ("Size", "Offset", "Extent")),
    *(
        "OfxImageEffectPropFrameRate",
        "OfxImageEffectInstancePropEffectDuration",
        "OfxImageEffectPropProjectPixelAspectRatio",
    ),
    *("OfxPropFilePath", "OfxImageEffectInstancePropSequentialRender", "OfxPropIsInteractive"),
)


def test_the_description_is_the_same_in_every_host_and_takes_no_time(workers: Any) -> None:
    pages = []
    for _ in range(2):
        plugin = Host([bundle_path()]).plugins()[IDENTIFIER]
        pages.append((plugin.describe(), plugin.describe("filter"), plugin.describe("general")))
        plugin.unload()
    assert pages[0] == pages[1]
    assert not workers()
    plugin = Host([bundle_path()]).plugins()[IDENTIFIER]
    assert plugin.contexts == ["filter", "general"]
    assert set(plugin.depths) == {"byte", "short", "half", "float"}
    durations = []
    for _ in range(10):
        plugin.unload()
        start = time.perf_counter()
        plugin.load()
        plugin.describe()
        durations.append(time.perf_counter() - start)
    assert min(durations) < 1e-3


def test_load_describe_unload_again_and_again_starts_nothing(workers: Any) -> None:
    for _ in range(3):
        plugin = Host([bundle_path()]).plugins()[IDENTIFIER]
        plugin.load()
        plugin.describe("filter")
        plugin.create("filter").close()
        plugin.unload()
    assert not workers()


def test_the_choices_of_the_page_are_those_of_the_worker(make_effect: Any) -> None:
    params = make_effect().params
    assert params["view"].choices == [view.value for view in View]
    assert params["output"].choices == [output.value for output in Output]
    assert params["despillScreen"].choices == [screen.value for screen in Screen]
    assert params["despillRule"].choices == [rule.value for rule in DespillRule]
    assert params["model"].choices == list(MODELS)
    assert params["workingResolution"].choices == list(WORKING_SIZES)
    assert params["device"].choices == list(DEVICES)
    assert params["kernels"].choices == list(KERNELS)
    values = {name: params[name].value() for name in ("view", "output", "refine", "frameOffset", "cacheKey")}
    assert values == {"view": "Result", "output": "Premultiplied", "refine": True, "frameOffset": 0, "cacheKey": ""}


def test_what_the_host_is_told_before_a_render(make_effect: Any) -> None:
    effect = make_effect()
    assert effect.frames_needed(0) == {"Source": [(0.0, 1.0)]}
    assert effect.frames_needed(3) == {"Source": [(2.0, 4.0)]}
    assert effect.frames_needed(7) == {"Source": [(6.0, 7.0)]}
    assert effect.region_of_definition(3) == (0, 0, 80, 48)
    assert effect.regions_of_interest(3, (5, 5, 6, 6)) == {"Source": (0, 0, 80, 48)}
    assert effect.is_identity(3, (0, 0, 80, 48)) is None


@pytest.mark.parametrize(
    ("view", "output", "state"),
    [
        ("Result", "Premultiplied", "premultiplied"),
        ("Result", "Straight", "straight"),
        ("Result", "Matte in RGB", "opaque"),
        ("Result", "Matte in alpha", "straight"),
        ("Matte", "Premultiplied", "opaque"),
        ("Trimap overlay", "Straight", "opaque"),
    ],
)
def test_the_output_says_how_it_keeps_its_colour(make_effect: Any, view: str, output: str, state: str) -> None:
    effect = make_effect()
    effect.params["view"] = view
    effect.params["output"] = output
    assert effect.preferences.premultiplication == state
    assert effect.preferences.clips["Output"].components == "rgba"
    assert effect.preferences.frame_varying


@pytest.mark.parametrize(
    "hidden",
    [
        {"hidden_suites": ("OfxMessageSuite",)},
        {"hidden_suites": ("OfxProgressSuite", "OfxMemorySuite", "OfxMultiThreadSuite", "OfxTimeLineSuite")},
        {"hidden_properties": ("OfxPropName", "OfxImageEffectHostPropIsBackground", "OfxPropAPIVersion")},
        {"hidden_properties": ("OfxImageEffectPropSupportsTiles", "OfxImageEffectPropMultipleClipDepths")},
        {"hidden_instance_properties": INSTANCE_PROPERTIES, "time_line": False},
    ],
)
def test_what_a_host_lacks_is_not_missed(make_effect: Any, hidden: dict[str, Any]) -> None:
    effect = make_effect(**hidden)
    assert effect.render(0)[..., 3].max() == 1


def test_frame_offset_moves_the_numbers_of_the_keyframes(make_effect: Any, make_plate: Any) -> None:
    plain = make_effect().render(1)
    effect = make_effect()
    effect.connect("Source", lambda when: make_plate(round(when) + 1000), first=-1000, last=-993)
    effect.params["frameOffset"] = 1000
    np.testing.assert_array_equal(effect.render(-999), plain)


def test_progress_comes_to_a_host_without_a_user(make_effect: Any, disc: Any) -> None:
    def slow(frame: float) -> np.ndarray:
        time.sleep(0.3)
        return disc(frame)

    effect = make_effect(slow)
    told: list[tuple[float, str]] = []
    effect.on_progress = lambda fraction, label: told.append((fraction, label))
    effect.render(3)
    assert told
    assert all(0 <= before[0] <= after[0] <= 1 for before, after in itertools.pairwise(told))


def test_the_user_can_stop_a_frame_by_its_progress(make_effect: Any, disc: Any) -> None:
    def slow(frame: float) -> np.ndarray:
        time.sleep(0.3)
        return disc(frame)

    effect = make_effect(slow)
    effect.on_progress = lambda fraction, label: False
    with pytest.raises(HostError):
        effect.render(3)
    effect.on_progress = None
    assert effect.render(3)[..., 3].max() > 0
