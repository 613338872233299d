"""``convert_video``: what it writes equals what the network gives, and bad input leaves nothing behind."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import av
import numpy as np
import pytest
import torch
from torch import nn

from trimatte.core import create_network
from trimatte.core.errors import MediaError
from trimatte.core.inference.rvm_convert import BACKGROUND, convert_video
from trimatte.core.media.image_file import encode_image, read_image
from trimatte.core.media.open import open_clip
from trimatte.core.media.writers import FORMATS, MovieWriter
from trimatte.kernels.errors import TrimatteError

WIDTH, HEIGHT = 96, 64


@pytest.fixture(scope="module")
def network(golden_weights: ModuleType) -> nn.Module:
    return golden_weights.fill(create_network("rvm_mobilenetv3"), 0, 0.87)


@pytest.fixture
def frames() -> np.ndarray:
    """Five frames (5, H, W, 3) of smooth colour, uint8."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    shades = [[(x * 2 + t * 9) % 256, (y * 3 + t * 5) % 256, (x + y + t * 20) % 256] for t in range(5)]
    return np.asarray(shades, np.uint8).transpose(0, 2, 3, 1)


@pytest.fixture
def folder(tmp_path: Path, frames: np.ndarray) -> Path:
    """The frames as images whose names have no numbers, beside a file that is no image."""
    path = tmp_path / "plates"
    path.mkdir()
    for name, frame in zip("abcde", frames, strict=True):
        (path / f"{name}.png").write_bytes(encode_image(frame, "png"))
    (path / "notes.txt").write_text("not a picture")
    return path


@pytest.fixture
def movie(tmp_path: Path, frames: np.ndarray) -> Path:
    path = tmp_path / "plate.mkv"
    write_movie(path, frames)
    return path


def write_movie(path: Path, frames: np.ndarray) -> None:
    height, width = frames.shape[1:3]
    with MovieWriter(path, FORMATS["ffv1"], size=(width, height), channels=3, rate=Fraction(24000, 1001)) as writer:
        for number, frame in enumerate(frames):
            writer.write(number, frame.astype(np.uint16) * 257)


def expected(network: nn.Module, frames: np.ndarray, ratio: float) -> tuple[np.ndarray, np.ndarray]:
    """Run frame by frame; return foreground (T, H, W, 3) and alpha (T, H, W), float32."""
    clip = torch.from_numpy(frames.transpose(0, 3, 1, 2).copy()).float() / 255
    states: list[torch.Tensor] = []
    found = []
    with torch.no_grad():
        for frame in clip:
            foreground, alpha, *states = network(frame[None], *states, downsample_ratio=ratio)
            found.append((foreground[0].permute(1, 2, 0).numpy(), alpha[0, 0].numpy()))
    return np.stack([pair[0] for pair in found]), np.stack([pair[1] for pair in found])


def read_folder(folder: Path, count: int = 5) -> np.ndarray:
    assert sorted(path.name for path in folder.iterdir()) == [f"{number:04d}.png" for number in range(count)]
    return np.stack([read_image(folder / f"{number:04d}.png") for number in range(count)])


def within_a_step(found: np.ndarray, exact: np.ndarray) -> bool:
    """Whether ``found`` is ``exact`` x 255 truncated, up to the rounding error of one run of the network."""
    return bool((np.abs(found - exact * 255 + 0.5) <= 0.5 + 0.01).all())


@pytest.mark.parametrize(("seq_chunk", "num_workers"), [(1, 0), (2, 2), (12, 1)])
def test_images_hold_what_the_network_gives(
    network: nn.Module, folder: Path, frames: np.ndarray, tmp_path: Path, seq_chunk: int, num_workers: int
) -> None:
    count = convert_video(
        network,
        str(folder),
        output_type="png_sequence",
        output_composition=str(tmp_path / "com"),
        output_alpha=tmp_path / "alpha",
        output_foreground=tmp_path / "deep" / "foreground",
        downsample_ratio=0.5,
        seq_chunk=seq_chunk,
        num_workers=num_workers,
        progress=False,
    )
    assert count == 5
    foreground, alpha = expected(network, frames, 0.5)
    assert alpha.std() > 0.01
    assert within_a_step(read_folder(tmp_path / "alpha")[..., 0], alpha)
    assert within_a_step(read_folder(tmp_path / "deep" / "foreground"), foreground)
    composition = read_folder(tmp_path / "com")
    assert composition.shape == (5, HEIGHT, WIDTH, 4)
    assert within_a_step(composition[..., 3], alpha)
    # Chunks of another length differ in the last bits, so an alpha of 0 may be 1e-8.
    assert within_a_step(composition[..., :3][alpha > 1e-5], foreground[alpha > 1e-5])
    assert (composition[..., :3][alpha == 0] == 0).all(axis=-1).mean() > 0.99


