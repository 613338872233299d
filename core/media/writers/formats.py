"""The formats that are written, and what each of them can hold."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from ...errors import MediaError


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFormat:
    """One way to store frames."""

    name: str
    """What the command line calls it."""
    suffix: str
    """Of the movie, or of each image."""
    bits: Literal[8, 16, 32]
    """Bits per channel of the pictures that the writer wants; 32 is scene-linear float."""
    has_alpha: bool
    """Whether RGBA can be stored."""
    is_movie: bool = False
    container: str = ""
    """Muxer of a movie."""
    codec: str = ""
    """Encoder."""
    pixel_formats: tuple[str, str, str] = ("", "", "")
    """Of a movie: for grey, RGB and RGBA."""
    audio_codecs: frozenset[str] | None = frozenset()
    """Sound that the container takes as it is; ``None`` takes all."""


_PCM = frozenset({"pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_s16be", "pcm_s24be", "pcm_f32le"})

FORMATS: Final[dict[str, OutputFormat]] = {
    f.name: f
    for f in (
        OutputFormat(name="png16", suffix=".png", bits=16, has_alpha=True, codec="png"),
        OutputFormat(name="png8", suffix=".png", bits=8, has_alpha=True, codec="png"),
        OutputFormat(name="tiff16", suffix=".tif", bits=16, has_alpha=True, codec="tiff"),
        OutputFormat(name="exr", suffix=".exr", bits=32, has_alpha=True, codec="exr"),
        OutputFormat(
            name="prores4444",
            suffix=".mov",
            bits=16,
            has_alpha=True,
            is_movie=True,
            container="mov",
            codec="prores_ks",
            pixel_formats=("yuv444p10le", "yuv444p10le", "yuva444p10le"),
            audio_codecs=_PCM | {"aac", "mp3", "ac3", "alac"},
        ),
        OutputFormat(
            name="ffv1",
            suffix=".mkv",
            bits=16,
            has_alpha=True,
            is_movie=True,
            container="matroska",
            codec="ffv1",
            pixel_formats=("gray16le", "gbrp16le", "gbrap16le"),
            audio_codecs=None,
        ),
        OutputFormat(
            name="webm",
            suffix=".webm",
            bits=8,
            has_alpha=True,
            is_movie=True,
            container="webm",
            codec="libvpx-vp9",
            pixel_formats=("yuv420p", "yuv420p", "yuva420p"),
            audio_codecs=frozenset({"opus", "vorbis"}),
        ),
        OutputFormat(
            name="mp4",
            suffix=".mp4",
            bits=8,
            has_alpha=False,
            is_movie=True,
            container="mp4",
            codec="libx264",
            pixel_formats=("yuv420p", "yuv420p", ""),
            audio_codecs=frozenset({"aac", "mp3", "ac3", "opus", "flac", "alac"}),
        ),
    )
}
"""By name."""

CODEC_OPTIONS: Final[dict[str, dict[str, str]]] = {
    "prores_ks": {"profile": "4444", "alpha_bits": "16", "vendor": "apl0"},
    "ffv1": {"level": "3", "slices": "4", "slicecrc": "1", "g": "1"},
    "libvpx-vp9": {"crf": "18", "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1", "auto-alt-ref": "0"},
    "libx264": {"crf": "16", "preset": "medium"},
}


def find_format(name: str) -> OutputFormat:
    """Return the format called ``name``.

    Raises:
        MediaError: there is none of that name.
    """
    if name not in FORMATS:
        raise MediaError(f"format '{name}': there is no such output format; use one of {', '.join(FORMATS)}.")
    return FORMATS[name]


def check_size(output: OutputFormat, width: int, height: int) -> None:
    """Refuse what the codec would refuse in the middle of the work.

    Raises:
        MediaError: an odd size for a codec that halves the chroma.
    """
    if output.codec == "libx264" and (width % 2 or height % 2):
        raise MediaError(
            f"{output.name}: needs an even width and height, the clip is {width}x{height}; use ffv1 or png16."
        )


def check_rate(output: OutputFormat, rate: Fraction | None, clip: str) -> Fraction | None:
    """Return the rate of a movie to write; a movie without one is refused, never guessed.

    Raises:
        MediaError: ``rate`` is ``None`` and ``output`` is a movie.
    """
    if output.is_movie and rate is None:
        raise MediaError(
            f"{clip}: has no constant frame rate (a sequence of images states none, a movie may vary); "
            f"give --rate to write {output.name}, or write png16."
        )
    return rate
