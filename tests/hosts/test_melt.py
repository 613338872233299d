"""The effect in the real ``melt``, where it is installed with its OpenFX module."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from trimatte.plugin import bundle_path

from ..core.media.movies import HEIGHT, WIDTH

SERVICE = "openfx.org.trimatte.Trimatte"
STEP = 1.0001 / 255
RGBA = ("vcodec=qtrle", "mlt_image_format=rgba", "pix_fmt=argb", "an=1")
ATTEMPTS = 4  # now and then melt 7.41 stops before its first frame and waits for ever (consumer_avformat.c)

pytestmark = pytest.mark.usefixtures("shell_environment")


@pytest.fixture(scope="module")
def melt(shell_environment: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Run ``melt`` in another folder than the project's and return what it says; skipped where it is not."""
    program = os.environ.get("TRIMATTE_MELT") or shutil.which("melt")
    if program is None:
        pytest.skip("melt is not installed; put it on PATH or set TRIMATTE_MELT")
    folder = tmp_path_factory.mktemp("melt")
    profile = folder / "profile"
    facts: dict[str, object] = {
        "description": "small",
        "width": WIDTH,
        "height": HEIGHT,
        "frame_rate_num": 24,
        "frame_rate_den": 1,
        "progressive": 1,
    }
    facts |= {"sample_aspect_num": 1, "sample_aspect_den": 1, "display_aspect_num": WIDTH}
    facts |= {"display_aspect_den": HEIGHT, "colorspace": 601}
    profile.write_text("".join(f"{name}={value}\n" for name, value in facts.items()))

    def run(*arguments: object, patience: float = 30) -> str:
        command = [program, "-silent", "-profile", str(profile), *map(str, arguments)]
        environment = os.environ | {"OFX_PLUGIN_PATH": str(bundle_path().parent)}
        for _ in range(ATTEMPTS):
            try:
                done = subprocess.run(
                    command,
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    text=True,
                    timeout=patience,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                continue
            assert done.returncode == 0, done.stderr
            return done.stdout + done.stderr
        raise AssertionError(f"melt did not end: {command}")

    if SERVICE not in run("-query", "filters", patience=20):
        pytest.skip("this melt has no OpenFX module; build MLT 7.41 or newer with -DMOD_OPENFX=ON")
    return run


@pytest.fixture
def attach(movie: Path, keyframes: Path) -> Callable[..., list[str]]:
    def arguments(**values: object) -> list[str]:
        page = {"keyframes": keyframes, "sourceFile": movie, "output": "Matte in alpha", "device": "CPU"}
        return ["-attach", SERVICE, *(f"{name}={value}" for name, value in {**page, **values}.items())]

    return arguments


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgba") for frame in container.decode(video=0)]


def assert_mattes(path: Path, alpha_of_session: Any, first: int, count: int) -> None:
    made = pictures(path)
    assert len(made) == count
    for frame, picture in enumerate(made, start=first):
        assert np.abs(picture[..., 3] / np.float64(255) - alpha_of_session(frame)).max() <= STEP


@pytest.mark.parametrize("real_time", [-1, -4])
def test_the_matte_is_that_of_the_session(
    melt: Any, attach: Any, movie: Path, tmp_path: Path, alpha_of_session: Any, real_time: int
) -> None:
    out = tmp_path / "out.mov"
    said = melt(movie, *attach(), "-consumer", f"avformat:{out}", *RGBA, f"real_time={real_time}")
    assert "OfxMessage" not in said
    assert_mattes(out, alpha_of_session, 0, 8)


def test_a_trimmed_clip_with_its_offset(
    melt: Any, attach: Any, movie: Path, tmp_path: Path, alpha_of_session: Any
) -> None:
    out = tmp_path / "out.mov"
    melt(movie, "in=2", "out=5", *attach(frameOffset=2), "-consumer", f"avformat:{out}", *RGBA, "real_time=-1")
    assert_mattes(out, alpha_of_session, 2, 4)


def test_a_project_is_saved_and_loaded(
    melt: Any, attach: Any, movie: Path, keyframes: Path, tmp_path: Path, alpha_of_session: Any
) -> None:
    project, out = keyframes.parent / "project.mlt", tmp_path / "out.mov"  # whose folder MLT cuts off the paths
    urls = attach(sourceFile=movie.as_uri(), keyframes=keyframes.as_uri())
    melt(movie, "out=3", *urls, "-consumer", f"xml:{project}", f"root={keyframes.parent}")
    said = melt(project, "-consumer", f"avformat:{out}", *RGBA, "real_time=-1")
    assert "OfxMessage" not in said
    assert_mattes(out, alpha_of_session, 0, 4)


def test_two_effects_in_one_chain(melt: Any, attach: Any, movie: Path, tmp_path: Path, alpha_of_session: Any) -> None:
    out = tmp_path / "out.mov"
    both = [*attach(), *attach(workingResolution=512)]
    assert "OfxMessage" not in melt(movie, "out=3", *both, "-consumer", f"avformat:{out}", *RGBA, "real_time=-1")
    assert_mattes(out, alpha_of_session, 0, 4)


def test_a_choice_does_what_a_button_would_once(
    melt: Any, attach: Any, movie: Path, tmp_path: Path, alpha_of_session: Any
) -> None:
    out = tmp_path / "out.mov"
    order = attach(track="Range", trackFirst=1, trackLast=6)
    said = melt(movie, "out=3", *order, "-consumer", f"avformat:{out}", *RGBA, "real_time=-1")
    assert said.count("6 of 6 frames solved.") == 1
    assert_mattes(out, alpha_of_session, 0, 4)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"sourceFile": "/nowhere/shot.mp4"}, "/nowhere/shot.mp4: no such file"),
        ({"frameOffset": 1}, "the host shows frame 0 of shot.mp4 where frame 1 is expected; add -1 to Frame offset"),
        ({"sourceFile": ""}, "set Source file to the movie"),
        ({"keyframes": "/nowhere"}, "the keyframe folder /nowhere cannot be read"),
    ],
)
def test_what_cannot_be_done_shows_the_source_and_says_why(
    melt: Any, attach: Any, movie: Path, tmp_path: Path, values: dict[str, object], message: str
) -> None:
    out, plain = tmp_path / "out.mov", tmp_path / "plain.mov"
    said = melt(movie, "out=1", *attach(**values), "-consumer", f"avformat:{out}", *RGBA, "real_time=-1")
    assert message in said
    melt(movie, "out=1", "-consumer", f"avformat:{plain}", *RGBA, "real_time=-1")
    np.testing.assert_array_equal(pictures(out), pictures(plain))
