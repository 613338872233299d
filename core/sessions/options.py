"""What a user may choose about how a clip is solved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from ...kernels.backends import Backend
from ...kernels.errors import TrimatteError

ModelName = Literal["ftpvm", "dvm", "rvm"]
MODELS: Final[tuple[ModelName, ...]] = get_args(ModelName)

KernelName = Literal["auto"] | Backend
KERNELS: Final[tuple[KernelName, ...]] = ("auto", *get_args(Backend))


class SessionOptionsError(TrimatteError, ValueError):
    """An option is outside its range, or two options exclude each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOptions:
    """Options of a :class:`MattingSession`; every field may change pixels, ``device`` and ``kernels`` by rounding."""

    model: ModelName = "ftpvm"
    """``ftpvm`` carries trimaps and mattes; ``dvm`` mattes from the trimaps that FTP-VM carries; ``rvm`` mattes people
    and needs no keyframe."""
    weights: str = ""
    """Name of imported weights for the model, or a file; empty: those that come with Trimatte for ``ftpvm``, the only
    imported ones for the others."""
    working_size: int = 512
    """Long side, in pixels, of the picture the network sees on its way through the clip; 0 = native. Smaller plates
    are never enlarged."""
    follow: bool = True
    """Carry the keyframe's matte along with its pixels by optical flow, and weigh it against what the network says.
    ``rvm`` has no keyframe to follow."""
    refine: bool = True
    """Refine the matte at native size with the ST-FAM network; off: the working matte is enlarged. ``dvm`` and ``rvm``
    bring their own way to native size and take it always."""
    edge_passes: int = 3
    """How often the enlarged matte is fitted to the colours of its plate before the refiner sees it; 0 = never. A part
    of ``refine``."""
    closed_form_iterations: int = 300
    """Most steps of solving the band around the edge for the colours of the plate, after the edge passes; 0 = never.
    A part of ``refine``."""
    steady: bool = True
    """Average the matte with those of the frames before and after, moved along with the subject. A part of
    ``refine``."""
    device: str = "auto"
    """``auto`` (CUDA where it is usable, else CPU), ``cpu``, ``cuda`` or ``cuda:N``."""
    kernels: KernelName = "auto"
    """What computes the array operations around the networks: ``torch`` is the reference, ``native``, ``opencl`` and
    ``cupy`` are its twins; ``auto`` takes the fastest that is here. An operation that the chosen one lacks is the
    reference's."""
    tile_size: int = 512
    """Side, in pixels, of the square tiles the refiner works on; a multiple of 8. DVM takes the next one of 32, from
    224."""
    tile_overlap: int = 64
    """Pixels by which neighbouring tiles overlap; they are feathered into each other there."""
    state_frames: int = 4
    """The recurrent state restarts from zero every so many frames of a pass; 0 carries it through the whole span.
    ``rvm`` has its own schedule."""
    warm_up_frames: int = 1
    """Frames run and thrown away before each restart of the state; only with ``state_frames`` > 0."""
    key_scale: float = 1.0
    """Factor on the memory keys. 1 = the original; more makes the memory read pick fewer places."""
    self_memory_frames: int = 8
    """Every so many frames of a pass its own trimap, if certain, becomes additional memory; 0 = never."""
    self_memory_confidence: float = 0.4
    """Certainty (0..1, around the edge; 0.5 is usual) that a trimap needs before it becomes memory."""

    def __post_init__(self) -> None:
        """Refuse values that no clip could be solved with."""
        _require(self.model in MODELS, "model", self.model, f"one of {', '.join(MODELS)}")
        _require(self.kernels in KERNELS, "kernels", self.kernels, f"one of {', '.join(KERNELS)}")
        _require(
            self.working_size == 0 or self.working_size >= 32, "working_size", self.working_size, "0 or at least 32"
        )
        _require(
            self.tile_size >= 64 and self.tile_size % 8 == 0, "tile_size", self.tile_size, "a multiple of 8 from 64"
        )
        _require(0 <= self.tile_overlap <= self.tile_size // 2, "tile_overlap", self.tile_overlap, "0 to tile_size / 2")
        _require(self.edge_passes >= 0, "edge_passes", self.edge_passes, "0 or more")
        _require(self.closed_form_iterations >= 0, "closed_form_iterations", self.closed_form_iterations, "0 or more")
        _require(self.state_frames >= 0, "state_frames", self.state_frames, "0 or more")
        _require(self.warm_up_frames >= 0, "warm_up_frames", self.warm_up_frames, "0 or more")
        _require(self.key_scale > 0, "key_scale", self.key_scale, "more than 0")
        _require(self.self_memory_frames >= 0, "self_memory_frames", self.self_memory_frames, "0 or more")
        _require(
            0 <= self.self_memory_confidence <= 1, "self_memory_confidence", self.self_memory_confidence, "from 0 to 1"
        )


def _require(is_valid: bool, name: str, value: object, expected: str) -> None:
    """Raise the one message all fields share."""
    if not is_valid:
        raise SessionOptionsError(f"{name} must be {expected}; got {value}.")
