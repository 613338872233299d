"""Scoring a network and a session on a clip with true alpha."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from PIL import Image

from trimatte.core import create_network
from trimatte.core.sessions import SessionOptions
from trimatte.training.errors import DatasetError
from trimatte.training.evaluate import PropagationSettings, propagate, read_evaluation_clip, score_propagation
from trimatte.training.evaluate_session import models_of_runs, read_baselines, score_session
from trimatte.training.run_folder import RunFolder


def _write(path: Path, frames: Iterator[np.ndarray], codec: str, pixel_format: str, given: str) -> None:
    with av.open(str(path), "w") as movie:
        stream = movie.add_stream(codec, rate=Fraction(24))
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixel_format
        for frame in frames:
            movie.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format=given)))
        movie.mux(stream.encode())


@pytest.fixture(scope="module")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bright square that moves over a dark ground, three frames."""
    folder = tmp_path_factory.mktemp("square")
    alphas = [np.zeros((48, 64), np.uint8) for _ in range(3)]
    for shift, alpha in enumerate(alphas):
        alpha[12:36, 16 + 2 * shift : 40 + 2 * shift] = 255
    _write(folder / "alpha.mkv", iter(alphas), "ffv1", "gray", "gray")
    _write(folder / "rgb.mp4", (np.repeat(a[..., None], 3, 2) // 2 + 40 for a in alphas), "libx264", "yuv420p", "rgb24")
    trimap = alphas[0].copy()
    trimap[8:40, 12:44] = 128
    trimap[16:32, 20:36] = 255
    Image.fromarray(trimap).save(folder / "trimap_0000.png")
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was saved before it learned anything."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        network = create_network("ftpvm", unused_stages=False)
    folder = tmp_path_factory.mktemp("run")
    RunFolder(folder).save({"average": network.state_dict(), "step_count": 0, "seconds": 0.0})
    return folder


def test_a_network_is_scored_frame_by_frame(clip_folder: Path, run: Path) -> None:
    clip = read_evaluation_clip(clip_folder)
    assert clip.frames.shape == (3, 48, 64, 3)
    network = models_of_runs(run).propagation
    settings = PropagationSettings(working_size=64, bfloat16=False)
    scores = score_propagation(network, clip, settings)
    errors = [
        np.abs(matte - truth / 255).sum() / 1000
        for (matte, _), truth in zip(propagate(network, clip, settings), clip.truth, strict=True)
    ]
    np.testing.assert_allclose([row["SAD"] for row in scores.whole], errors, rtol=1e-6)


def test_sharper_keys_leave_the_network_as_it_was(clip_folder: Path, run: Path) -> None:
    network = models_of_runs(run).propagation
    before = {name: value.clone() for name, value in network.state_dict().items()}
    clip = read_evaluation_clip(clip_folder, frames=1)
    list(propagate(network, clip, PropagationSettings(working_size=64, key_scale=2.25, bfloat16=False)))
    for name, value in network.state_dict().items():
        torch.testing.assert_close(value, before[name])


def test_a_session_is_scored_and_the_keyframes_known_pixels_are_final(clip_folder: Path, run: Path) -> None:
    options = SessionOptions(working_size=64, device="cpu")
    scores = score_session(clip_folder, options, models_of_runs(run), frames=2)
    assert len(scores.whole) == 2
    assert scores.whole[0]["SAD"] <= (32 * 32 - 16 * 16) / 1000  # only the unknown band can be wrong there


def test_a_clip_without_true_alpha_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no alpha\.mkv"):
        read_evaluation_clip(tmp_path)


def test_baselines_are_read_from_a_page(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(
        "# Clips\n| clip | what |\n|---|---|\n| a | fur |\n\n| clip | method | SAD | band SAD |\n"
        "|---|---|---|---|\n| a | trivial | 14.38 | 10.99 |\n| a | flow | 2.78 | 2.62 |\n"
    )
    expected = {"a": {"trivial": {"SAD": 14.38, "band SAD": 10.99}, "flow": {"SAD": 2.78, "band SAD": 2.62}}}
    assert read_baselines(page) == expected
