"""A file played in real time as a camera: late frames are dropped, never queued, and the output keeps its rate."""

import io
import os
import threading
import time
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from trimatte.core.errors import MediaError
from trimatte.core.inference.live import FtpVmLive, LiveMatter, LiveReport, run_live
from trimatte.core.inference.live_background import LiveBackground
from trimatte.core.inference.live_camera import LiveCamera
from trimatte.core.inference.live_output import LiveOutput, open_live_output
from trimatte.core.media.open import open_clip
from trimatte.core.media.writers import FrameWriter
from trimatte.core.networks.ftp_vm import FTPVM
from trimatte.kernels.errors import TrimatteError

from ..media import movies

SIZE = (movies.WIDTH, movies.HEIGHT)
RATE = Fraction(24)
FRAMES = 24


class Gate:
    """Stands for the time between frames: the camera shows one more frame for each that is let through."""

    def __init__(self) -> None:
        self.frames = threading.Semaphore(1)
        self.delays: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.delays.append(seconds)
        assert self.frames.acquire(timeout=20)
        return False


class Coded:
    """Reads the number burnt into a frame, and mattes that number of columns below it."""

    def __init__(self) -> None:
        self.taken: list[int] = []

    def matte(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        number = movies.number_in((picture * 255).to(torch.uint8).permute(1, 2, 0).numpy())
        self.taken.append(number)
        return picture, coded_alpha(number)


def coded_alpha(number: int) -> Tensor:
    alpha = torch.zeros(1, movies.HEIGHT, movies.WIDTH)
    alpha[:, : movies.SQUARE] = 1
    alpha[:, movies.SQUARE :, : number + 1] = 1
    return alpha


class Passing:
    """While it mattes, ``count`` more frames come."""

    def __init__(self, matter: LiveMatter, gate: Gate, count: int) -> None:
        self.matter, self.gate, self.count = matter, gate, count
        self.camera: LiveCamera | None = None
        self.arrived = 1

    def matte(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        found = self.matter.matte(picture)
        self.arrived = min(self.arrived + self.count, FRAMES)
        self.gate.frames.release(self.count)
        assert self.camera is not None
        deadline = time.monotonic() + 20
        while self.camera.arrived < self.arrived:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        return found


def run_passing(movie: Path, matter: LiveMatter, count: int, output: LiveOutput) -> tuple[LiveReport, list[float]]:
    """Run on a clock that stands still: ``count`` frames come while one is matted, however fast the machine is."""
    gate = Gate()
    passing = Passing(matter, gate, count)
    with LiveCamera(str(movie), clock=lambda: 0.0, wait=gate.wait) as camera, output:
        passing.camera = camera
        report = run_live(camera, passing, LiveBackground("#000000", SIZE), output)
    return report, gate.delays


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
    return Path(movies.write_movie(tmp_path / "camera.mp4", frames=FRAMES, rate=RATE))


def test_frames_that_came_meanwhile_are_dropped_but_the_newest(movie: Path) -> None:
    matter, kept = Coded(), Kept()
    report, delays = run_passing(movie, matter, 5, LiveOutput(kept, RATE))
    assert matter.taken == [0, 5, 10, 15, 20, 23]
    assert (report.arrived, report.matted, report.dropped) == (24, 6, 18)
    assert delays == pytest.approx([number / 24 for number in range(24)])  # at its own speed
    assert len(kept.pictures) == 24  # a constant rate: gaps repeat the picture before
    with open_clip(movie) as clip:
        for place, picture in enumerate(kept.pictures):
            number = max(taken for taken in matter.taken if taken <= place)
            alpha = coded_alpha(number)[0, ..., None].numpy()
            assert np.abs(picture - clip.read_native(number) * alpha).max() <= 1, place


def test_a_matter_that_keeps_pace_gets_every_frame(movie: Path) -> None:
    matter, kept = Coded(), Kept()
    report, _ = run_passing(movie, matter, 1, LiveOutput(kept, RATE))
    assert matter.taken == list(range(24))
    assert (report.matted, report.dropped) == (24, 0)
    assert [movies.number_in(picture) for picture in kept.pictures] == matter.taken


def test_a_file_is_played_in_real_time(movie: Path) -> None:
    matter = Coded()
    with LiveCamera(str(movie)) as camera, LiveOutput(Kept(), RATE) as output:
        report = run_live(camera, matter, LiveBackground("78ff9b", SIZE), output)
    assert report.seconds > 0.9  # 23 frames at 24 a second, less the time to start
    assert report.matted == len(matter.taken)
    assert report.matted + report.dropped == report.arrived == 24
    assert matter.taken == sorted(set(matter.taken))
    assert matter.taken[-1] == 23
    assert "24 frames came, " in str(report)


def test_a_synthetic_device_is_a_camera_and_time_limits_it() -> None:
    source = "testsrc=size=128x64:rate=25,realtime"
    with LiveCamera(source, format="lavfi") as camera, LiveOutput(Kept(), RATE) as output:
        assert (camera.size, camera.rate) == (SIZE, 25)
        report = run_live(camera, Coded(), LiveBackground("#000000", SIZE), output, seconds=0.4)
    assert report.matted >= 1
    assert report.seconds >= 0.4


def test_the_network_mattes_each_frame_and_the_movie_is_whole(ftp_vm: FTPVM, movie: Path, tmp_path: Path) -> None:
    Image.fromarray(np.full((80, 60, 3), (0, 0, 255), np.uint8)).save(tmp_path / "blue.png")
    random = torch.Generator().manual_seed(0)
    memory = torch.rand(1, 3, *SIZE[::-1], generator=random), torch.rand(1, 1, *SIZE[::-1], generator=random).round()
    kept = Kept()
    run_passing(movie, FtpVmLive(ftp_vm, memory, 0.5), 1, LiveOutput(kept, RATE))
    alone = FtpVmLive(ftp_vm, memory, 0.5)
    with open_clip(movie) as clip:
        for number, picture in enumerate(kept.pictures):
            plate = torch.from_numpy(clip.read_native(number).copy()).permute(2, 0, 1).float() / 255
            expected = (plate * alone.matte(plate)[1] * 255).round().permute(1, 2, 0).numpy()
            assert np.abs(picture - expected).max() <= 1, number
    target = tmp_path / "out" / "live.mp4"
    with LiveCamera(str(movie)) as camera, open_live_output(str(target), size=SIZE, rate=RATE) as output:
        run_live(camera, Coded(), LiveBackground(str(tmp_path / "blue.png"), SIZE), output)
    assert [path.name for path in target.parent.iterdir()] == ["live.mp4"]
    with open_clip(target) as clip:
        assert (clip.width, clip.height, clip.rate) == (*SIZE, RATE)
        assert movies.number_in(clip.read(clip.last)) == 23
        assert clip.read(clip.last)[-1, -1, 2] > 0.9  # blue behind


def test_nothing_remembered_leaves_frames_as_they_are_and_wishes_come_before_the_next_one(ftp_vm: FTPVM) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (*SIZE[::-1], 3), np.uint8)
    trimap = np.zeros(SIZE[::-1], np.uint8)
    trimap[10:50, 20:100], trimap[20:40, 40:80] = 128, 255
    frame = torch.from_numpy(picture.copy()).permute(2, 0, 1).float() / 255
    label = torch.from_numpy(trimap.copy())[None].float() / 255
    live = FtpVmLive(ftp_vm, None, 1)
    assert (live.matte(frame)[1] == 1).all()
    live.remember(picture, trimap)
    picture[:], trimap[:] = 0, 0  # what was handed over is the caller's again
    expected = FtpVmLive(ftp_vm, (frame[None], label[None]), 1).matte(frame)[1]
    assert not (expected == 1).all()
    assert torch.equal(live.matte(frame)[1], expected)
    assert not torch.equal(live.matte(frame)[1], expected)  # the state went on
    live.forget_motion()
    assert torch.equal(live.matte(frame)[1], expected)
    live.forget_memory()
    assert (live.matte(frame)[1] == 1).all()


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
            report = run_live(camera, Coded(), LiveBackground("#000000", SIZE), output)
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

    class Failing(Coded):
        def matte(self, picture: Tensor) -> tuple[Tensor, Tensor]:
            if self.taken:
                raise MediaError("the camera is gone")
            return super().matte(picture)

    with (
        LiveCamera(str(movie)) as camera,
        pytest.raises(MediaError, match="the camera is gone"),
        open_live_output(str(target), size=SIZE, rate=RATE) as output,
    ):
        run_live(camera, Failing(), LiveBackground("#000000", SIZE), output)
    assert not target.exists()
    assert not list(tmp_path.glob(".out*"))


def test_a_torn_movie_ends_where_it_is_torn(tmp_path: Path) -> None:
    whole = movies.write_movie(tmp_path / "camera.mkv", frames=24, rate=RATE)
    torn = tmp_path / "torn.mkv"
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with LiveCamera(str(torn)) as camera, LiveOutput(Kept(), RATE) as output:
        report = run_live(camera, Coded(), LiveBackground("#000000", SIZE), output)
    assert 1 <= report.arrived < 24
