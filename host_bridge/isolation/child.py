"""The child: runs the native host for a parent, until the parent's end of the line closes."""

import itertools
import os
import signal
import threading
from multiprocessing.connection import Connection
from typing import Any

from .. import _host
from ..profile import HostProfile
from .wire import CallbackRef, RaisedInHostError, Ref, SourceRef, pack_error


class Child:
    """Objects by their numbers, and the conversation with the parent."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self._talk = threading.RLock()  # held for one callback and its answer, or for one reply
        self._serving = False
        self._dropped: list[int] = []  # callbacks that nobody here can call any more
        self.objects: dict[int, Any] = {}

    def serve(self) -> None:
        """Answer requests until the parent hangs up."""
        while True:
            try:
                request = self._connection.recv()
            except (EOFError, OSError):
                return
            with self._talk:
                self._serving = True
            reply = self._answer(request)
            with self._talk:
                self._serving = False
                self._connection.send(reply)

    def call_back(self, number: int, arguments: tuple[Any, ...]) -> Any:
        """Call a function of the parent; nobody answers threads that an effect runs between requests.

        Raises:
            RaisedInHostError: the function raised.
        """
        with self._talk:
            if not self._serving:
                return None
            self._connection.send(("callback", number, arguments))
            while True:
                message = self._connection.recv()
                if message[0] == "answer":
                    return message[1]
                if message[0] == "raise":
                    raise RaisedInHostError(message[1])
                self._connection.send(self._answer(message))

    def drop(self, number: int) -> None:
        """Note that a function of the parent is not needed any more."""
        self._dropped.append(number)

    def _answer(self, request: tuple[Any, ...]) -> tuple[Any, ...]:
        operation, target, name, arguments, released = request
        for handle in released:
            self.objects.pop(handle, None)
        try:
            unpacked = [self._unpack(argument) for argument in arguments]
            if operation == "new":
                value = getattr(_host, name)(*unpacked)
            elif operation == "get":
                value = getattr(self.objects[target], name)
            elif operation == "size":
                value = len(self.objects[target])
            else:
                value = getattr(self.objects[target], name)(*unpacked)
            packed = self._pack(value)
        except BaseException as error:  # noqa: BLE001  # all of them are the parent's
            return pack_error(error)
        dropped, self._dropped = self._dropped, []
        return ("ok", packed, dropped)

    def _unpack(self, argument: Any) -> Any:
        if isinstance(argument, Ref):
            return self.objects[argument.handle]
        if isinstance(argument, HostProfile):
            return argument.to_native()
        if isinstance(argument, CallbackRef):
            return _Callback(self, argument.number)
        if isinstance(argument, SourceRef):
            source = _host.ClipSource(_Callback(self, argument.read.number))
            for field, value in argument.fields.items():
                setattr(source, field, value)
            return source
        return argument

    def _pack(self, value: Any) -> Any:
        kind = type(value).__name__
        if type(value).__module__ != _host.__name__:
            return value
        handle = next(self._numbers)
        self.objects[handle] = value
        return Ref(handle, kind)


class _Callback:
    """Stands in the child for a function of the parent."""

    def __init__(self, child: Child, number: int) -> None:
        self._child, self._number = child, number

    def __call__(self, *arguments: Any) -> Any:
        return self._child.call_back(self._number, arguments)

    def __del__(self) -> None:
        self._child.drop(self._number)


def main(connection_number: int, line_number: int) -> None:
    """Serve the parent at the other ends of two file descriptors.

    Args:
        connection_number: requests, callbacks and answers.
        line_number: handles of instances to be aborted, one per line; its end is the end of this process.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to act upon
    child = Child(Connection(connection_number))
    threading.Thread(target=_listen, args=(child, line_number), daemon=True).start()
    child.serve()
    child.objects.clear()


def _listen(child: Child, line_number: int) -> None:
    with os.fdopen(line_number) as line:
        for handle in line:
            instance = child.objects.get(int(handle))
            if instance is not None:
                instance.abort()
    threading.Event().wait(2.0)  # a child that is idle has ended by now, with Unload and all
    os._exit(0)
