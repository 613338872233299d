"""What runs here: every effect of a host, loaded, described, created, rendered and unloaded, in a table."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from .effect import Effect
from .errors import HostError
from .images import Array
from .plugin import Plugin

_FRAMES = 6
_SIZE = (48, 36)


@dataclass(frozen=True, slots=True)
class Trial:
    """How one effect did in one context."""

    identifier: str
    """Identifier of the effect."""
    version: tuple[int, int]
    """Its version."""
    context: str
    """The context; empty when the effect could not even say which it has."""
    step: str
    """The last step that was begun: describe, create, connect, render, close or unload."""
    error: str
    """What went wrong; empty when all steps went well."""
    seconds: float
    """How long it took."""
    leaked_images: int
    """Images that the effect did not give back."""

    @property
    def ok(self) -> bool:
        """Whether all steps went well."""
        return not self.error


def survey(plugins: Iterable[Plugin], *, every_context: bool = False) -> Iterator[Trial]:
    """Try effects, one render each, in the first of their contexts that works, or in all of them.

    Args:
        plugins: effects; of a host with ``isolate=True`` where their authors are not trusted.
        every_context: do not stop at the first context that works.

    Yields:
        One trial per context that was tried, as it ends.
    """
    for plugin in plugins:
        begun = time.monotonic()
        try:
            contexts = plugin.contexts
        except HostError as error:
            seconds = time.monotonic() - begun
            yield Trial(plugin.identifier, plugin.version, "", "describe", str(error), seconds, 0)
            continue
        for context in contexts:
            trial = _try(plugin, context)
            yield trial
            if trial.ok and not every_context:
                break


def _try(plugin: Plugin, context: str) -> Trial:
    begun = time.monotonic()
    step, problem, leaked = "create", "", 0
    effect: Effect | None = None
    try:
        effect = plugin.create(context)
        step = "connect"
        _connect(effect)
        step = "render"
        effect.render(2)
        leaked = effect.leaked_images
        step = "close"
        effect.close()
        step = "unload"
        plugin.unload()
    except HostError as error:
        problem = str(error)
        _leave(plugin, effect)
    return Trial(plugin.identifier, plugin.version, context, step, problem, time.monotonic() - begun, leaked)


def _leave(plugin: Plugin, effect: Effect | None) -> None:
    """Let an effect go that failed; a second failure says nothing new."""
    try:
        if effect is not None:
            effect.close()
        plugin.unload()
    except HostError:
        return


def _connect(effect: Effect) -> None:
    effect.set_project(_SIZE, rate=24.0, frames=(0, _FRAMES - 1))
    for clip in effect.clips:
        if clip != "Output":
            offered = effect.clip_property(clip, "OfxImageEffectPropSupportedComponents")
            only_alpha = offered == ["OfxImageComponentAlpha"]
            effect.connect(clip, _clip(1 if only_alpha else 4))


def _clip(channels: int) -> Array:
    """Return (T, H, W, channels) float32: a ramp that moves, with some grain."""
    width, height = _SIZE
    time_, y, x = np.meshgrid(np.arange(_FRAMES), np.arange(height), np.arange(width), indexing="ij")
    ramps = [(x + time_) / width, (y + 2 * time_) / height, (x + y) / (width + height), np.ones_like(x)]
    grain = np.random.default_rng(4).random((_FRAMES, height, width, 1)) * 0.1
    picture: Array = (np.stack(ramps, -1) * 0.8 + grain).clip(0, 1)[..., :channels].astype(np.float32)
    return picture
