"""The loop of ``trimatte render``: frame after frame, stoppable at any time, nothing made twice."""

import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, current_thread, main_thread
from types import FrameType
from typing import Final

from ...core.errors import MediaError
from ...host_bridge import HostError
from ...kernels.errors import TrimatteError
from .effect_runner import EffectRunner
from .keyframes import write_keyframes
from .outputs import FrameOutput, open_output
from .plan import RenderPlan, plan_render
from .report import Reporter
from .request import RenderRequest

EXIT_OK: Final = 0
EXIT_FAILED: Final = 1
EXIT_BAD_INPUT: Final = 2
EXIT_INTERRUPTED: Final = 130


@dataclass(frozen=True, slots=True)
class RenderOutcome:
    """How a render ended."""

    exit_code: int
    made: int = 0
    """Frames that were rendered now."""
    reused: int = 0
    """Frames that an earlier run had made."""


def run_render(request: RenderRequest, reporter: Reporter) -> RenderOutcome:
    """Render what ``request`` asks for and report; errors become one line and an exit code."""
    try:
        with stop_on_signals() as stop, plan_render(request) as plan:
            outcome = _run(plan, reporter, stop)
    except TrimatteError as error:
        reporter.error(str(error), EXIT_BAD_INPUT)
        return RenderOutcome(EXIT_BAD_INPUT)
    except HostError as error:
        reporter.error(str(error), EXIT_FAILED)
        return RenderOutcome(EXIT_FAILED)
    return outcome


def _run(plan: RenderPlan, reporter: Reporter, stop: Event) -> RenderOutcome:
    output = open_output(plan)
    began = time.monotonic()
    reused = {frame for frame in plan.frames if output.has(frame)}
    reporter.start(plan, len(reused))
    for warning in plan.warnings:
        reporter.warning(warning)
    try:
        made = _render_frames(plan, output, reused, reporter, stop)
        if stop.is_set():
            output.stop()
        else:
            output.finish()
    except BaseException as error:
        output.stop()
        whole = [frame for frame in plan.frames if output.has(frame)]
        if isinstance(error, MediaError) and whole:
            raise MediaError(f"{error} {len(whole)} whole frames are kept.", path=error.path) from error
        raise
    if stop.is_set():
        reporter.error(
            f"interrupted; {made + len(reused)} of {len(plan.frames)} frames are whole, run the same command to go on.",
            EXIT_INTERRUPTED,
        )
        return RenderOutcome(EXIT_INTERRUPTED, made, len(reused))
    if plan.unreadable is not None:
        kept = f"{plan.frames.start}-{plan.frames.stop - 1}"
        reporter.error(f"{plan.unreadable} Frames {kept} are kept in {plan.request.output}.", EXIT_BAD_INPUT)
        return RenderOutcome(EXIT_BAD_INPUT, made, len(reused))
    reporter.done(plan.request.output, len(plan.frames), time.monotonic() - began)
    return RenderOutcome(EXIT_OK, made, len(reused))


def _render_frames(plan: RenderPlan, output: FrameOutput, reused: set[int], reporter: Reporter, stop: Event) -> int:
    """Hand every frame of ``plan`` to ``output`` and return how many had to be rendered."""
    made = 0
    with ExitStack() as stack:
        runner: EffectRunner | None = None

        def solving(fraction: float) -> bool:
            reporter.solving(fraction)
            return not stop.is_set()

        for frame in plan.frames:
            if stop.is_set():
                break
            began = time.monotonic()
            if frame in reused:
                output.reuse(frame)
            else:
                if runner is None:  # a finished render starts no worker
                    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trimatte-keyframes-")))
                    write_keyframes(plan.keyframes, folder)
                    runner = stack.enter_context(EffectRunner(plan, folder))
                try:
                    picture = runner.render(frame, progress=solving, abort=stop.is_set)
                except HostError:
                    if stop.is_set():
                        break
                    raise
                if stop.is_set():  # an aborted frame may hold anything
                    break
                output.write(frame, picture)
                made += 1
            reporter.frame(frame, output.path(frame), seconds=time.monotonic() - began, is_reused=frame in reused)
    return made


@contextmanager
def stop_on_signals() -> Iterator[Event]:
    """Turn the first Ctrl-C or SIGTERM into an event; the second one ends the process as usual."""
    stop = Event()
    if current_thread() is not main_thread():
        yield stop
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask_to_stop(number: int, _: FrameType | None) -> None:
        stop.set()
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

    try:
        for number in before:
            signal.signal(number, ask_to_stop)
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
