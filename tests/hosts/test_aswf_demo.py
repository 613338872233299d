"""The effect in the demo host of the OpenFX project: 8 bit, two frames of PAL; see docs/hosts/aswf_demo.md."""

import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from trimatte.host_bridge import Host
from trimatte.plugin import bundle_path

WIDTH, HEIGHT = 720, 576

pytestmark = pytest.mark.usefixtures("shell_environment")


@pytest.fixture
def demo(tmp_path: Path, shell_environment: Any) -> Any:
    """Run the demo with parameters; returns its two frames (2, H, W, 3) uint8, y down, and what it said."""
    program = os.environ.get("TRIMATTE_ASWF_DEMO")
    if not program:
        pytest.skip("TRIMATTE_ASWF_DEMO names no build of the demo host; see docs/hosts/aswf_demo.md")

    def run(**values: object) -> tuple[np.ndarray, str]:
        words = [f"{name}={value}" for name, value in values.items()]
        done = subprocess.run(
            [program, "org.trimatte.Trimatte", *words],
            cwd=tmp_path,
            env=os.environ | {"OFX_PLUGIN_PATH": str(bundle_path().parent)},
            capture_output=True,
            text=True,
            timeout=170,
            check=True,
        )
        return np.stack([read_ppm(tmp_path / f"Output.{frame}.ppm") for frame in range(2)]), done.stdout

    return run


def read_ppm(path: Path) -> np.ndarray:
    """Return (H, W, 3) uint8, y down; the demo writes it upward, with remarks."""
    words = " ".join(line.partition("#")[0] for line in path.read_text().splitlines()).split()
    assert words[:4] == ["P3", str(WIDTH), str(HEIGHT), "255"]
    return np.array(words[4:], np.uint8).reshape(HEIGHT, WIDTH, 3)[::-1]


def test_the_pixels_are_those_of_our_host(demo: Any, tmp_path: Path) -> None:
    trimap = np.zeros((HEIGHT, WIDTH), np.uint8)
    trimap[100:-100, 150:-150] = 128
    trimap[200:-200, 250:-250] = 255
    folder = tmp_path / "keyframes"
    folder.mkdir()
    Image.fromarray(trimap).save(folder / "box.0.png")
    page = {"keyframes": folder, "view": 1, "workingResolution": 0}
    plates, said = demo()
    assert "Trimatte shows the source" in said
    mattes, said = demo(**page)
    assert "render 0: 0" in said
    assert "render 1: 0" in said
    with Host([bundle_path()]).plugins()["org.trimatte.Trimatte"].create("filter", depth="byte") as effect:
        opaque = np.full((2, HEIGHT, WIDTH, 1), 255, np.uint8)
        effect.connect("Source", np.concatenate([plates, opaque], axis=3))
        for name, value in page.items():
            effect.params[name] = str(value) if isinstance(value, Path) else value
        for frame in range(2):
            matte = effect.render(frame)[..., :3]
            assert 0 < matte.mean() < 255
            assert np.abs(matte.astype(int) - mattes[frame]).max() <= 1


def test_a_failure_is_printed(demo: Any) -> None:
    _, said = demo(keyframes="/nowhere")
    assert "the keyframe folder /nowhere cannot be read" in said
    assert "render 0: 1" in said
