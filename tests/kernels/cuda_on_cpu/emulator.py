"""Launch CUDA sources on the CPU, so that machines without a card test their arithmetic: see prelude.hpp."""

import ctypes
import hashlib
import re
import subprocess
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from trimatte.kernels.cuda_runtime import compile_options, source_text

Argument = Tensor | int | float | np.generic
_PRELUDE = Path(__file__).with_name("prelude.hpp")
_KERNEL = re.compile(r'extern "C" __global__ void\s+(?:__launch_bounds__\([^)]*\)\s*)?(\w+)\(([^)]*)\)')
_INCLUDE = re.compile(r"#include <.*>")
_COMPILE = ("-std=c++17", "-O1", "-fPIC", "-w", "-U_FORTIFY_SOURCE", "-ffp-contract=off", "-fsanitize=alignment,bounds")
_CALL = """
extern "C" const char* call_{name}(const unsigned* grid, const unsigned* block, void** given) {{
    cuda_on_cpu::arguments = given;
    cuda_on_cpu::kernel = [](void** arguments) {{ {name}({passed}); }};
    return cuda_on_cpu::run_grid(grid, block, {has_barriers});
}}
"""


class LaunchError(AssertionError):
    """A launch that CUDA would refuse, or whose result it would not define."""


class _Program(NamedTuple):
    """A source for one stored type, with the types of its kernels' parameters."""

    library: ctypes.CDLL
    parameters: dict[str, list[str]]


class Emulator:
    """Compiles each source once per type and definitions; libraries stay in ``folder``, named by their text's hash."""

    def __init__(self, compiler: str, folder: Path) -> None:
        self.compiler = compiler
        self.folder = folder
        self._programs: dict[tuple[Path, torch.dtype, tuple[str, ...]], _Program] = {}

    def launch(
        self,
        source: Path,
        name: str,
        *,
        dtype: torch.dtype,
        grid: tuple[int, ...],
        block: tuple[int, ...],
        arguments: tuple[Argument, ...],
        definitions: tuple[str, ...] = (),
        shared_bytes: int = 0,
    ) -> None:
        """Stand in for :func:`trimatte.kernels.cuda_runtime.launch`, over CPU tensors.

        Raises:
            LaunchError: arguments that the kernel does not take, or a mistake that prelude.hpp finds.
        """
        if 0 in grid:
            return
        if shared_bytes:
            raise LaunchError(f"{name} asks for dynamic shared memory, which this emulator does not have; add it.")
        key = source, dtype, definitions
        if key not in self._programs:
            self._programs[key] = self._build(*key)
        program = self._programs[key]
        passed = list(_check(name, program.parameters[name], arguments, dtype))
        places = (ctypes.c_void_p * len(passed))(*(value.ctypes.data for value in passed))
        call = program.library[f"call_{name}"]
        call.restype = ctypes.c_char_p
        sizes = [(ctypes.c_uint * 3)(*(*size, 1, 1)[:3]) for size in (grid, block)]
        if failure := call(*sizes, places):
            raise LaunchError(f"{name}, grid {grid}, block {block}: {failure.decode()}.")

    def _build(self, source: Path, dtype: torch.dtype, definitions: tuple[str, ...]) -> _Program:
        options = [option for option in compile_options(dtype, definitions) if option.startswith("-D")]
        # Macros write some of the kernels.
        text = self._run(["-E", "-P", *options, "-x", "c++", "-"], _INCLUDE.sub("", source_text(source)))
        kernels: dict[str, str] = dict(_KERNEL.findall(text))
        parameters = {name: [_type_of(one) for one in given.split(",")] for name, given in kernels.items()}
        has_barriers = "true" if re.search("__syncthreads|__shfl", text) else "false"
        calls = [
            _CALL.format(name=name, passed=", ".join(map(_read, range(len(types)), types)), has_barriers=has_barriers)
            for name, types in parameters.items()
        ]
        library = self._compile(source.stem, "".join((self._prelude, text, *calls)))
        return _Program(ctypes.CDLL(str(library)), parameters)

    @cached_property
    def _prelude(self) -> str:
        return _PRELUDE.read_text()

    def _compile(self, name: str, text: str) -> Path:
        digest = hashlib.sha256("\n".join((self.compiler, *_COMPILE, text)).encode()).hexdigest()[:16]
        library = self.folder / f"{name}_{digest}.so"
        if not library.exists():
            with TemporaryDirectory(dir=self.folder) as scratch:
                # Linked without the sanitizers' library, whose place prelude.hpp takes.
                unlinked, linked = Path(scratch, "kernels.o"), Path(scratch, "kernels.so")
                self._run([*_COMPILE, "-x", "c++", "-c", "-", "-o", str(unlinked)], text)
                self._run(["-shared", str(unlinked), "-o", str(linked)])
                linked.replace(library)
        return library

    def _run(self, options: list[str], text: str = "") -> str:
        done = subprocess.run([self.compiler, *options], input=text, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LaunchError(f"{self.compiler} {' '.join(options)} failed:\n{done.stderr[:3000]}")
        return done.stdout


def _type_of(parameter: str) -> str:
    """Return ``scalar_t*`` for ``const scalar_t* out``."""
    words = parameter.replace("const ", " ").split()
    return " ".join(words[:-1])


def _read(index: int, kind: str) -> str:
    """Return the C++ of one argument."""
    return f"*static_cast<{kind}*>(arguments[{index}])"


def _check(name: str, kinds: list[str], arguments: tuple[Argument, ...], dtype: torch.dtype) -> Iterator[np.ndarray]:
    """Give each argument's bytes, after comparing it with its parameter."""
    if len(kinds) != len(arguments):
        raise LaunchError(f"{name} takes {len(kinds)} arguments; got {len(arguments)}.")
    work = torch.promote_types(dtype, torch.float32)
    known = {"scalar_t": dtype, "work_t": work, "int": torch.int32, "long long": torch.int64}
    for number, (kind, value) in enumerate(zip(kinds, arguments, strict=True)):
        passed, given = _pass(value)
        # An array without elements has a null address, which every pointer takes.
        is_null = given.endswith("*") and kind.endswith("*") and not passed
        if given != str(known.get(kind.rstrip("*"))) + "*" * kind.endswith("*") and not is_null:
            raise LaunchError(f"{name}, argument {number}: the kernel takes {kind} over {dtype}; got {given}.")
        yield passed


def _pass(value: Argument) -> tuple[np.ndarray, str]:
    """Return what a kernel gets, and its type in words: ``torch.float32*`` for an array."""
    if isinstance(value, Tensor):
        order = "" if value.is_contiguous() else "scattered "
        return np.array(value.data_ptr(), np.uintp), f"{order}{value.dtype}*"
    default = np.int32 if isinstance(value, int) else np.float32
    passed = np.array(value if isinstance(value, np.generic) else default(value))
    return passed, f"torch.{passed.dtype}"
