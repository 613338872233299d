"""A host of another kind: written in Python, single-threaded, and holding the GIL through every action.

It offers the least a host may offer, and its own output buffer can be looked at after a failure. Run as a program:
``gil_host.py BUNDLE KEYFRAMES ROWS WINDOW [SPACE]`` prints one JSON line about one render. All suites are called
through ctypes.PyDLL, so while the effect renders no other Python thread of this process runs.
"""

from __future__ import annotations

import ctypes
import json
import sys
from ctypes import POINTER, PYFUNCTYPE, Structure, byref, c_char_p, c_double, c_int, c_uint, c_void_p, cast
from pathlib import Path

import numpy as np

OK, FAILED, UNKNOWN, BAD_HANDLE = 0, 1, 3, 9
WIDTH, HEIGHT = 80, 48
PAD = 7  # pixels of the output image beyond the frame, to see who writes outside the window


class Properties:
    """Property sets by number; values are lists."""

    def __init__(self) -> None:
        self.sets: dict[int, dict[str, list[object]]] = {}
        self.kept: list[object] = []

    def new(self, **values: object) -> int:
        number = len(self.sets) + 1000
        self.sets[number] = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
        return number

    def get(self, number: int, name: bytes, index: int) -> object | None:
        values = self.sets.get(number, {}).get(name.decode())
        return None if values is None or index >= len(values) else values[index]

    def set(self, number: int, name: bytes, index: int, value: object) -> int:
        if number not in self.sets:
            return BAD_HANDLE
        values = self.sets[number].setdefault(name.decode(), [])
        values.extend([None] * (index + 1 - len(values)))
        values[index] = value
        return OK


