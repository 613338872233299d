"""Every CUDA source compiles to machine code for the cards we serve; no card is needed for that."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

import trimatte.kernels
from trimatte.kernels.cuda_runtime import SCALARS, compile_options, source_text

KERNELS = Path(trimatte.kernels.__file__).parent
DEFINITIONS: dict[str, tuple[str, ...]] = {"correlation.cu": ("RADIUS=4",)}
"""What a source needs defined, as its twin does."""


def compile_to_cubin(text: str, name: str, options: tuple[str, ...]) -> bytes:
    nvrtc = pytest.importorskip("cupy", reason="CuPy is not installed; pip install 'trimatte[cuda]'").cuda.nvrtc
    runtime = pytest.importorskip(
        "nvidia.cu13", reason="CUDA's headers are not installed; pip install 'trimatte[cuda]'"
    )
    include = Path(next(iter(runtime.__path__))) / "include"
    program = nvrtc.createProgram(text, name, (), ())
    try:
        nvrtc.compileProgram(program, [*options, f"-I{include}"])
    except nvrtc.NVRTCError:
        pytest.fail(nvrtc.getProgramLog(program))
    machine_code: bytes = nvrtc.getCUBIN(program)
    nvrtc.destroyProgram(program)
    return machine_code


@pytest.mark.parametrize("architecture", ["sm_75", "sm_86", "sm_90"])
@pytest.mark.parametrize("source", sorted(KERNELS.rglob("*.cu")), ids=lambda path: path.name)
def test_every_source_compiles_for_every_card_and_type(source: Path, architecture: str) -> None:
    def size_of(dtype: torch.dtype) -> int:
        options = (*compile_options(dtype, DEFINITIONS.get(source.name, ())), f"-arch={architecture}")
        return len(compile_to_cubin(source_text(source), source.name, options))

    with ThreadPoolExecutor() as pool:  # the compiler lets go of the GIL
        assert min(pool.map(size_of, SCALARS)) > 1000


def test_an_error_in_a_source_is_found() -> None:
    options = (*compile_options(torch.float32, ()), "-arch=sm_90")
    with pytest.raises(pytest.fail.Exception, match="undefined"):
        compile_to_cubin(
            'extern "C" __global__ void broken() { missing(); }', "broken.cu", ("-std=c++17", *options[1:])
        )
