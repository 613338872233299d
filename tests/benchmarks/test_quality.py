"""The page of results: scored, looked at and drawn from clips in one go; words of the page stay."""

import importlib
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import av
import numpy as np
import pytest
from PIL import Image

_BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def quality(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(_BENCHMARKS))
    yield importlib.import_module("quality")
    for name in ("quality", "quality_page"):
        sys.modules.pop(name, None)


def _movie(path: Path, frames: list[np.ndarray], codec: str, pixel_format: str, given: str) -> None:
    with av.open(str(path), "w") as movie:
        stream = movie.add_stream(codec, rate=Fraction(24))
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixel_format
        for frame in frames:
            movie.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format=given)))
        movie.mux(stream.encode())


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """A bright square before a dark ground, once with true alpha and once with a mask."""
    alphas = [np.zeros((48, 64), np.uint8) for _ in range(2)]
    for shift, alpha in enumerate(alphas):
        alpha[12:36, 16 + 2 * shift : 40 + 2 * shift] = 255
    trimap = alphas[0].copy()
    trimap[8:40, 12:44] = 128
    trimap[16:32, 20:36] = 255
    for name, truth in (("syn", "alpha.mkv"), ("real", "mask.mkv")):
        folder = tmp_path / "clips" / name
        folder.mkdir(parents=True)
        _movie(folder / truth, alphas, "ffv1", "gray", "gray")
        plates = [np.repeat(alpha[..., None], 3, 2) // 2 + 40 for alpha in alphas]
        _movie(folder / "rgb.mp4", plates, "libx264", "yuv420p", "rgb24")
        Image.fromarray(trimap).save(folder / "trimap_0000.png")
    table = "| clip | method | MSE | dtSSD |\n|---|---|---|---|\n| syn | prop_cf | 900.0 | 90.0 |\n"
    (tmp_path / "clips" / "README.md").write_text(table)
    return tmp_path / "clips"


def test_one_command_fills_the_page_and_leaves_its_words(
    quality: ModuleType, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, log = tmp_path / "results", tmp_path / "log.jsonl"
    output.mkdir()
    (output / "README.md").write_text("# Ours\nWords.\n<!-- scores -->\nold\n<!-- end scores -->\nMore words.\n")
    log.write_text("".join(f'{{"step": {50 * n}, "total": {1 / n}, "odd": 3}}\n' for n in range(1, 9)))
    given = [str(clips), "--output", str(output), "--log", f"small={log}", "--device", "cpu"]
    monkeypatch.setattr(sys, "argv", ["quality.py", *given])
    quality.main()
    page = (output / "README.md").read_text()
    assert page.startswith("# Ours\nWords.\n<!-- scores -->\n| clip |")
    assert "More words." in page
    assert "old" not in page
    assert "| syn | **trimatte** |" in page
    assert "| prop_cf | **mean** |" in page
    assert "| real | 2 |" in page
    assert "total" in (output / "learning.svg").read_text()
    assert (output / "runs" / "small.csv").read_text().splitlines()[0].startswith("step,seconds,total")
    for name in ("syn", "real"):
        with Image.open(output / f"{name}.jpg") as sheet:
            assert sheet.size == (4 * 280, 210)


def test_what_is_lost_and_what_floods_in_is_counted_against_the_subject(quality: ModuleType) -> None:
    truth = np.zeros((10, 20))
    truth[:, :10] = 1
    matte = truth.copy()
    matte[:, :2] = 0
    matte[:5, 10:] = 1
    assert quality.lost_and_flooded(matte, truth) == pytest.approx((0.2, 0.5))
