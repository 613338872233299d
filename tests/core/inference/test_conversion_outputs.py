"""The sound of the source goes into every movie that is written, or a warning says why not."""

from fractions import Fraction
from pathlib import Path

import av
import pytest
import torch
from torch import Tensor, nn

from trimatte.core.inference.frame_inputs import FrameInputs
from trimatte.core.inference.rvm_convert import convert_video

from ..media import movies


class Half(nn.Module):
    """Called like RVM; the foreground is the frame, alpha one half."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, frames: Tensor, *_states: object) -> tuple[Tensor, ...]:
        return frames, torch.full_like(frames[:, :, :1], 0.5), *[torch.zeros(1)] * 4


def packets(path: Path) -> tuple[str, list[tuple[float, bytes]]]:
    """Return the codec of the sound, and time and bytes of each packet."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        base = stream.time_base
        assert base is not None
        found = [(float(p.pts * base), bytes(p)) for p in container.demux(stream) if p.size and p.pts is not None]
        return stream.codec_context.name, found


def has_sound(path: Path) -> bool:
    with av.open(str(path)) as container:
        return bool(container.streams.audio)


@pytest.mark.parametrize(
    ("source", "codec", "tone", "target"),
    [
        ("plate.mp4", "libx264", "aac", "out.mp4"),
        ("plate.mp4", "libx264", "aac", "out.mov"),
        ("plate.mkv", "libx264", "libopus", "out.mp4"),
        ("plate.webm", "libvpx-vp9", "libopus", "out.mp4"),
        ("plate.mkv", "libx264", "pcm_s16le", "out.mkv"),
    ],
)
def test_sound_is_copied_as_it_is(tmp_path: Path, source: str, codec: str, tone: str, target: str) -> None:
    movie = movies.write_movie(tmp_path / source, frames=12, rate=Fraction(24000, 1001), codec=codec, tone=tone)
    outputs = [tmp_path / kind / target for kind in ("com", "pha")]
    count = convert_video(Half(), movie, output_composition=outputs[0], output_alpha=outputs[1], progress=False)
    assert count == 12
    name, sound = packets(movie)
    kept = [pair for pair in sound if 0 <= pair[0] < 12 * 1001 / 24000]
    assert len(kept) > 5
    for output in outputs:
        assert packets(output)[0] == name
        copied = packets(output)[1]
        assert [data for _, data in copied] == [data for _, data in kept]
        assert [time for time, _ in copied] == pytest.approx([time for time, _ in kept], abs=0.002)


def test_sound_can_be_left_out_and_what_does_not_fit_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    movie = movies.write_movie(tmp_path / "plate.mp4", frames=4, tone="aac")
    convert_video(Half(), movie, output_alpha=tmp_path / "mute.mp4", progress=False, sound=False)
    assert not has_sound(tmp_path / "mute.mp4")
    assert not caplog.messages
    odd = movies.write_movie(tmp_path / "odd.mkv", frames=4, tone="pcm_s16le")
    convert_video(Half(), odd, output_alpha=tmp_path / "odd.mp4", progress=False)
    assert not has_sound(tmp_path / "odd.mp4")
    assert "its sound is pcm_s16le, which mp4 does not hold" in caplog.text


def test_only_a_movie_with_sound_has_sound(tmp_path: Path) -> None:
    with FrameInputs(movies.write_movie(tmp_path / "mute.mp4", frames=2)) as frames:
        assert frames.sound is None
    loud = movies.write_movie(tmp_path / "loud.mp4", frames=2, tone="aac")
    with FrameInputs(loud) as frames:
        assert frames.sound == loud
