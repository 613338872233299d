"""A file played in real time as a camera: late frames are dropped, never queued, and the output keeps its rate."""

import importlib.util
import io
import os
import time
from fractions import Fraction
from pathlib import Path
from types import ModuleType, SimpleNamespace

import av
import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from trimatte.core.errors import MediaError
from trimatte.core.inference.live import FtpVmLive, run_live
from trimatte.core.inference.live_background import LiveBackground
from trimatte.core.inference.live_camera import LiveCamera
from trimatte.core.inference.live_output import LiveOutput, open_live_output
from trimatte.core.media.open import open_clip
from trimatte.core.media.writers import FrameWriter
from trimatte.core.networks.ftp_vm import FTPVM
from trimatte.kernels.errors import TrimatteError


def load_movies() -> ModuleType:
    path = Path(__file__).parents[1] / "media" / "movies.py"
    spec = importlib.util.spec_from_file_location("movies", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


movies = load_movies()
SIZE = (movies.WIDTH, movies.HEIGHT)
RATE = Fraction(24)


class Slow:
    """Takes its time, and notes how old a frame is when it gets it."""

    def __init__(self, camera: LiveCamera, seconds: float) -> None:
        self.camera, self.seconds = camera, seconds
        self.taken: list[int] = []
        self.behind: list[int] = []

    def matte(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        self.taken.append(movies.number_in((picture * 255).to(torch.uint8).permute(1, 2, 0).numpy()))
        self.behind.append(self.camera.arrived - 1 - self.taken[-1])
        time.sleep(self.seconds)
        return picture, torch.ones(1, *picture.shape[1:])


class Kept(FrameWriter):
    """Keeps what is written."""

    def __init__(self) -> None:
        self.pictures: list[np.ndarray] = []

    def write(self, frame: int, picture: np.ndarray) -> None:
        assert frame == len(self.pictures)
        self.pictures.append(picture)

    def finish(self) -> None:
        """Nothing to do."""

    def abort(self) -> None:
        """Nothing to do."""


@pytest.fixture
def movie(tmp_path: Path) -> Path:
    return Path(movies.write_movie(tmp_path / "camera.mp4", frames=24, rate=RATE))


def test_a_slow_matter_gets_fewer_frames_not_older_ones(movie: Path) -> None:
    kept = Kept()
    with LiveCamera(str(movie)) as camera:
        slow = Slow(camera, 0.15)
        begin = time.monotonic()
        with LiveOutput(kept, RATE) as output:
            report = run_live(camera, slow, LiveBackground("#000000", SIZE), output)
        elapsed = time.monotonic() - begin
    assert slow.taken == sorted(set(slow.taken))
    assert slow.taken[-1] == 23
    assert report.matted == len(slow.taken)
    assert report.arrived == 24 == report.matted + report.dropped
    assert report.dropped >= 12
    assert 0.9 < elapsed < 4  # played in real time, and no backlog was worked off afterwards
    assert max(slow.behind) <= 2  # the newest one, but for the moment between taking and looking
    shown = [movies.number_in(picture) for picture in kept.pictures]
    assert len(shown) == 24  # a constant rate: gaps repeat the picture before
    for place, number in enumerate(shown):
        assert number == max(taken for taken in slow.taken if taken <= place)


def test_a_fast_matter_gets_every_frame_in_time(movie: Path) -> None:
    with LiveCamera(str(movie)) as camera, LiveOutput(Kept(), RATE) as output:
        report = run_live(camera, Slow(camera, 0), LiveBackground("78ff9b", SIZE), output)
    assert report.matted >= 20  # on a busy machine a few may be late
    assert report.seconds > 0.9  # 23 frames at 24 a second, less the time to start
    assert report.mean_delay < 0.1
    assert "frames came" in str(report)


def test_a_synthetic_device_is_a_camera_and_time_limits_it() -> None:
    source = "testsrc=size=128x64:rate=25,realtime"
    with LiveCamera(source, format="lavfi") as camera, LiveOutput(Kept(), RATE) as output:
        assert (camera.size, camera.rate) == (SIZE, 25)
        report = run_live(camera, Slow(camera, 0.01), LiveBackground("#000000", SIZE), output, seconds=0.4)
    assert 2 <= report.matted <= 20
    assert report.seconds < 2


def test_the_network_mattes_live_and_the_movie_is_whole(ftp_vm: FTPVM, movie: Path, tmp_path: Path) -> None:
    Image.fromarray(np.full((80, 60, 3), (0, 0, 255), np.uint8)).save(tmp_path / "blue.png")
    random = torch.Generator().manual_seed(0)
    memory = torch.rand(1, 3, *SIZE[::-1], generator=random), torch.rand(1, 1, *SIZE[::-1], generator=random).round()
    with LiveCamera(str(movie)) as camera:
        target = tmp_path / "out" / "live.mp4"
        with open_live_output(str(target), size=camera.size, rate=camera.rate) as output:
            matter = FtpVmLive(ftp_vm, memory, 0.5)
            report = run_live(camera, matter, LiveBackground(str(tmp_path / "blue.png"), SIZE), output)
    assert report.matted + report.dropped == 24
    assert [path.name for path in target.parent.iterdir()] == ["live.mp4"]
    with open_clip(target) as clip:
        assert clip.rate == RATE
        assert 20 <= len(clip) <= 24
        assert (clip.width, clip.height) == SIZE


def test_a_background_movie_repeats_and_covers_the_frame(movie: Path) -> None:
    background = LiveBackground(str(movie), (64, 64))
    assert background.at(0).shape == (3, 64, 64)
    assert torch.equal(background.at(3 / 24 + 0.01), background.at(1 + 3 / 24 + 0.01))
    assert not torch.equal(background.at(0.01), background.at(0.5))
    background.close()


@pytest.mark.parametrize(("format", "codec"), [("nut", "rawvideo"), ("yuv4mpegpipe", "rawvideo"), ("mpegts", "h264")])
def test_a_stream_can_be_read_while_it_is_written(tmp_path: Path, format: str, codec: str) -> None:
    path = tmp_path / "stream"
    with open_live_output(str(path), size=SIZE, rate=RATE, format=format) as output:
        for number in range(6):
            output.show(movies.numbered(number), number / 24)
    with av.open(io.BytesIO(path.read_bytes())) as container:
        assert container.streams.video[0].codec_context.name == codec
        shown = [movies.number_in(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
    assert shown == list(range(6))


def test_a_viewer_that_goes_ends_the_run(movie: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb", buffering=0) as pipe:
        monkeypatch.setattr("sys.stdout", SimpleNamespace(buffer=pipe))
        with LiveCamera(str(movie)) as camera, open_live_output("-", size=SIZE, rate=RATE) as output:
            report = run_live(camera, Slow(camera, 0), LiveBackground("#000000", SIZE), output)
    assert report.matted < 12


def test_what_is_no_camera_or_background_is_refused(movie: Path, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no movie")
    for source, message in [
        (str(tmp_path / "none.mp4"), r"none\.mp4: cannot be opened as a camera"),
        (str(tmp_path / "text.mp4"), r"text\.mp4: cannot be opened as a camera"),
        ("/dev/video99", "cannot be opened as a camera"),
    ]:
        with pytest.raises(MediaError, match=message):
            LiveCamera(source)
    with pytest.raises(MediaError, match="cannot be opened as a camera"):
        LiveCamera(str(movie), format="nonsense")
    with pytest.raises(MediaError, match="'nothing' is no background; give a colour"):
        LiveBackground("nothing", SIZE)
    with pytest.raises(MediaError, match="states no frame rate; give one"):
        open_live_output("-", size=SIZE, rate=None)
    with pytest.raises(TrimatteError, match="is not the name of a movie"):
        open_live_output(str(tmp_path / "a.txt"), size=SIZE, rate=RATE)


def test_a_failure_leaves_no_half_output(movie: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"

    class Failing(Slow):
        def matte(self, picture: Tensor) -> tuple[Tensor, Tensor]:
            if self.taken:
                raise MediaError("the camera is gone")
            return super().matte(picture)

    with (
        LiveCamera(str(movie)) as camera,
        pytest.raises(MediaError, match="the camera is gone"),
        open_live_output(str(target), size=SIZE, rate=RATE) as output,
    ):
        run_live(camera, Failing(camera, 0), LiveBackground("#000000", SIZE), output)
    assert not target.exists()
    assert not list(tmp_path.glob(".out*"))


def test_a_torn_movie_ends_where_it_is_torn(tmp_path: Path) -> None:
    whole = movies.write_movie(tmp_path / "camera.mkv", frames=24, rate=RATE)
    torn = tmp_path / "torn.mkv"
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with LiveCamera(str(torn)) as camera, LiveOutput(Kept(), RATE) as output:
        report = run_live(camera, Slow(camera, 0), LiveBackground("#000000", SIZE), output)
    assert 1 <= report.arrived < 24