class Host:
    """One effect, one instance, one clip."""

    def __init__(self, bundle: Path, rows: int, space: str = "") -> None:
        self.colour = {"OfxImageClipPropColourspace": space} if space else {}
        self.properties = Properties()
        self.messages: list[str] = []
        self.params: dict[str, object] = {}
        self.handles: list[str] = []
        self.lent = 0
        self.callbacks: list[object] = []
        self.rows = rows
        plate = np.random.default_rng(1).random((HEIGHT, WIDTH, 4), dtype=np.float32)
        self.plate = np.ascontiguousarray(plate if rows < 0 else plate[::-1])  # y down in memory, or up
        self.output = np.full((HEIGHT + 2 * PAD, WIDTH + 2 * PAD, 4), 9, np.float32)
        self.library = library = ctypes.PyDLL(str(bundle / "Contents" / "Linux-x86-64" / "Trimatte.ofx"))
        library.OfxGetPlugin.restype = c_void_p
        self.plugin = cast(library.OfxGetPlugin(0), POINTER(Plugin)).contents
        self.suites = {
            "OfxPropertySuite": self._property_suite(),
            "OfxImageEffectSuite": self._effect_suite(),
            "OfxParameterSuite": self._param_suite(),
            "OfxMessageSuite": self._message_suite(),
        }
        self.struct = HostStruct(self.properties.new(OfxPropName="test.gil"), FETCH(self._fetch))
        self.plugin.setHost(byref(self.struct))

    def text(self, number: int, name: str) -> str | None:
        """Return what the effect wrote into a property, if it did."""
        value = self.properties.get(number, name.encode(), 0)
        return value.decode() if isinstance(value, bytes) else None

    def act(self, action: str, handle: int = 0, inside: int = 0, outside: int = 0) -> int:
        return int(self.plugin.mainEntry(action.encode(), handle or None, inside or None, outside or None))

    def _keep(self, kind: object, function: object) -> c_void_p:
        callback = kind(function)  # type: ignore[operator]
        self.callbacks.append(callback)
        return cast(callback, c_void_p)

    def _fetch(self, _host: int, name: bytes, version: int) -> int | None:
        suite = self.suites.get(name.decode()) if version == 1 else None
        return None if suite is None else ctypes.addressof(suite)  # type: ignore[arg-type]

    def _property_suite(self) -> object:
        def setter(number: int, name: bytes, index: int, value: object) -> int:
            return self.properties.set(number, name, index, value)

        def getter(kind: type) -> object:
            def get(number: int, name: bytes, index: int, target: int) -> int:
                value = self.properties.get(number, name, index)
                if value is None:
                    return UNKNOWN
                if kind is c_char_p:
                    text = str(value).encode()
                    self.properties.kept.append(text)
                    value = text
                cast(target, POINTER(kind))[0] = value  # type: ignore[index, call-overload]
                return OK

            return get

        set_kinds = [c_void_p, c_char_p, c_double, c_int]
        table = (c_void_p * 18)()
        for place, kind in enumerate(set_kinds):
            table[place] = self._keep(PYFUNCTYPE(c_int, c_void_p, c_char_p, c_int, kind), setter)
            table[place + 8] = self._keep(PYFUNCTYPE(c_int, c_void_p, c_char_p, c_int, c_void_p), getter(kind))
        return table

    def _effect_suite(self) -> object:
        def set_pointer(target: int, value: int) -> int:
            if target:
                cast(target, POINTER(c_void_p))[0] = value
            return OK

        def clip_define(_effect: int, name: bytes, target: int) -> int:
            return set_pointer(target, self.properties.new())

        def clip_handle(_effect: int, name: bytes, clip: int, target: int) -> int:
            set_pointer(clip, 1 if name == b"Source" else 2)
            return set_pointer(target, self.properties.new(**self.colour))

        def image(clip: int, _time: float, _region: int, target: int) -> int:
            self.lent += 1
            return set_pointer(target, self._image(self.plate, 0) if clip == 1 else self._image(self.output, PAD))

        def release(_image: int) -> int:
            self.lent -= 1
            return OK

        def region(_clip: int, _time: float, target: int) -> int:
            for place, value in enumerate((0.0, 0.0, float(WIDTH), float(HEIGHT))):
                cast(target, POINTER(c_double))[place] = value
            return OK

        p = c_void_p
        table = (c_void_p * 13)()
        table[0] = self._keep(PYFUNCTYPE(c_int, p, p), lambda effect, target: set_pointer(target, effect))
        table[1] = self._keep(PYFUNCTYPE(c_int, p, p), lambda _effect, target: set_pointer(target, 1))
        table[2] = self._keep(PYFUNCTYPE(c_int, p, c_char_p, p), clip_define)
        table[3] = self._keep(PYFUNCTYPE(c_int, p, c_char_p, p, p), clip_handle)
        table[5] = self._keep(PYFUNCTYPE(c_int, p, c_double, p, p), image)
        table[6] = self._keep(PYFUNCTYPE(c_int, p), release)
        table[7] = self._keep(PYFUNCTYPE(c_int, p, c_double, p), region)
        table[8] = self._keep(PYFUNCTYPE(c_int, p), lambda _effect: 0)
        return table

    def _image(self, array: np.ndarray, pad: int) -> int:
        step = array.strides[0] * self.rows
        first = array.ctypes.data if self.rows > 0 else array.ctypes.data + array.strides[0] * (array.shape[0] - 1)
        return self.properties.new(
            OfxImagePropBounds=[-pad, -pad, WIDTH + pad, HEIGHT + pad],
            OfxImageEffectPropPixelDepth="OfxBitDepthFloat",
            OfxImageEffectPropComponents="OfxImageComponentRGBA",
            OfxImagePropRowBytes=step,
            OfxImagePropData=first,
        )

    def _param_suite(self) -> object:
        def define(_set: int, kind: bytes, name: bytes, target: int) -> int:
            if kind in {b"OfxParamTypeGroup", b"OfxParamTypePage"}:
                return UNKNOWN  # a host without them
            number = self.properties.new()
            self.handles.append(name.decode())
            if target:
                cast(target, POINTER(c_void_p))[0] = number
            return OK

        def handle(_set: int, name: bytes, target: int, _properties: int) -> int:
            if name.decode() not in self.handles:
                return UNKNOWN
            cast(target, POINTER(c_void_p))[0] = self.handles.index(name.decode()) + 1
            return OK

        def value_at(number: int, _time: float, target: int) -> int:
            value = self.params.get(self.handles[number - 1])
            if isinstance(value, bytes):
                cast(target, POINTER(c_char_p))[0] = value
            elif isinstance(value, float):
                cast(target, POINTER(c_double))[0] = value
            elif value is not None:
                cast(target, POINTER(c_int))[0] = value  # type: ignore[call-overload]
            return OK

        p = c_void_p
        table = (c_void_p * 18)()
        table[0] = self._keep(PYFUNCTYPE(c_int, p, c_char_p, c_char_p, p), define)
        table[1] = self._keep(PYFUNCTYPE(c_int, p, c_char_p, p, p), handle)
        table[5] = self._keep(PYFUNCTYPE(c_int, p, c_double, p), value_at)
        return table

    def _message_suite(self) -> object:
        def message(_effect: int, _kind: bytes, _id: bytes, text: bytes) -> int:
            self.messages.append(text.decode())
            return OK

        table = (c_void_p * 1)()
        table[0] = self._keep(PYFUNCTYPE(c_int, c_void_p, c_char_p, c_char_p, c_char_p), message)
        return table


