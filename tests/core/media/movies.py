"""Small movies for tests: every frame carries its number as eight black or white squares."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SQUARE = 16
WIDTH, HEIGHT = 8 * SQUARE, 64


def numbered(n: int) -> np.ndarray:
    """(H, W, 3) uint8: a soft ramp, and n in binary along the top, the least bit on the left."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[..., 0] = np.linspace(0, 255, WIDTH).astype(np.uint8)
    picture[..., 1] = np.linspace(0, 255, HEIGHT).astype(np.uint8)[:, None]
    noise = np.random.default_rng(n).integers(-24, 25, (HEIGHT // 2, WIDTH, 1))  # so that packets have some weight
    picture[HEIGHT // 2 :] = np.clip(picture[HEIGHT // 2 :] + noise, 0, 255)
    picture[..., 2] = 96
    for bit in range(8):
        picture[:SQUARE, bit * SQUARE : (bit + 1) * SQUARE] = 255 * ((n >> bit) & 1)
    return picture


def number_in(picture: np.ndarray) -> int:
    """Read the number that :func:`numbered` drew; works on any depth."""
    top = 255 if picture.dtype == np.uint8 else 65535 if picture.dtype == np.uint16 else 1
    centres = [picture[SQUARE // 2, bit * SQUARE + SQUARE // 2, 1] / top for bit in range(8)]
    return sum(1 << bit for bit, value in enumerate(centres) if value > 0.5)


def write_movie(
    path: Path,
    *,
    frames: int = 30,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    rate: Fraction = Fraction(24),
    options: dict[str, str] | None = None,
    times: Sequence[int] | None = None,
    container_options: dict[str, str] | None = None,
    tone: str | None = None,
    rotation: float = 0,
    pixel_aspect: Fraction = Fraction(1),
) -> Path:
    """Encode ``frames`` numbered pictures; ``times`` (in units of 1 / rate) makes the rate vary."""
    with av.open(str(path), "w", container_options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pixel_format
        stream.time_base = stream.codec_context.time_base = 1 / rate
        stream.codec_context.sample_aspect_ratio = pixel_aspect
        if rotation:
            stream.set_display_rotation(rotation)
        sound = container.add_stream(tone, rate=48000, layout="mono") if tone else None
        for n in range(frames):
            frame = av.VideoFrame.from_ndarray(numbered(n), format="rgb24").reformat(format=pixel_format)
            frame.pts, frame.time_base = (n if times is None else times[n]), 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None:
            write_tone(container, sound, float(frames / rate))
    return path


def write_tone(container: av.container.OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    """Encode a 440 Hz tone."""
    wave = (0.3 * np.sin(2 * np.pi * 440 * np.arange(int(48000 * seconds)) / 48000)).astype(np.float32)
    for start in range(0, len(wave), 960):
        block = av.AudioFrame.from_ndarray(wave[None, start : start + 960], format="fltp", layout="mono")
        block.sample_rate, block.pts, block.time_base = 48000, start, Fraction(1, 48000)
        for resampled in av.AudioResampler(stream.format, "mono", 48000).resample(block):
            container.mux(stream.encode(resampled))
    container.mux(stream.encode(None))
