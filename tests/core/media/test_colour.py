"""The matrix and the range that a file states decide about its RGB."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange

from trimatte.core.errors import MediaError
from trimatte.core.media import open_clip

KR_KB = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}


def to_ycbcr(rgb: tuple[float, float, float], matrix: int, *, full: bool) -> tuple[int, int, int]:
    """8-bit codes by the formula of ITU-T H.273."""
    kr, kb = KR_KB[matrix]
    r, g, b = rgb
    y = kr * r + (1 - kr - kb) * g + kb * b
    cb, cr = (b - y) / (2 * (1 - kb)), (r - y) / (2 * (1 - kr))
    if full:
        return round(255 * y), round(128 + 255 * cb), round(128 + 255 * cr)
    return round(16 + 219 * y), round(128 + 224 * cb), round(128 + 224 * cr)


def flat_movie(path: Path, codes: tuple[int, int, int], size: tuple[int, int], matrix: int, colour_range: int) -> Path:
    """A lossless movie of one colour with exactly these tags."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=24)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv444p"
        if matrix != 2:
            stream.codec_context.colorspace = matrix
        stream.codec_context.color_range = colour_range
        planes = np.empty((3, size[1], size[0]), np.uint8)
        planes[:] = np.array(codes)[:, None, None]
        frame = av.VideoFrame.from_ndarray(planes, format="yuv444p")
        frame.colorspace, frame.color_range, frame.pts = matrix, colour_range, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


COLOURS = [(0.8, 0.3, 0.1), (0.1, 0.7, 0.2), (0.2, 0.25, 0.9), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (0.5, 0.5, 0.5)]


@dataclass(frozen=True)
class Tags:
    matrix: int
    colour_range: ColorRange
    size: tuple[int, int]
    true_matrix: int


@pytest.mark.parametrize("rgb", COLOURS)
@pytest.mark.parametrize(
    "tags",
    [
        Tags(1, ColorRange.MPEG, (64, 48), 1),
        Tags(6, ColorRange.MPEG, (64, 48), 6),
        Tags(6, ColorRange.JPEG, (64, 48), 6),
        Tags(1, ColorRange.JPEG, (64, 48), 1),
        Tags(9, ColorRange.MPEG, (64, 48), 9),
        Tags(2, ColorRange.UNSPECIFIED, (720, 576), 6),
        Tags(2, ColorRange.UNSPECIFIED, (1280, 720), 1),
    ],
)
def test_the_formula_is_inverted(tmp_path: Path, rgb: tuple[float, float, float], tags: Tags) -> None:
    codes = to_ycbcr(rgb, tags.true_matrix, full=tags.colour_range == ColorRange.JPEG)
    path = flat_movie(tmp_path / "flat.mkv", codes, tags.size, tags.matrix, int(tags.colour_range))
    with open_clip(path) as clip:
        picture = clip.read(0)
    assert picture.dtype == np.float32
    np.testing.assert_allclose(picture[24, 32], rgb, atol=2.5 / 255)  # codes and result are rounded to 8 bits


def test_hdr_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "hdr.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=24)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p10le"
        stream.codec_context.color_trc = 16
        frame = av.VideoFrame(32, 32, "yuv420p10le")
        frame.color_trc, frame.pts = 16, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(MediaError, match=r"tagged PQ \(HDR\); display-referred SDR is read"):
        open_clip(path)
