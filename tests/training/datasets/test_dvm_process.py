from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from trimatte.training.datasets.dvm_composites import parse_line
from trimatte.training.datasets.dvm_process import DvmProcessOptions, compose_frames, write_composites
from trimatte.training.datasets.dvm_records import DvmClip, write_clip

Draw = Callable[..., Path]


def _movie(path: Path, frames: list[np.ndarray]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as movie:
        stream = movie.add_stream("ffv1" if path.suffix == ".mkv" else "libx264", Fraction(25))
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv444p"
        stream.options = {"crf": "1"}
        for frame in frames:
            movie.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        movie.mux(stream.encode(None))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A still with a hard and a soft half, a moving foreground, and a background that brightens."""
    folder = tmp_path / "fg" / "image" / "train"
    for kind in ("fg", "alpha"):
        (folder / kind).mkdir(parents=True)
    Image.fromarray(np.full((24, 32, 3), (200, 100, 0), np.uint8)).save(folder / "fg" / "boy.png")
    alpha = np.full((24, 32), 255, np.uint8)
    alpha[:, 16:] = 128
    Image.fromarray(alpha).save(folder / "alpha" / "boy.png")
    _movie(tmp_path / "bg" / "train" / "0001.mp4", [np.full((48, 64, 3), 20 * i, np.uint8) for i in range(5)])
    video = tmp_path / "fg" / "video" / "train" / "0004"
    _movie(video / "f.mp4", [np.full((24, 32, 3), 240, np.uint8)] * 3)
    _movie(video / "a.mp4", [np.full((24, 32, 3), 255, np.uint8)] * 3)
    return tmp_path


@pytest.mark.parametrize(("line", "count"), [("image+boy.png+0001.mp4", 5), ("video+0004+0001.mp4", 3)])
def test_a_composite_is_its_foreground_over_its_background(root: Path, line: str, count: int) -> None:
    frames = list(compose_frames(parse_line(line), root, DvmProcessOptions()))
    assert len(frames) == count
    for frame in frames:
        alpha = frame["a"].astype(float)[..., None] / 255
        composed = frame["f"] + frame["b"] * (1 - alpha)
        assert np.abs(composed - frame["v"]).max() <= 2  # truncated to bytes twice
        assert frame["v"].shape == (28, 38, 3)  # 1.2 times the foreground
    behind = [float(frame["b"].mean()) for frame in frames]
    assert behind == sorted(behind)
    assert behind[1] - behind[0] > 10


def test_a_moving_foreground_stays_in_the_middle(root: Path) -> None:
    frame = next(compose_frames(parse_line("video+0004+0001.mp4"), root, DvmProcessOptions()))
    inside = np.zeros((28, 38), bool)
    inside[2:26, 3:35] = True
    assert (frame["a"] > 250)[inside].all()
    assert frame["a"][~inside].max() == 0


def test_draws_depend_on_seed_and_name_alone(root: Path) -> None:
    composite = parse_line("image+boy.png+0001.mp4")
    first, again, other = (
        np.stack([frame["v"] for frame in compose_frames(composite, root, DvmProcessOptions(seed=seed))])
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_clips_are_written_for_the_records_and_left_out_when_there_or_missing(root: Path) -> None:
    chosen = [parse_line(line) for line in ("image+boy.png+0001.mp4", "image+girl.png+0001.mp4")]
    output = root / "out"
    first = dict(write_composites(chosen, root, output, DvmProcessOptions()))
    assert first["image_boy_0001"] is None
    assert "girl.png is missing" in str(first["image_girl_0001"])
    assert dict(write_composites(chosen[:1], root, output, DvmProcessOptions())) == {
        "image_boy_0001": "is there already"
    }
    assert sorted(path.name for path in output.iterdir()) == ["a", "b", "f", "v"]
    record = root / "boy.tfrecord"
    assert write_clip(output, "image_boy_0001", "vfba", record) == 5
    assert DvmClip(record).read(4, "va")["v"].shape == (28, 38, 3)


def test_the_background_may_be_blurred(root: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (48, 64, 3), np.uint8)
    _movie(root / "bg" / "train" / "0002.mp4", [noise] * 2)
    composite = parse_line("image+boy.png+0002.mp4")
    plain, blurred = (
        next(compose_frames(composite, root, DvmProcessOptions(has_blurred_background=blur)))["b"].astype(float)
        for blur in (False, True)
    )
    assert blurred.std() < 0.5 * plain.std()
