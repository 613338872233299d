"""The page and the tables: they hold what was measured, and nothing outside the file is needed."""

import base64
import csv
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trimatte.core.sessions import SessionOptions
from trimatte.training.evaluation import ClipReport, ReportOptions, ratios_to, score_folder, write_report, write_tables
from trimatte.training.evaluation.crops import edge_crops, worst_frames
from trimatte.training.evaluation.curves import draw_curves
from trimatte.training.evaluation.results import OURS

from .conftest import FRAMES, HEIGHT, WIDTH, true_alpha

Write = Callable[[str, Callable[[int], np.ndarray]], Path]
_BASELINES = {"square": {"classic": {"SAD": 1.0, "MSE": 2.0}}}


def _spoilt(frame: int) -> np.ndarray:
    """The truth with a hole at the right edge, the larger the later the frame."""
    alpha = true_alpha(frame)
    alpha[40 : 44 + frame, 70 + 2 * frame : 80 + 2 * frame] = 0
    return alpha


@pytest.fixture
def report(clips: Path, write_mattes: Write) -> ClipReport:
    """Two methods, of which one stands for ours."""
    against = {OURS: write_mattes("ours", _spoilt), "<other>": write_mattes("other", lambda f: true_alpha(f) // 2)}
    return score_folder(
        clips / "square", SessionOptions(), against=against, options=ReportOptions(has_own=False, connectivity=False)
    )


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [str(value) for name, value in attrs if name in ("src", "href")]


def test_the_page_stands_alone_and_shows_curves_and_worst_frames(report: ClipReport, tmp_path: Path) -> None:
    text = write_report([report], _BASELINES, tmp_path / "report.html", about="half & half").read_text()
    page = _Page()
    page.feed(text)
    assert page.tags.count("svg") == 4
    assert page.addresses
    assert all(address.startswith("data:image/png;base64,") for address in page.addresses)
    assert "<other>" not in text
    assert "&lt;other&gt;" in text
    assert "half &amp; half" in text
    assert "classic (known)" in text
    assert re.search(rf"Frame {FRAMES - 1}: band MSE", text)  # the largest hole
    with Image.open(io.BytesIO(base64.b64decode(page.addresses[0].split(",")[1]))) as picture:
        assert picture.size == (WIDTH, HEIGHT)


def test_tables_hold_every_frame_and_the_ratios(report: ClipReport, tmp_path: Path) -> None:
    write_tables([report], _BASELINES, tmp_path)
    tables = {}
    for name in ("frames", "clips", "ratios"):
        with (tmp_path / f"{name}.csv").open(newline="") as file:
            tables[name] = list(csv.DictReader(file))
    assert len(tables["frames"]) == 2 * FRAMES
    assert float(tables["frames"][3]["SAD"]) == pytest.approx(10 * 7 / 1000)
    assert [row["method"] for row in tables["clips"]] == [OURS, "<other>", "classic"]
    against_classic = next(row for row in tables["ratios"] if row["against"] == "classic" and row["clip"] == "mean")
    ours = np.mean([10 * (4 + frame) / 1000 for frame in range(FRAMES)])
    assert float(against_classic["SAD"]) == pytest.approx(ours / 1.0)
    assert {ratios.method for ratios in ratios_to([report], _BASELINES)} == {"classic", "<other>"}


def test_the_crop_shows_where_the_error_is(report: ClipReport) -> None:
    plate = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    crop = edge_crops(report, 3, plate, OURS)
    assert crop.x <= 76
    assert crop.x + min(96, HEIGHT) >= 86
    assert set(crop.pictures) == {"plate", "true alpha", OURS, "<other>", f"{OURS} over green"}


def test_worst_frames_keep_apart() -> None:
    assert worst_frames([0, 9, 8, 1, 1, 1, 1, 5], count=2, spacing=3) == [1, 7]
    assert worst_frames([1.0], count=3) == [0]


def test_a_curve_has_gaps_where_values_are_missing_and_reaches_its_ends() -> None:
    drawn = draw_curves("a < b", {"one": [None, 1.0, 2.0, None, 4.0, 3.0], "two": [0.0] * 6})
    assert "a &lt; b" in drawn
    points = re.findall(r'points="([^"]*)"', drawn)
    assert [len(line.split()) for line in points] == [6, 2, 2]  # the first name is drawn last, on top
    assert [float(point.split(",")[1]) for line in points[1:] for point in line.split()] == [117.0, 86.0, 24.0, 55.0]
    assert draw_curves("empty", {"one": [None]}).endswith("</svg>")
