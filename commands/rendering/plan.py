"""From a request to a plan: everything that can be refused is refused here, before a network runs."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from ... import __version__
from ...core.errors import MediaError
from ...core.media import (
    FORMATS,
    AlphaMode,
    Clip,
    OutputFormat,
    audio_refusal,
    check_rate,
    check_size,
    find_format,
    open_clip,
)
from ...core.session_weights import choose_weights, load_models
from ...plugin.colour import to_display
from ...plugin.quality import describe
from .frame_range import parse_range
from .keyframes import digest_keyframes, read_keyframes
from .request import INPUT_SPACES, RenderRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderPlan:
    """A request that fits its clip."""

    request: RenderRequest
    clip: Clip
    keyframes: dict[int, np.ndarray]
    """Frame -> (H, W) uint8 trimap."""
    frames: range
    """Frames to write: those asked for that lie in front of any damage."""
    unreadable: str | None
    """Why the rest of the asked frames is not there; ``None`` when all are."""
    output: OutputFormat
    rate: Fraction | None
    """Frames a second of a movie to write."""
    has_sound: bool
    """Whether sound is copied."""
    warnings: tuple[str, ...]
    kernels: str
    """What computes the operations around the networks."""
    quality: str
    """How the clip is solved, in words."""
    settings: str
    """Digest of all that decides about the pixels, except the range."""

    @property
    def alpha(self) -> AlphaMode:
        """What the files say about colour and alpha."""
        return self.request.alpha


@contextmanager
def plan_render(request: RenderRequest) -> Iterator[RenderPlan]:
    """Check ``request`` and open its clip; the clip is closed at the end of the block.

    Raises:
        MediaError: the clip, the range, the format or the output cannot be used.
        TrimapError: a trimap cannot be used.
        CheckpointError: the weights are missing or torn.
        BackendUnavailableError: the device or the kernels are not here.
    """
    output = _choose_format(request)
    kernels = _check_device(request)
    weights = _check_weights(request)
    to_display(np.zeros((1, 1, 3), np.float32), request.colour)  # a space that is missing is found before any work
    with open_clip(request.clip, rate=request.rate) as clip:
        if clip.bits == 32 and request.input_space == "Auto":
            request = replace(request, input_space=INPUT_SPACES["linear"])
        asked = parse_range(request.frames, clip)
        frames = range(asked.start, min(asked.stop, clip.last_readable + 1))
        unreadable = None
        if len(frames) < len(asked):
            unreadable = _why_unreadable(clip, max(asked.start, clip.last_readable + 1))
        if not frames:
            raise MediaError(str(unreadable), path=request.clip)
        keyframes = read_keyframes(
            request.trimaps,
            request.keyframes,
            clip,
            may_be_none=request.model == "rvm",
            may_lack_unknown=request.band_width > 0,
        )
        check_size(output, clip.width, clip.height)
        rate = check_rate(output, request.rate or clip.rate, str(request.clip))
        if request.channels == 4 and not output.has_alpha:
            raise MediaError(
                f"{output.name}: holds no alpha; add --view matte, or use prores4444, ffv1, webm or png16."
            )
        if output.bits == 32 and request.alpha == "straight":
            raise MediaError(
                f"{output.name}: holds premultiplied colour; take --output-mode premultiplied, or tiff16 for straight."
            )
        has_sound, warnings = _sound(request, clip, output)
        yield RenderPlan(
            request=request,
            clip=clip,
            keyframes=keyframes,
            frames=frames,
            unreadable=unreadable,
            output=output,
            rate=rate,
            has_sound=has_sound,
            warnings=warnings,
            kernels=kernels,
            quality=describe(request.options, (clip.width, clip.height), request.memory_budget),
            settings=_digest(request, clip, keyframes, output, weights),
        )


def _choose_format(request: RenderRequest) -> OutputFormat:
    by_suffix = {f.suffix: f for f in FORMATS.values() if f.is_movie}.get(request.output.suffix.lower())
    if request.format_name is None:
        return by_suffix or FORMATS["png16"]
    chosen = find_format(request.format_name)
    if chosen.is_movie and request.output.suffix.lower() != chosen.suffix:
        raise MediaError(
            f"{request.output}: a {chosen.name} movie is called {request.output.stem}{chosen.suffix}; "
            "change the name or the format."
        )
    if not chosen.is_movie and by_suffix is not None:
        raise MediaError(f"{request.output}: {chosen.name} goes into a folder; leave {request.output.suffix} out.")
    return chosen


def _check_device(request: RenderRequest) -> str:
    """Return the name of what computes; the worker chooses again, but here what is missing is found before any work."""
    from ...core.sessions.device import choose_device
    from ...core.sessions.kernel_choice import choose_kernels

    return choose_kernels(request.kernels, choose_device(request.device)).name


def _check_weights(request: RenderRequest) -> str:
    """Return what names the weights; the worker loads them again, but here a torn file is found before any work."""
    chosen = choose_weights(request.model, request.weights)
    load_models(chosen)
    return chosen.sha256


def _why_unreadable(clip: Clip, frame: int) -> str:
    try:
        clip.read_native(frame)
    except MediaError as error:
        return str(error)
    raise AssertionError(f"frame {frame} was thought to be unreadable")


def _sound(request: RenderRequest, clip: Clip, output: OutputFormat) -> tuple[bool, tuple[str, ...]]:
    if not (request.sound and output.is_movie and clip.has_audio):
        return False, ()
    if request.rate is not None and request.rate != clip.rate:
        return False, (f"{request.clip}: its sound is left out, as --rate {request.rate} changes its speed.",)
    refusal = audio_refusal(Path(clip.path), output)
    return refusal is None, () if refusal is None else (refusal,)


def _digest(
    request: RenderRequest, clip: Clip, keyframes: dict[int, np.ndarray], output: OutputFormat, weights: str
) -> str:
    settings = {
        "version": __version__,
        "clip": clip.identity,
        "readable": clip.last_readable,
        "keyframes": digest_keyframes(keyframes),
        "look": request.look.page(),
        "format": output.name,
        "model": request.model,
        "working_resolution": request.working_resolution,
        "refine": request.refine,
        "tiles": request.tiles,
        "memory_budget": request.memory_budget,
        "band_width": request.band_width,
        "colour": request.colour.identity,
        "device": request.device,
        "kernels": request.kernels,
        "weights": weights,
    }
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