class HostStruct(Structure):
    pass


FETCH = PYFUNCTYPE(c_void_p, c_void_p, c_char_p, c_int)
HostStruct._fields_ = [("host", c_void_p), ("fetchSuite", FETCH)]


class Plugin(Structure):
    _fields_ = [
        ("pluginApi", c_char_p),
        ("apiVersion", c_int),
        ("pluginIdentifier", c_char_p),
        ("versionMajor", c_uint),
        ("versionMinor", c_uint),
        ("setHost", PYFUNCTYPE(None, POINTER(HostStruct))),
        ("mainEntry", PYFUNCTYPE(c_int, c_char_p, c_void_p, c_void_p, c_void_p)),
    ]


def main(bundle: Path, keyframes: str, rows: int, window: list[int], space: str = "") -> dict[str, object]:
    host = Host(bundle, rows, space)
    effect = host.properties.new()
    status = {
        "load": host.act("OfxActionLoad"),
        "describe": host.act("OfxActionDescribe", effect),
        "context": host.act(
            "OfxImageEffectActionDescribeInContext",
            effect,
            host.properties.new(OfxImageEffectPropContext="OfxImageEffectContextFilter"),
        ),
        "create": host.act("OfxActionCreateInstance", effect),
    }
    host.params = {"keyframes": keyframes.encode(), "view": 1, "device": 1, "workingResolution": 5, "refine": 1}
    inside = host.properties.new(
        OfxPropTime=0.0, OfxImageEffectPropRenderWindow=window, OfxImageEffectPropRenderScale=[1.0, 1.0]
    )
    status["render"] = host.act("OfxImageEffectActionRender", effect, inside)
    answer = host.properties.new()
    host.act("OfxImageEffectActionGetOutputColourspace", effect, 0, answer)
    status["destroy"] = host.act("OfxActionDestroyInstance", effect)
    upright = host.output[::-1] if rows > 0 else host.output  # y down
    frame = upright[PAD:-PAD, PAD:-PAD]
    plate = host.plate[::-1] if rows > 0 else host.plate
    x1, y1, x2, y2 = window
    inner = np.zeros(upright.shape[:2], bool)
    inner[PAD + HEIGHT - y2 : PAD + HEIGHT - y1, PAD + x1 : PAD + x2] = True
    shown = frame[HEIGHT - y2 : HEIGHT - y1, x1:x2]
    return {
        "status": status,
        "style": host.text(effect, "OfxImageEffectPropColourManagementStyle"),
        "output_space": host.text(answer, "OfxImageClipPropColourspace"),
        "messages": host.messages,
        "lent": host.lent,
        "untouched_outside": bool((upright[~inner] == 9).all()),
        "is_source": bool((shown == plate[HEIGHT - y2 : HEIGHT - y1, x1:x2]).all()),
        "matte": shown[..., 0].tolist(),
    }


if __name__ == "__main__":
    report = main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]), *sys.argv[5:])
    sys.stdout.write(json.dumps(report) + "\n")
