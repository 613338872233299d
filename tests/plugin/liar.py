"""A worker that lies: it stands where Python should be, greets the shell, and says what it was told to say.

``install`` writes the program; it needs no more than the standard library, so that it starts at once.
"""

import stat
import sys
from pathlib import Path

from trimatte.plugin import _bridge

_PROGRAM = """#!{python}
import math, os, socket, struct, sys, time

MAGIC, VERSION = 0x54724D31, {version}
NUMBERS = dict(hello=1, open_channel=2, forget=3, render=16, fetch=17, ready=18, missing=19, progress=20,
               heartbeat=21, cancel=22, done=23, set_text=24, go_to=25)
SIZES = dict(hello=2080, fetch=40, go_to=32, set_text=4032,
             progress=32, heartbeat=32, done=2080, cancel=24, forget=32, open_channel=24)

def head(name, request=0, size=None, magic=MAGIC, version=VERSION):
    return struct.pack("=IHHIIQ", magic, version, NUMBERS[name], size or SIZES[name], 0, request)

def done(status, text=b"", request=None):
    return head("done", REQUEST if request is None else request) + struct.pack("=ii2048s", status, 0, text)

def number(name, value):
    return head(name, REQUEST) + struct.pack("=d", value)

def fetch(time, clip=0):
    return head("fetch", REQUEST) + struct.pack("=dII", time, clip, 0)

def set_text(parameter, size, text=b""):
    return head("set_text", REQUEST) + struct.pack("=II4000s", parameter, size, text)

def say(data):
    channel.send(data)

def flood(data):
    while True:
        try:
            channel.send(data)
        except BlockingIOError:
            time.sleep(0.001)

def hear():
    data = channel.recv(4096)
    if not data:
        sys.exit(0)
    return data

control = socket.socket(fileno=3)
control.send(head("hello") + struct.pack("=ii2048s", os.getpid(), 0, b""))
while True:
    data, descriptors, _, _ = socket.recv_fds(control, 4096, 4)
    if not data:
        sys.exit(0)
    if len(descriptors) != 2:
        continue
    channel, memory = socket.socket(fileno=descriptors[0]), descriptors[1]
    while channel.recv(1, socket.MSG_PEEK):
        asked = hear()
        REQUEST = struct.unpack_from("=Q", asked, 16)[0]
        {lie}
"""


def install(folder: Path, lie: str) -> str:
    """Write the program into ``folder`` and return its path; ``lie`` is Python, run once for each request."""
    path = folder / "python"
    path.write_text(
        _PROGRAM.format(python=sys.executable, version=_bridge.PROTOCOL_VERSION, lie=lie.replace("\n", "\n        "))
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)
