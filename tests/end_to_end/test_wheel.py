"""A user who has only the wheel: it carries the effect, the host and the weights, and one frame comes out."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from trimatte.core.media import read_image

from ..commands.conftest import clip, paint

__all__ = ["clip"]  # fixtures

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path) -> str:
    """Return what the command printed; fail with it when the command fails."""
    places = {"TRIMATTE_CACHE": str(cwd / "cache"), "XDG_STATE_HOME": str(cwd / "state")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRIMATTE_", "OFX_"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd, env=kept | places, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of commands of a fresh environment that holds our wheel.

    Its dependencies are those of this environment, seen through a path file: torch is not installed twice.
    """
    place = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    run(*pip, "wheel", "-q", "--no-build-isolation", "--no-deps", "-w", place, ROOT, cwd=place)
    (wheel,) = place.glob("trimatte-*.whl")
    environment = place / "venv"
    run(sys.executable, "-m", "venv", environment, cwd=place)
    scripts = environment / "bin"
    run(scripts / "python", "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel, cwd=place)
    (site,) = environment.glob("lib/python3.*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return scripts


def test_the_wheel_holds_itself_together(installed: Path, tmp_path: Path) -> None:
    code = "import trimatte.plugin as p, trimatte.host_bridge._host as h; print(p.bundle_path()); print(h.__file__)"
    for line in run(installed / "python", "-c", code, cwd=tmp_path).split():
        assert Path(line).is_relative_to(installed.parent), line
        assert Path(line).exists()


def test_a_frame_is_rendered_from_a_wheel(installed: Path, clip: Path, tmp_path: Path) -> None:
    trimap = paint(tmp_path / "first.png")
    run(
        installed / "trimatte", "render", clip, "--trimap", trimap, "-o", tmp_path / "out", "--range", "0-0",
        "--view", "matte", "--device", "cpu", cwd=tmp_path,
    )  # fmt: skip
    (written,) = (tmp_path / "out").iterdir()
    matte, painted = read_image(written)[..., 0], read_image(trimap)[..., 0]
    assert matte.dtype == np.uint16
    assert (matte[painted == 255] == 65535).all()
    assert (matte[painted == 0] == 0).all()
