"""The host's end: starts a child, talks to it, and tells what became of it."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from multiprocessing.connection import Connection
from typing import Any, Final

from .. import _host
from ..errors import PluginCrashedError
from .wire import SOURCE_FIELDS, CallbackRef, Ref, SourceRef, unpack_error

_BOOT: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[3]); "
    f"from {__package__}.child import main; main(int(sys.argv[1]), int(sys.argv[2]))"
)
_GRACE: Final = 3.0  # seconds for a child to end when nobody needs it


class RemoteSource:
    """What :func:`open_source` fills for a clip whose effect lives in a child."""

    def __init__(self, read: Any) -> None:
        self.read = read


class ChildProcess:
    """One child. Calls into it take turns; whatever ends it is told as a :class:`PluginCrashedError`."""

    def __init__(self, what: str, timeout: float | None) -> None:
        """Start it.

        Args:
            what: names the bundle in errors.
            timeout: seconds of silence after which it is ended; None waits for ever.
        """
        self._what, self._timeout = what, timeout
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._callbacks: dict[int, Any] = {}
        self._raised: dict[int, BaseException] = {}
        self._released: list[int] = []
        self._end = ""
        ours, theirs = socket.socketpair()
        line, self._line = os.pipe()
        with theirs:
            descriptors = (theirs.fileno(), line)
            command = [sys.executable, "-c", _BOOT, *map(str, descriptors), json.dumps(sys.path)]
            self._process = subprocess.Popen(command, pass_fds=descriptors, stdin=subprocess.DEVNULL)
        os.close(line)
        self._connection: Connection[Any, Any] = Connection(ours.detach())
        self.end = weakref.finalize(self, _end, self._process, self._connection, self._line)
        """Ends the child: politely, then by force."""

    @property
    def is_alive(self) -> bool:
        """Whether it can still be asked."""
        return not self._end

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def request(self, operation: str, target: int, name: str, *arguments: Any) -> Any:
        """Ask for something and wait for the answer; callbacks run in this thread meanwhile.

        Raises:
            PluginCrashedError: the child ended, or kept silent for too long.
        """
        with self._lock:
            if self._end:
                raise PluginCrashedError(f"{self._end}; create the effect again")
            released, self._released = self._released, []
            packed = [self._pack(argument) for argument in arguments]
            self._send((operation, target, name, packed, released), name)
            return self._wait(name)

    def release(self, handle: int) -> None:
        """Let go of an object of the child, with the next request."""
        self._released.append(handle)

    def abort(self, handle: int) -> None:
        """Ask an instance to stop; does not wait for its turn."""
        if not self._end:
            os.write(self._line, f"{handle}\n".encode())

    def _wait(self, name: str) -> Any:
        interrupted: KeyboardInterrupt | None = None
        while True:
            try:
                message = self._receive(name)
            except KeyboardInterrupt as error:
                if interrupted is not None:
                    raise self._crashed(name, "was ended: interrupted twice") from error
                interrupted = error
                continue
            if message[0] == "callback":
                self._call(message[1], message[2], interrupted)
            elif interrupted is not None:
                raise interrupted
            elif message[0] == "ok":
                for number in message[2]:
                    self._callbacks.pop(number, None)
                return self._unpack(message[1])
            elif message[0] == "raised":
                raise self._raised.pop(message[1])
            else:
                raise unpack_error(*message[1:])

    def _call(self, number: int, arguments: tuple[Any, ...], interrupted: BaseException | None) -> None:
        try:
            if interrupted is not None:
                raise interrupted
            answer = ("answer", self._callbacks[number](*arguments))
        except BaseException as error:  # noqa: BLE001  # kept, and raised again when the child has cleaned up
            key = next(self._numbers)
            self._raised[key] = error
            answer = ("raise", key)
        self._send(answer, "callback")

    def _send(self, message: tuple[Any, ...], name: str) -> None:
        try:
            self._connection.send(message)
        except OSError as error:
            raise self._crashed(name) from error

    def _receive(self, name: str) -> Any:
        try:
            if not self._connection.poll(self._timeout):
                raise self._crashed(name, f"was ended: it gave no sign of life for {self._timeout:g} seconds")
            return self._connection.recv()
        except (EOFError, OSError) as error:
            raise self._crashed(name) from error

    def _crashed(self, name: str, how: str = "") -> PluginCrashedError:
        if how:
            self._process.kill()
        try:
            code = self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        if not how:
            how = f"was ended by {_signal_name(-code)}" if code < 0 else f"ended itself with exit code {code}"
        self._end = f"the process of {self._what} {how}, in {name}"
        self.end()
        return PluginCrashedError(self._end)

    def _pack(self, argument: Any) -> Any:
        if isinstance(argument, RemoteObject):
            return argument.ref
        if isinstance(argument, RemoteSource):
            fields = {field: getattr(argument, field) for field in SOURCE_FIELDS}
            return SourceRef(fields, self._keep(argument.read))
        return self._keep(argument) if callable(argument) else argument

    def _keep(self, function: Any) -> CallbackRef:
        number = next(self._numbers)
        self._callbacks[number] = function
        return CallbackRef(number)

    def _unpack(self, value: Any) -> Any:
        return RemoteObject(self, value) if isinstance(value, Ref) else value


class RemoteObject:
    """Stands in the host for an object of the child, and has its methods and properties."""

    def __init__(self, process: ChildProcess, ref: Ref) -> None:
        self._process, self.ref = process, ref

    def __getattr__(self, name: str) -> Any:
        member = vars(getattr(_host, self.ref.kind)).get(name)
        if member is None or name.startswith("_"):
            raise AttributeError(f"{self.ref.kind} has no {name}")
        if isinstance(member, property):
            return self._process.request("get", self.ref.handle, name)
        if name == "abort":
            return lambda: self._process.abort(self.ref.handle)
        return lambda *arguments: self._process.request("call", self.ref.handle, name, *arguments)

    def create(self, kind: str) -> Any:
        """Create an object of another class of the native module for this one."""
        return self._process.request("new", 0, kind, self)

    def __len__(self) -> int:
        return int(self._process.request("size", self.ref.handle, "__len__"))

    def __del__(self) -> None:
        self._process.release(self.ref.handle)


def _signal_name(number: int) -> str:
    try:
        return f"{signal.Signals(number).name} ({signal.strsignal(number)})"
    except ValueError:
        return f"signal {number}"


def _end(process: "subprocess.Popen[bytes]", connection: "Connection[Any, Any]", line: int) -> None:
    connection.close()
    os.close(line)
    deadline = time.monotonic() + _GRACE
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    if process.poll() is None:
        process.kill()
        process.wait()
