"""A window that nobody sees, for what draws with OpenGL 1: EGL without a display, through ctypes."""

import ctypes
from types import TracebackType

import numpy as np

_SURFACELESS, _OPENGL_API = 0x31DD, 0x30A2
_SURFACE_TYPE, _PBUFFER, _RENDERABLE_TYPE, _OPENGL_BIT, _NONE = 0x3033, 0x0001, 0x3040, 0x0008, 0x3038
_WIDTH, _HEIGHT = 0x3057, 0x3056
_RGBA, _UNSIGNED_BYTE, _COLOUR_BUFFER, _PROJECTION = 0x1908, 0x1401, 0x4000, 0x1701
BLEND, LINE_WIDTH = 0x0BE2, 0x0B21


class MissingGlError(Exception):
    """There is no OpenGL here that draws without a display."""


class OffscreenGl:
    """A black picture with y up and canonical coordinates of one unit per pixel; current while it is entered."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        try:
            self._egl, self.gl = ctypes.CDLL("libEGL.so.1"), ctypes.CDLL("libGL.so.1")
            get_display = self._egl.eglGetPlatformDisplay
        except (OSError, AttributeError) as error:
            raise MissingGlError(str(error)) from error
        get_display.restype, get_display.argtypes = ctypes.c_void_p, [ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p]
        for name, count in (("eglCreateContext", 4), ("eglCreatePbufferSurface", 3)):
            getattr(self._egl, name).restype = ctypes.c_void_p
            getattr(self._egl, name).argtypes = [ctypes.c_void_p] * count
        self._egl.eglChooseConfig.argtypes = [*[ctypes.c_void_p] * 3, ctypes.c_int, ctypes.c_void_p]
        for name, count in (("eglInitialize", 3), ("eglMakeCurrent", 4), ("eglDestroyContext", 2), ("eglTerminate", 1)):
            getattr(self._egl, name).argtypes = [ctypes.c_void_p] * count
        self._display = get_display(_SURFACELESS, None, None)
        if not self._display or not self._egl.eglInitialize(self._display, None, None):
            raise MissingGlError("EGL has no display of its own")

    def __enter__(self) -> "OffscreenGl":
        egl, config, count = self._egl, ctypes.c_void_p(), ctypes.c_int()
        wanted = (ctypes.c_int * 5)(_SURFACE_TYPE, _PBUFFER, _RENDERABLE_TYPE, _OPENGL_BIT, _NONE)
        egl.eglBindAPI(_OPENGL_API)
        egl.eglChooseConfig(self._display, wanted, ctypes.byref(config), 1, ctypes.byref(count))
        size = (ctypes.c_int * 5)(_WIDTH, self.size[0], _HEIGHT, self.size[1], _NONE)
        surface = egl.eglCreatePbufferSurface(self._display, config, size) if count.value else None
        self._context = egl.eglCreateContext(self._display, config, None, None) if surface else None
        if not self._context or not egl.eglMakeCurrent(self._display, surface, surface, self._context):
            raise MissingGlError("EGL makes no context of OpenGL 1")
        gl = self.gl
        gl.glOrtho.argtypes = [ctypes.c_double] * 6
        gl.glViewport(0, 0, *self.size)
        gl.glMatrixMode(_PROJECTION)
        gl.glOrtho(0, self.size[0], 0, self.size[1], -1, 1)
        gl.glClear(_COLOUR_BUFFER)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._egl.eglMakeCurrent(self._display, None, None, None)
        self._egl.eglDestroyContext(self._display, self._context)
        self._egl.eglTerminate(self._display)

    def picture(self) -> np.ndarray:
        """Return what was drawn, (H, W, 3) uint8, y up."""
        width, height = self.size
        pixels = np.zeros((height, width, 4), np.uint8)
        self.gl.glReadPixels(0, 0, width, height, _RGBA, _UNSIGNED_BYTE, pixels.ctypes.data_as(ctypes.c_void_p))
        return pixels[..., :3]

    def line_width(self) -> float:
        """Return the width of lines that is set."""
        value = ctypes.c_float()
        self.gl.glGetFloatv(LINE_WIDTH, ctypes.byref(value))
        return value.value