def test_rounding_to_the_nearest_step_is_an_option(
    network: nn.Module, folder: Path, frames: np.ndarray, tmp_path: Path
) -> None:
    convert_video(
        network,
        folder,
        output_type="png_sequence",
        output_alpha=tmp_path / "alpha",
        downsample_ratio=1,
        progress=False,
        rounding="nearest",
    )
    alpha = expected(network, frames, 1)[1]
    assert np.abs(read_folder(tmp_path / "alpha")[..., 0] - alpha * 255).max() <= 0.51


def test_a_movie_becomes_movies_of_the_same_rate(
    network: nn.Module, movie: Path, frames: np.ndarray, tmp_path: Path
) -> None:
    paths = {name: tmp_path / "out" / f"{name}.mp4" for name in ("composition", "alpha", "foreground")}
    convert_video(
        network,
        movie,
        output_composition=paths["composition"],
        output_alpha=paths["alpha"],
        output_foreground=paths["foreground"],
        output_video_mbps=8,
        seq_chunk=2,
        progress=False,
    )
    foreground, alpha = expected(network, frames, 1)
    mattes = np.repeat(alpha[..., None], 3, axis=-1)
    over_green = foreground * mattes + np.asarray(BACKGROUND, np.float32) * (1 - mattes)
    for name, exact in (("composition", over_green), ("alpha", mattes), ("foreground", foreground)):
        with open_clip(paths[name]) as clip:
            assert (len(clip), clip.rate) == (5, Fraction(24000, 1001))
            found = np.stack([clip.read(frame) for frame in range(5)])
        assert np.abs(found - exact).mean() < 0.03, name  # yuv420p at 8 Mbit/s


def test_the_automatic_ratio_is_that_of_the_first_chunk(folder: Path, tmp_path: Path) -> None:
    ratios = []

    class Recorder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(1))

        def forward(self, clip: torch.Tensor, *rest: object) -> list[object]:
            ratios.append(rest[-1])
            return [clip, clip[:, :, :1], *rest[:4]]

    convert_video(
        Recorder(),
        folder,
        input_resize=(1024, 512),
        output_type="png_sequence",
        output_alpha=tmp_path / "alpha",
        seq_chunk=3,
        progress=False,
    )
    assert ratios == [0.5, 0.5]


def test_the_model_is_left_as_it_was(network: nn.Module, folder: Path, tmp_path: Path) -> None:
    network.train()
    try:
        before = {name: value.clone() for name, value in network.state_dict().items()}
        convert_video(network, folder, output_type="png_sequence", output_alpha=tmp_path / "a", progress=False)
        assert network.training
        for name, value in network.state_dict().items():
            assert torch.equal(value, before[name]), name
    finally:
        network.eval()


