"""The process behind the effect: ``python -I -m trimatte.plugin.worker DESCRIPTOR``, started by the shell.

The descriptor is the control socket. Each channel that comes through it gets a thread; when the socket ends, so
does the host, and the process leaves. Nothing that happens here can harm the host.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from . import _bridge
from .liveness import Heart
from .worker_log import describe, log_to_file, silence_output

if TYPE_CHECKING:
    from .effect import Effect

_SCRATCH_PREFIX: Final = "trimatte-worker-"
_FAREWELL_SECONDS: Final = 1.0

_log = logging.getLogger("trimatte.plugin.worker")  # __name__ is __main__ here


def main(descriptor: int) -> NoReturn:
    """Serve the shell at the other end of ``descriptor`` until it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is the host's business
    os.closerange(descriptor + 1, os.sysconf("SC_OPEN_MAX"))  # whatever the host forgot to close
    _offer_to_the_kernel()
    log_to_file()
    scratch = _make_scratch()
    control = _bridge.Control(descriptor)
    effect = _start_effect(control)

    def leave() -> None:
        farewell = threading.Thread(target=effect.close, daemon=True)
        farewell.start()
        farewell.join(_FAREWELL_SECONDS)
        shutil.rmtree(scratch, ignore_errors=True)
        os._exit(0)  # threads inside a network do not end at once, and nobody waits for them

    heart = Heart(leave)
    heart.start()
    control.hello(ready=True, text="")
    silence_output()
    try:
        while True:
            event = control.accept()
            if isinstance(event, int):
                effect.forget(event)
            else:
                threading.Thread(target=_serve, args=(event, effect, heart), daemon=True).start()
    except _bridge.ClosedError:
        leave()
    raise AssertionError("unreachable")


def _start_effect(control: _bridge.Control) -> Effect:
    """Import what renders, torch above all; tell the shell why if that fails."""
    # Read by OpenMP when torch is loaded: its threads spin while they wait for each other, and on a machine that has
    # anything else to do (the host!) one network step took 27 s instead of 1.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        from ..core.sessions import tune_allocator
        from .effect import Effect

        tune_allocator()
        return Effect()
    except Exception as error:  # noqa: BLE001 - the border: the shell shows the message to the user
        control.hello(ready=False, text=_sayable(f"The Trimatte worker cannot start: {describe(error)}"))
        sys.exit(1)


def _serve(channel: _bridge.Channel, effect: Effect, heart: Heart) -> None:
    """Answer the requests of one channel until it is closed."""
    try:
        while True:
            raw = channel.receive()
            with heart.watching(channel) as alive:

                def cancelled() -> bool:
                    alive()
                    return channel.cancelled()

                status, text = _answer(channel, raw, effect, cancelled)
            channel.done(status, _sayable(text))
    except _bridge.ClosedError:
        _log.debug("a channel was closed")
    except _bridge.ProtocolError:
        _log.exception("the shell does not keep to the protocol; closing the channel")
    finally:
        channel.close()


def _answer(
    channel: _bridge.Channel, raw: _bridge.Request, effect: Effect, cancelled: Callable[[], bool]
) -> tuple[_bridge.Status, str]:
    """Return how the request ended."""
    from ..core.errors import CancelledError
    from ..core.sessions.device import is_memory_error
    from ..kernels.errors import TrimatteError

    _log.debug("time %g of instance %x", raw.time, raw.instance)
    try:
        return _bridge.Status.OK, effect.render(channel, raw, cancelled)
    except CancelledError:
        return _bridge.Status.CANCELLED, ""
    except TrimatteError as error:
        return _bridge.Status.FAILED, f"Trimatte: {error}"
    except (_bridge.ClosedError, _bridge.ProtocolError):
        raise
    except Exception as error:  # noqa: BLE001 - the border: the host gets a status, whatever happened
        _log.exception("time %g failed", raw.time)
        if is_memory_error(error):
            return _bridge.Status.FAILED, (
                "Trimatte: there is not enough memory for this frame; work on a proxy, or close other programs."
            )
        return _bridge.Status.FAILED, f"Trimatte failed: {describe(error)}"


def _sayable(text: str) -> str:
    """Return ``text`` as UTF-8 can hold it: names of files have any bytes, Python keeps them as surrogates."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _offer_to_the_kernel() -> None:
    """When memory runs out, let the kernel take this process and not the host."""
    try:
        Path("/proc/self/oom_score_adj").write_text("500")
    except OSError:
        _log.debug("the kernel takes no wishes")


def _make_scratch() -> Path:
    """Make the folder of all temporary files of this process, and remove those of workers that were killed."""
    root = Path(tempfile.gettempdir())
    for old in root.glob(f"{_SCRATCH_PREFIX}*"):
        number = old.name.removeprefix(_SCRATCH_PREFIX).partition("-")[0]
        if number.isdigit() and not Path("/proc", number).exists():
            shutil.rmtree(old, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix=f"{_SCRATCH_PREFIX}{os.getpid()}-"))
    tempfile.tempdir = str(scratch)
    return scratch


if __name__ == "__main__":
    main(int(sys.argv[1]))
