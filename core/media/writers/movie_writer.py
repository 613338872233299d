"""Movies: constant rate, stated colour and alpha, sound of the source, renamed into place when they are whole."""

from contextlib import suppress
from fractions import Fraction
from io import FileIO
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from ...errors import MediaError
from ...whole_output import PART
from ..colour import EXACT
from .audio import AudioCopy
from .formats import CODEC_OPTIONS, OutputFormat, check_size
from .writer import AlphaMode, FrameWriter, cannot_write


class _Sink(FileIO):
    """A file that remembers its first error: a muxer may swallow one on the way out."""

    failure: OSError | None = None

    def write(self, data: object) -> int:
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError as error:
            self.failure = self.failure or error
            raise


class MovieWriter(FrameWriter):
    """Write one movie; frames must come in order, without holes."""

    def __init__(
        self,
        path: Path,
        output: OutputFormat,
        *,
        size: tuple[int, int],
        channels: int,
        rate: Fraction,
        pixel_aspect: Fraction = Fraction(1),
        alpha: AlphaMode = "none",
        bit_rate: int | None = None,
        audio: tuple[Path, Fraction, Fraction] | None = None,
    ) -> None:
        """Open a file beside ``path``.

        Args:
            path: name of the finished movie; its folder is made if it is missing.
            output: a movie format.
            size: (width, height) in pixels.
            channels: 1 grey, 3 RGB, 4 RGBA.
            rate: frames a second, kept as the fraction it is.
            pixel_aspect: width of a pixel over its height.
            alpha: stated in the comment of the movie.
            bit_rate: bits a second to aim at, of a codec with loss; ``None``: constant quality.
            audio: (movie with the sound, first second, end second).

        Raises:
            MediaError: the file cannot be written, or the format cannot hold such pictures.
        """
        check_size(output, *size)
        self._pixel_format = output.pixel_formats[{1: 0, 3: 1, 4: 2}[channels]]
        if not self._pixel_format:
            raise MediaError(f"{output.name}: holds no alpha; write the matte (--view matte) or use prores4444.")
        self._path, self._output, self._rate, self._count = path, output, rate, 0
        self._part = path.with_name(f".{path.name}{PART}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._sink = _Sink(self._part, "w")
        except OSError as error:
            raise cannot_write(path, error) from error
        self._audio: AudioCopy | None = None
        self._container: OutputContainer | None = None
        try:
            self._container = av.open(self._sink, "w", format=output.container)
            self._stream = self._add_video(self._container, size, pixel_aspect, bit_rate)
            self._container.metadata["comment"] = f"alpha: {alpha}"
            if audio is not None:
                self._audio = AudioCopy(audio[0], self._container, audio[1], audio[2])
        except BaseException:
            self.abort()
            raise

    def _add_video(
        self, container: OutputContainer, size: tuple[int, int], pixel_aspect: Fraction, bit_rate: int | None
    ) -> VideoStream:
        options = dict(CODEC_OPTIONS[self._output.codec])
        if bit_rate is not None:
            options.pop("crf", None)
        stream = container.add_stream(self._output.codec, rate=self._rate, options=options)
        assert isinstance(stream, VideoStream)
        if bit_rate is not None:
            stream.bit_rate = bit_rate
        stream.width, stream.height = size
        stream.pix_fmt = self._pixel_format
        stream.time_base = 1 / self._rate
        stream.codec_context.time_base = 1 / self._rate
        stream.codec_context.sample_aspect_ratio = pixel_aspect
        if self._pixel_format.startswith("yuv"):
            stream.codec_context.colorspace = Colorspace.ITU709
            stream.codec_context.color_range = ColorRange.MPEG
            stream.codec_context.color_primaries = ColorPrimaries.BT709
            stream.codec_context.color_trc = ColorTrc.BT709
        if self._pixel_format.startswith("yuva420"):
            stream.metadata["alpha_mode"] = "1"
        return stream

    def write(self, frame: int, picture: np.ndarray) -> None:
        """Encode the next frame; see :meth:`FrameWriter.write`."""
        assert self._container is not None
        encoded = self._to_codec(picture)
        encoded.pts, encoded.time_base = self._count, 1 / self._rate
        self._count += 1
        try:
            if self._audio is not None:
                self._audio.write_until(self._count / self._rate)
            self._container.mux(self._stream.encode(encoded))
        except (av.FFmpegError, OSError) as error:
            raise cannot_write(self._path, self._sink.failure or error) from error

    def _to_codec(self, picture: np.ndarray) -> av.VideoFrame:
        channels, deep = (1 if picture.ndim == 2 else picture.shape[2]), picture.dtype == np.uint16
        if self._pixel_format.startswith("g"):  # grey and planar RGB are stored as they are
            return av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format=self._pixel_format)
        if channels == 1:
            picture, channels = np.repeat(picture[..., None], 3, axis=2), 3
        layout = {(3, False): "rgb24", (3, True): "rgb48le", (4, False): "rgba", (4, True): "rgba64le"}
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format=layout[channels, deep])
        return frame.reformat(
            format=self._pixel_format,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            dst_color_trc=ColorTrc.BT709,
            dst_color_primaries=ColorPrimaries.BT709,
            interpolation=EXACT,
            threads=1,
        )

    def finish(self) -> None:
        """Flush the encoder, write the trailer, rename."""
        assert self._container is not None
        try:
            self._container.mux(self._stream.encode(None))
            if self._audio is not None:
                self._audio.write_until(None)
                self._audio.close()
            self._container.close()
            self._sink.close()
            if self._sink.failure is not None:
                raise self._sink.failure
            self._part.replace(self._path)
        except (av.FFmpegError, OSError) as error:
            raise cannot_write(self._path, self._sink.failure or error) from error

    def abort(self) -> None:
        """Remove the unfinished file."""
        for close in (self._audio, self._container, self._sink):
            if close is not None:
                with suppress(av.FFmpegError, OSError, ValueError):
                    close.close()
        with suppress(OSError):
            self._part.unlink()
