import ast
import os
import socket
from pathlib import Path

import pytest

from trimatte.plugin import _bridge


def test_the_stub_names_what_the_module_has() -> None:
    import trimatte.plugin

    stub = ast.parse((Path(trimatte.plugin.__file__).parent / "_bridge.pyi").read_text())
    for node in stub.body:
        if isinstance(node, ast.ClassDef):
            real = {name for name in vars(getattr(_bridge, node.name)) if not name.startswith("_")}
            named = {
                item.name for item in node.body if isinstance(item, ast.FunctionDef) and not item.name.startswith("_")
            } | {item.targets[0].id for item in node.body if isinstance(item, ast.Assign)}  # type: ignore[attr-defined]
            assert named <= real, node.name
            assert real <= named or issubclass(getattr(_bridge, node.name), Exception), node.name
        elif isinstance(node, ast.AnnAssign):
            assert isinstance(node.target, ast.Name)
            assert hasattr(_bridge, node.target.id)


def test_the_end_of_the_host_is_an_error_of_its_own() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control = _bridge.Control(theirs.detach())
    ours.close()
    with pytest.raises(_bridge.ClosedError):
        control.accept()


def test_a_channel_without_its_descriptors_is_refused(worker: object) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control = _bridge.Control(theirs.detach())
    ours.send(worker.pack("open_channel"))  # type: ignore[attr-defined]
    with pytest.raises(_bridge.ProtocolError, match="without its descriptors"):
        control.accept()
    ours.close()


def test_descriptors_that_nobody_asked_for_are_closed(worker: object) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control = _bridge.Control(theirs.detach())
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    extra = [os.open("/dev/null", os.O_RDONLY) for _ in range(4)]
    socket.send_fds(ours, [worker.pack("forget", 7)], extra)  # type: ignore[attr-defined]
    for descriptor in extra:
        os.close(descriptor)
    assert control.accept() == 7
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
    ours.close()
