"""What the user sees: a bar with the time left on stderr, or one JSON object a line on stdout."""

import json
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from .plan import RenderPlan


class Reporter:
    """Tells people on stderr and, if asked to, machines on stdout; a context manager around the work."""

    def __init__(self, *, as_json: bool) -> None:
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._as_json = as_json
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=self.console,
            disable=as_json,
        )
        self._task = self._progress.add_task("", total=None, start=False)
        self._is_started = False
        self._made = self._to_make = 0
        self._began = time.monotonic()

    def __enter__(self) -> "Reporter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()

    def start(self, plan: RenderPlan, reused: int) -> None:
        """The work begins; ``reused`` frames are there from an earlier run."""
        self._to_make, self._began = len(plan.frames) - reused, time.monotonic()
        self._progress.reset(self._task, total=len(plan.frames), completed=reused, description=plan.request.clip.name)
        self._progress.start()
        self._is_started = True
        clip = plan.clip
        self._emit(
            "start",
            clip=str(plan.request.clip),
            width=clip.width,
            height=clip.height,
            rate=None if plan.rate is None and clip.rate is None else str(plan.rate or clip.rate),
            first=plan.frames.start,
            last=plan.frames.stop - 1,
            frames=len(plan.frames),
            reused=reused,
            keyframes=list(plan.keyframes),
            format=plan.output.name,
            alpha=plan.alpha,
            kernels=plan.kernels,
            quality=plan.quality,
            output=str(plan.request.output),
        )
        self._say(f"kernels: {plan.kernels}")
        if plan.request.memory_budget:
            self._say(plan.quality)
        if reused:
            self._say(f"{reused} of {len(plan.frames)} frames are there already and are kept")

    def solving(self, fraction: float) -> None:
        """A frame is being solved; ``fraction`` of the networks' work for it is done."""
        self._progress.update(self._task, description=f"solving {fraction:.0%}" if fraction < 1 else "rendering")

    def frame(self, frame: int, path: Path, *, seconds: float, is_reused: bool) -> None:
        """A frame is done."""
        if not is_reused:
            self._made += 1
            self._progress.update(self._task, advance=1, description=f"frame {frame}")
        elapsed = time.monotonic() - self._began
        left = elapsed / self._made * (self._to_make - self._made) if self._made else None
        self._emit(
            "frame",
            frame=frame,
            path=str(path),
            seconds=round(seconds, 4),
            reused=is_reused,
            left_seconds=None if left is None else round(left, 1),
        )

    def warning(self, text: str) -> None:
        """Something the user should know; the work goes on."""
        self._emit("warning", message=text)
        self._say(f"warning: {text}", style="yellow")

    def error(self, text: str, exit_code: int) -> None:
        """The work ends with ``exit_code``."""
        self._emit("error", message=text, exit_code=exit_code)
        self._say(f"error: {text}", style="red")

    def done(self, output: Path, frames: int, seconds: float) -> None:
        """All frames are there."""
        self._emit("done", output=str(output), frames=frames, seconds=round(seconds, 3))
        self._stop()
        self._say(f"{frames} frames in {output}")

    def _stop(self) -> None:
        """End the bar; one that never started would leave an empty line."""
        if self._is_started:
            self._progress.stop()
            self._is_started = False

    def _emit(self, event: str, **values: Any) -> None:
        if self._as_json:
            sys.stdout.write(json.dumps({"event": event, **values}) + "\n")
            sys.stdout.flush()

    def _say(self, text: str, style: str | None = None) -> None:
        self.console.print(text, style=style, markup=False)
