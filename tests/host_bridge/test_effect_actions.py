"""Which actions an effect sees, in which order, and what it answers when it says nothing."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from trimatte.host_bridge import Effect

Create = Callable[..., Effect]
Clip = npt.NDArray[np.float32]


def test_actions_come_in_order_and_in_pairs(
    create: Create, clip: Clip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.txt"
    effect = create("log")
    effect.connect("Source", clip)
    monkeypatch.setenv("TRIMATTE_PROBE_LOG", str(log))
    effect.render(2)
    with effect.sequence(0, 1):
        effect.render(0)
        effect.render(1)
    effect.purge_caches()
    effect.close()
    effect.close()
    lines = [re.sub("^Ofx(ImageEffect)?Action", "", line) for line in log.read_text().splitlines()]
    before = ["GetRegionOfDefinition", "IsIdentity", "GetRegionsOfInterest", "GetFramesNeeded"]
    assert lines == [
        "GetClipPreferences", *before, "BeginSequenceRender 2-2", "Render 2", "EndSequenceRender 2-2",
        "BeginSequenceRender 0-1", *before, "Render 0", *before, "Render 1", "EndSequenceRender 0-1",
        "PurgeCaches", "DestroyInstance",
    ]  # fmt: skip


def test_handlers_that_set_parameters_share_one_bracket(
    create: Create, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    effect = create("log")
    monkeypatch.setenv("TRIMATTE_PROBE_LOG", str(tmp_path / "log.txt"))
    effect.params["a"] = 5
    lines = (tmp_path / "log.txt").read_text().splitlines()
    assert lines == [
        "OfxActionBeginInstanceChanged",
        "OfxActionInstanceChanged a OfxChangeUserEdited",
        "OfxActionInstanceChanged b OfxChangePluginEdited",
        "OfxActionInstanceChanged c OfxChangePluginEdited",
        "OfxActionEndInstanceChanged",
    ]
    assert effect.params["c"].value() == 2


def test_regions_and_time_have_defaults(create: Create, clip: Clip) -> None:
    effect = create("mask", "general")
    effect.connect("Source", clip, first=10)
    assert effect.region_of_definition(10) == (0.0, 0.0, 11.0, 7.0)
    region = (1.0, 2.0, 3.0, 4.0)
    assert effect.regions_of_interest(10, region) == {"Source": region, "Mask": region, "Background": region}
    assert effect.frames_needed(11)["Source"] == [(11.0, 11.0)]
    assert effect.time_domain() == (10.0, 12.0)
    assert effect.is_identity(10, (0, 0, 11, 7)) is None