BAD_ARGUMENTS: list[tuple[dict[str, object], str]] = [
    ({"downsample_ratio": 0}, "downsample_ratio is 0; expected above 0 up to 1"),
    ({"downsample_ratio": 1.5}, "downsample_ratio is 1.5"),
    ({"output_alpha": None}, "no output is named"),
    ({"output_type": "gif"}, "output_type is 'gif'; expected one of video, png_sequence"),
    ({"seq_chunk": 0}, "seq_chunk is 0"),
    ({"num_workers": -1}, "num_workers is -1"),
    ({"input_resize": (0, 32)}, "input_resize is 0x32"),
    ({"output_video_mbps": 0}, "output_video_mbps is 0"),
    ({"rounding": "up"}, "rounding is 'up'"),
    ({"input_resize": (31, 32)}, "needs an even width and height, the frames are 31x32; give an input resize"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD_ARGUMENTS)
def test_bad_arguments_are_refused_before_anything_is_written(
    network: nn.Module, folder: Path, tmp_path: Path, arguments: dict[str, object], message: str
) -> None:
    output = tmp_path / "out" / "alpha.mp4"
    with pytest.raises(TrimatteError, match=message):
        convert_video(network, folder, **({"output_alpha": output, "progress": False} | arguments))  # type: ignore[arg-type]
    assert not output.parent.exists()


def test_the_input_is_never_overwritten(network: nn.Module, movie: Path) -> None:
    with pytest.raises(TrimatteError, match="is named twice"):
        convert_video(network, movie, output_alpha=movie, progress=False)


@pytest.mark.parametrize(
    "make", [lambda path: None, lambda path: path.mkdir(), lambda path: path.write_text("no movie")]
)
def test_input_without_pictures_is_refused(network: nn.Module, tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "source")
    with pytest.raises(MediaError, match=r"source: (no such file|holds no image|cannot be opened)"):
        convert_video(network, tmp_path / "source", output_alpha=tmp_path / "alpha.mp4", progress=False)
    assert not (tmp_path / "alpha.mp4").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"torn", "c.png: is not a whole png image"),
        (encode_image(np.zeros((8, 8), np.uint8), "png"), "image 2 is 8x8, the first is 96x64; give one size to all"),
    ],
    ids=["torn", "small"],
)
@pytest.mark.parametrize("num_workers", [0, 2])
def test_a_bad_picture_in_the_middle_leaves_no_half_movie(
    network: nn.Module, folder: Path, tmp_path: Path, content: bytes, message: str, num_workers: int
) -> None:
    (folder / "c.png").write_bytes(content)
    with pytest.raises(MediaError, match=message):
        convert_video(
            network, folder, output_alpha=tmp_path / "out" / "alpha.mp4", num_workers=num_workers, progress=False
        )
    assert list((tmp_path / "out").iterdir()) == []


def test_a_model_without_parameters_needs_device_and_dtype(folder: Path, tmp_path: Path) -> None:
    class Plain(nn.Module):
        def forward(self, clip: torch.Tensor, *rest: object) -> list[object]:
            return [clip, clip[:, :, :1], *rest[:4]]

    with pytest.raises(TrimatteError, match="no parameters to take device and dtype from; give both"):
        convert_video(Plain(), folder, output_type="png_sequence", output_alpha=tmp_path / "alpha", progress=False)
    convert_video(
        Plain(),
        folder,
        output_type="png_sequence",
        output_alpha=tmp_path / "alpha",
        progress=False,
        device="cpu",
        dtype=torch.float64,
    )
    assert len(read_folder(tmp_path / "alpha")) == 5


def test_a_truncated_movie_leaves_no_half_movie(network: nn.Module, tmp_path: Path) -> None:
    noise = np.random.default_rng(4).integers(0, 256, (8, HEIGHT, WIDTH, 3), np.uint8)
    write_movie(tmp_path / "whole.mkv", noise)
    data = (tmp_path / "whole.mkv").read_bytes()
    (tmp_path / "cut.mkv").write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(MediaError, match=r"cut\.mkv: frame \d cannot be (read|decoded)"):
        convert_video(network, tmp_path / "cut.mkv", output_alpha=tmp_path / "out" / "alpha.mp4", progress=False)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_movie_of_varying_rate_becomes_images_only(network: nn.Module, tmp_path: Path) -> None:
    path = tmp_path / "varying.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for time in (0, 1, 4, 5, 11):
            frame = av.VideoFrame.from_ndarray(np.full((HEIGHT, WIDTH, 3), time * 20, np.uint8), "rgb24")
            frame.pts, frame.time_base = time, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(
        TrimatteError, match="the frame rate of the input varies, a movie has one; write a png_sequence"
    ):
        convert_video(network, path, output_alpha=tmp_path / "alpha.mp4", progress=False)
    convert_video(network, path, output_type="png_sequence", output_alpha=tmp_path / "alpha", progress=False)
    assert len(read_folder(tmp_path / "alpha")) == 5
