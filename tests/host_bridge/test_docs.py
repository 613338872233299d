"""The page on the host: its examples run, on probes here and on the effect it names where that is installed."""

import os
import re
from pathlib import Path

import numpy as np
import pytest

from trimatte.host_bridge import Host, HostProfile

PAGE = (Path(__file__).parents[2] / "docs" / "host.md").read_text(encoding="utf-8")
TEN_LINES, PARAMETERS, CHAIN = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_ten_lines_render_a_probe(probe_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = {"/path/to/plugins": str(probe_folder), "net.sf.openfx.GradePlugin": "org.trimatte.probe.params"}
    code = TEN_LINES.replace('"gamma"', '"colour"').replace("(24, 270, 480, 4)", "(24, 5, 8, 4)")
    for ours, theirs in words.items():
        code = code.replace(ours, theirs)
    space: dict[str, object] = {}
    exec(code, space)
    picture = space["picture"]
    assert isinstance(picture, np.ndarray)
    assert picture.shape == (5, 8, 4)
    np.testing.assert_allclose(picture[0, 0, :3], 1 + 12 / 23, rtol=1e-6)  # the colour, on its way from 1 to 2
    assert "org.trimatte.probe.params" in capsys.readouterr().out


def test_the_ten_lines_render_the_effect_they_name() -> None:
    folder = os.environ.get("TRIMATTE_OFX_PLUGINS")
    if not folder:
        pytest.skip("no effects of others; set TRIMATTE_OFX_PLUGINS to a folder of their bundles")
    space: dict[str, object] = {}
    exec(TEN_LINES.replace("/path/to/plugins", folder), space)
    picture, frames = space["picture"], space["frames"]
    assert isinstance(picture, np.ndarray)
    assert isinstance(frames, np.ndarray)
    np.testing.assert_allclose(picture[..., :3], frames[12, ..., :3] ** (1 / (1 + 12 / 23)), rtol=1e-4)


def test_parameters_are_set_as_the_page_says(probe_folder: Path) -> None:
    with Host([probe_folder]).plugins()["org.trimatte.probe.params"].create() as effect:
        exec(PARAMETERS.replace('"mix"', '"double"'), {"effect": effect})
        assert effect.params["double"].keys() == [(0, 0.0), (24, 1.0)]
        assert effect.params["integer"].value() == 5  # the button was stopped half way


def test_effects_are_chained_as_the_page_says(probe_folder: Path) -> None:
    frames = np.random.default_rng(2).random((2, 4, 5, 4), dtype=np.float32)
    code = re.sub(r"net\.sf\.openfx\.\w+", "org.trimatte.probe.copy", CHAIN)
    space: dict[str, object] = {"plugins": Host([probe_folder]).plugins(), "frames": frames}
    exec(code, space)
    np.testing.assert_array_equal(space["picture"], frames[0])


def test_the_page_names_what_the_host_offers() -> None:
    assert ", ".join(HostProfile().contexts) in PAGE
