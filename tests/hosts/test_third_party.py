"""Effects of others in our host: how many run, and whether what they make equals the formula.

Set ``TRIMATTE_OFX_PLUGINS`` to a folder of bundles: openfx-misc and the OpenFX examples; ``docs/host.md`` says how to
build them.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from trimatte.host_bridge import BundleNotFoundError, Effect, Host, HostError, HostProfile, PluginTable, survey
from trimatte.host_bridge.images import Premultiplication

from .yadif import deinterlace

Clip = npt.NDArray[np.float32]
Make = Callable[..., Effect]

BAR = 137
"""Effects of 161 that a host of three hundred lines had run; see the host notes."""


@pytest.fixture(scope="module")
def table() -> PluginTable:
    """All effects of the folder, each bundle in a process of its own."""
    folder = os.environ.get("TRIMATTE_OFX_PLUGINS")
    if not folder:
        pytest.skip("no effects of others; set TRIMATTE_OFX_PLUGINS to a folder of their bundles")
    assert Path(folder).is_dir(), f"TRIMATTE_OFX_PLUGINS is {folder}, which is no folder"
    return Host([folder], profile=HostProfile(overlays=True), isolate=True, timeout=120).plugins()


@pytest.fixture
def make(table: PluginTable) -> Iterator[Make]:
    """Create an effect of openfx-misc with parameters and clips: ``make("Invert", Source=frames, mix=0.5)``."""
    made: list[Effect] = []

    def create(
        name: str, *, clips: dict[str, Clip], state: Premultiplication | None = None, **values: object
    ) -> Effect:
        try:
            plugin = table[f"net.sf.openfx.{name}"]
        except BundleNotFoundError as error:
            pytest.skip(str(error))
        effect = plugin.create("general")
        made.append(effect)
        for clip, frames in clips.items():
            effect.connect(clip, frames, premultiplication=state)
        for param, value in values.items():
            effect.params[param] = value  # type: ignore[assignment]
        return effect

    yield create
    for effect in made:
        effect.close()


@pytest.fixture
def film() -> Clip:
    """Eight frames of 20 x 14 pixels, RGBA with an alpha of its own."""
    return np.random.default_rng(3).random((8, 14, 20, 4), dtype=np.float32)


@pytest.fixture
def mask() -> Clip:
    """Eight frames of one channel."""
    return np.random.default_rng(4).random((8, 14, 20, 1), dtype=np.float32)


def equal(made: Clip, formula: Clip) -> None:
    np.testing.assert_allclose(made, formula, rtol=2e-5, atol=2e-6)


def test_as_many_effects_run_from_load_to_unload_as_in_any_small_host(table: PluginTable) -> None:
    trials = list(survey(table))
    running = {trial.identifier for trial in trials if trial.ok}
    problems = [f"{t.identifier} {t.context} {t.step}: {t.error}" for t in trials if t.identifier not in running]
    assert len(running) >= BAR, "\n".join(problems)


@pytest.mark.parametrize("identifier", ["net.sf.openfx.Shadertoy", "com.genarts:OpenGLSamplePlugin"])
def test_effects_that_need_opengl_get_it_without_a_display(table: PluginTable, identifier: str, film: Clip) -> None:
    if identifier not in table:
        pytest.skip(f"no bundle offers {identifier}")
    try:
        host = Host([table[identifier].bundle], profile=HostProfile(gpu="opengl"), isolate=True)
        plugins = host.plugins()
    except HostError as error:
        pytest.skip(str(error))
    with plugins[identifier].create(plugins[identifier].contexts[0]) as effect:
        for clip in set(effect.clips) - {"Output"}:
            effect.connect(clip, film)
        assert effect.render(1).std() > 0.01


def test_invert_under_a_mask(make: Make, film: Clip, mask: Clip) -> None:
    effect = make("Invert", clips={"Source": film, "Mask": mask}, NatronOfxParamProcessA=False, mix=0.75)
    share = 0.75 * mask[2]
    expected = film[2].copy()
    expected[..., :3] = share * (1 - film[2, ..., :3]) + (1 - share) * film[2, ..., :3]
    equal(effect.render(2), expected)


def test_gamma(make: Make, film: Clip) -> None:
    effect = make("GammaPlugin", clips={"Source": film}, value=(2.0, 0.5, 1.0, 1.0))
    equal(effect.render(1), film[1] ** np.float32([0.5, 2.0, 1.0, 1.0]))


def test_gamma_of_premultiplied_colour(make: Make, film: Clip) -> None:
    alpha = film[1, ..., 3:] + 0.5
    film[1, ..., 3:] = alpha
    clips = {"Source": film}
    effect = make("GammaPlugin", clips=clips, state="premultiplied", value=(2.0, 2.0, 2.0, 1.0), premult=True)
    expected = film[1].copy()
    expected[..., :3] = np.sqrt(film[1, ..., :3] / alpha) * alpha
    equal(effect.render(1), expected)


def test_grade(make: Make, film: Clip) -> None:
    points = {"blackPoint": 0.1, "whitePoint": 0.9, "black": 0.05, "white": 0.8, "multiply": 1.2, "offset": -0.02}
    effect = make("GradePlugin", clips={"Source": film}, gamma=(1.5,) * 4, **{k: (v,) * 4 for k, v in points.items()})
    slope = 1.2 * (0.8 - 0.05) / (0.9 - 0.1)
    line = slope * film[0, ..., :3] + (-0.02 + 0.05 - slope * 0.1)
    expected = film[0].copy()
    expected[..., :3] = np.where(line <= 0, 0, np.maximum(line, 0) ** (1 / 1.5))
    equal(effect.render(0), expected)


def test_an_animated_grade(make: Make, film: Clip) -> None:
    effect = make("GradePlugin", clips={"Source": film})
    effect.params["multiply"] = {0: (1.0,) * 4, 4: (3.0,) * 4}
    expected = film[3].copy()
    expected[..., :3] *= 2.5
    equal(effect.render(3), expected)


def test_colour_matrix(make: Make, film: Clip) -> None:
    matrix = np.float32([[0.5, 0.25, -0.5, 0.1], [0.2, 0.3, 0.4, 0.0], [-1.0, 0.5, 1.0, 0.0], [0.0, 0.0, 0.5, 0.5]])
    rows = dict(zip(("outputRed", "outputGreen", "outputBlue", "outputAlpha"), matrix.tolist(), strict=True))
    effect = make("ColorMatrixPlugin", clips={"Source": film}, **{name: tuple(row) for name, row in rows.items()})
    equal(effect.render(5), np.maximum(film[5] @ matrix.T, 0))


def test_premult_and_back(make: Make, film: Clip) -> None:
    effect = make("Premult", clips={"Source": film})
    expected = film[4].copy()
    expected[..., :3] *= film[4, ..., 3:]
    equal(effect.render(4), expected)
    chain = make("Premult", clips={"Source": film}) | make("Unpremult", clips={})
    equal(chain.render(4), film[4])


def test_key_mix(make: Make, film: Clip, mask: Clip) -> None:
    effect = make("KeyMix", clips={"A": film, "B": film[::-1].copy(), "Mask": mask})
    equal(effect.render(1), mask[1] * film[1] + (1 - mask[1]) * film[6])


@pytest.mark.parametrize(
    ("operation", "formula"),
    [
        ("over", lambda a, b: a + b * (1 - a[..., 3:])),
        ("plus", lambda a, b: a + b),
        ("max", np.maximum),
        ("in", lambda a, b: a * b[..., 3:]),
        ("out", lambda a, b: a * (1 - b[..., 3:])),
        ("difference", lambda a, b: np.abs(a - b)),
    ],
)
def test_merge(make: Make, film: Clip, operation: str, formula: Callable[[Clip, Clip], Clip]) -> None:
    effect = make("MergePlugin", clips={"A": film, "B": film[::-1].copy()}, operation=operation)
    equal(effect.render(2), formula(film[2], film[5]))


def test_frame_hold(make: Make, film: Clip) -> None:
    effect = make("FrameHold", clips={"Source": film}, firstFrame=1, increment=3)
    for time, held in ((1, 1), (3, 1), (4, 4), (6, 4), (7, 7)):
        np.testing.assert_array_equal(effect.render(time), film[held])


def test_frame_blend(make: Make, film: Clip) -> None:
    effect = make("FrameBlend", clips={"Source": film}, frameRange=(-3, 1))
    equal(effect.render(5), film[2:7].mean(0))


def test_time_blur(make: Make, film: Clip) -> None:
    effect = make("TimeBlur", clips={"Source": film}, division=4, shutter=4.0)
    equal(effect.render(3), film[3:7].mean(0))


@pytest.mark.parametrize("parity", ["Lower", "Upper"])
@pytest.mark.parametrize("order", ["Lower field first", "Upper field first"])
def test_deinterlace(make: Make, film: Clip, parity: str, order: str) -> None:
    effect = make("Deinterlace", clips={"Source": film}, parity=parity, fieldOrder=order)
    up = film[:, ::-1]
    made = deinterlace(up[2], up[3], up[4], keep=parity == "Lower", upper_first=order == "Upper field first")
    equal(effect.render(3), made[::-1])
