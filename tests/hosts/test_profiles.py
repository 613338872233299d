"""The whole effect in hosts that offer exactly what the hosts of ``docs/hosts`` offer."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trimatte.core.media import open_clip
from trimatte.host_bridge import Effect, Host, HostProfile, PluginRefusedError
from trimatte.host_bridge.known_hosts import KNOWN_HOSTS, MLT
from trimatte.plugin import bundle_path

pytestmark = pytest.mark.usefixtures("shell_environment")

IDENTIFIER = "org.trimatte.Trimatte"
STEP = 1.0001 / 255
TOPS = {"byte": (np.uint8, 255), "short": (np.uint16, 65535), "half": (np.float16, 1), "float": (np.float32, 1)}
DEPTHS = [(name, depth) for name, profile in KNOWN_HOSTS.items() for depth in profile.depths]
WAIT_FOR_CHANGES = {"statusGroup", "status"}
"""What does nothing in a host that never says what the user changes, beside the buttons."""
GENERAL = [name for name, profile in KNOWN_HOSTS.items() if "general" in profile.contexts]


@pytest.fixture(scope="module")
def shown(movie: Path) -> Callable[[str], list[np.ndarray]]:
    """The frames (H, W, 4) as a host shows them in one of its depths."""
    with open_clip(movie) as clip:
        frames = [clip.read(frame) for frame in range(8)]

    def convert(depth: str) -> list[np.ndarray]:
        kind, top = TOPS[depth]
        opaque = [np.dstack([frame, np.ones(frame.shape[:2], np.float32)]) * np.float32(top) for frame in frames]
        return [(np.rint(frame) if top > 1 else frame).astype(kind) for frame in opaque]

    return convert


@pytest.fixture
def make(movie: Path, keyframes: Path, shown: Any) -> Iterator[Callable[..., Effect]]:
    """Create effects as a host of that profile does, with saved parameters or those of a first use."""
    made: list[Effect] = []

    def create(profile: HostProfile, context: str = "filter", depth: Any = None, page: Any = None) -> Effect:
        effect = Host([bundle_path()], profile=profile).plugins()[IDENTIFIER].create(context, depth=depth)
        made.append(effect)
        first_page = {"keyframes": str(keyframes), "output": "Matte in alpha", "device": "CPU"}
        if not profile.temporal_access:
            first_page["sourceFile"] = str(movie)
        for name, value in (page or first_page).items():
            effect.params[name] = value
        effect.connect("Source", shown(depth or profile.depths[0]), rate=24)
        return effect

    yield create
    for effect in made:
        effect.close()


def alpha(picture: np.ndarray) -> np.ndarray:
    return picture[..., 3] / np.float64(1 if picture.dtype.kind == "f" else np.iinfo(picture.dtype).max)


@pytest.mark.parametrize("host", KNOWN_HOSTS)
def test_it_loads_and_is_described_as_everywhere(host: str) -> None:
    profile = KNOWN_HOSTS[host]
    plugin = Host([bundle_path()], profile=profile).plugins()[IDENTIFIER]
    assert plugin.contexts == ["filter", "general"]
    assert set(profile.depths) <= set(plugin.depths)
    safety = plugin.property("OfxImageEffectPluginRenderThreadSafety")
    assert safety == ("OfxImageEffectRenderUnsafe" if host == "mlt" else "OfxImageEffectRenderInstanceSafe")
    with plugin.create("filter") as effect, Host([bundle_path()]).plugins()[IDENTIFIER].create("filter") as ours:
        left_out = {name for name in ours.params if name not in effect.params}
        others = {name for name in left_out if ours.params[name].kind != "PushButton"}
        assert others == (WAIT_FOR_CHANGES if host == "mlt" else set())
        assert "PushButton" not in {param.kind for param in effect.params.values()} or host != "mlt"
        assert not effect.messages
    plugin.unload()


@pytest.mark.parametrize(("host", "depth"), DEPTHS)
def test_in_every_depth_the_matte_is_that_of_the_command(
    make: Any, rendered_alpha: Any, shown: Any, host: str, depth: str
) -> None:
    effect = make(KNOWN_HOSTS[host], depth=depth)
    picture = effect.render(3)
    assert picture.dtype == TOPS[depth][0]
    assert np.abs(alpha(picture) - rendered_alpha[3]).max() <= STEP
    np.testing.assert_array_equal(picture[..., :3], shown(depth)[3][..., :3])
    assert effect.leaked_images == 0


@pytest.mark.parametrize("host", GENERAL)
def test_the_other_context_gives_the_same(make: Any, rendered_alpha: Any, host: str) -> None:
    effect = make(KNOWN_HOSTS[host], "general")
    assert np.abs(alpha(effect.render(5)) - rendered_alpha[5]).max() <= STEP


@pytest.mark.parametrize("host", KNOWN_HOSTS)
def test_the_parameters_do_what_they_say(make: Any, rendered_alpha: Any, host: str) -> None:
    effect = make(KNOWN_HOSTS[host])
    for parameter in effect.params.values():
        if parameter.kind in ("Double", "Integer"):  # hosts that are told no range make one of their own
            low, high = parameter.property("OfxParamPropDisplayMin"), parameter.property("OfxParamPropDisplayMax")
            assert parameter.property("OfxParamPropMin") <= low < high <= parameter.property("OfxParamPropMax")
    effect.params["view"] = "Matte"
    top = np.iinfo(np.uint8).max if KNOWN_HOSTS[host].depths[0] == "byte" else 1
    assert np.abs(effect.render(2)[..., 0] / np.float64(top) - rendered_alpha[2]).max() <= STEP
    effect.params["matteGamma"].set_key(0, 1.0)
    effect.params["matteGamma"].set_key(4, 3.0)
    bent = effect.render(2)[..., 0] / np.float64(top)
    assert np.abs(bent - rendered_alpha[2] ** (1 / 2.0)).max() <= STEP


@pytest.mark.parametrize("host", KNOWN_HOSTS)
def test_a_project_is_saved_and_loaded(make: Any, host: str) -> None:
    profile = KNOWN_HOSTS[host]
    effect = make(profile)
    effect.params["matteGamma"] = 1.5
    effect.params["clipBlack"] = 0.125
    effect.params["despill"] = 0.25
    effect.sync_private_data()
    expected = effect.render(4)
    silent = ("Group", "Page", "PushButton", "Parametric", *(() if profile is not MLT else ("Custom",)))
    saved = {
        name: parameter.value()
        for name, parameter in effect.params.items()
        if parameter.kind not in silent
        and parameter.property("OfxParamPropPersistant") != 0
        and not (profile is MLT and parameter.property("OfxParamPropSecret"))
    }
    effect.close()
    np.testing.assert_array_equal(make(profile, page=saved).render(4), expected)


@pytest.mark.parametrize("host", KNOWN_HOSTS)
def test_a_failure_is_shown_and_goes_away(make: Any, shown: Any, keyframes: Path, host: str) -> None:
    profile = KNOWN_HOSTS[host]
    effect = make(profile)
    effect.params["keyframes"] = "/nowhere"
    fails = pytest.raises(PluginRefusedError) if profile.render_status else nullcontext()
    with fails:
        np.testing.assert_array_equal(effect.render(0), shown(profile.depths[0])[0])
    last = effect.messages[-1]
    assert "the keyframe folder /nowhere cannot be read" in last.text
    assert (last.type, last.persistent) == ("Error", profile.persistent_messages)
    effect.params["keyframes"] = str(keyframes)
    assert alpha(effect.render(0)).max() == 1
    assert effect.persistent_message is None


def test_copies_of_an_instance_render_side_by_side(make: Any, rendered_alpha: Any) -> None:
    effects = [make(KNOWN_HOSTS["natron"]) for _ in range(2)]
    with ThreadPoolExecutor(4) as pool:
        order = [7, 0, 6, 1, 5, 2]
        pictures = list(pool.map(lambda n: effects[n % 2].render(n), order))
    for frame, picture in zip(order, pictures, strict=True):
        assert np.abs(alpha(picture) - rendered_alpha[frame]).max() <= STEP


@pytest.mark.parametrize("host", KNOWN_HOSTS)
def test_a_proxy_is_half_as_large_whatever_the_images_say(make: Any, host: str) -> None:
    profile = KNOWN_HOSTS[host]
    small = make(profile).render(3, scale=(0.5, 0.5))
    honest = replace(profile, image_properties={})
    np.testing.assert_array_equal(make(honest).render(3, scale=(0.5, 0.5)), small)
    assert small.shape == (32, 64, 4)
    assert alpha(small).max() > 0


def test_another_order_of_channels_is_refused(make: Any) -> None:
    profile = replace(
        KNOWN_HOSTS["vegas"], image_properties={"OfxImageEffectPropPixelOrder": ("OfxImagePixelOrderBGRA",)}
    )
    with pytest.raises(PluginRefusedError, match="BGRA"):
        make(profile).render(0)
