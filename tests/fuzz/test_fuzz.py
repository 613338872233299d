"""A short run of every fuzzer from a fixed seed; ``make fuzz RUNS=N`` makes long ones."""

import shutil
import subprocess
import warnings
from pathlib import Path

import pytest

from .fuzz import TARGETS, run

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_but_our_own_errors_comes_back(target: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of what it then reads
        run(target, runs=400, seed=20)


def test_folders_that_cannot_be_are_named(tmp_path: Path) -> None:
    from trimatte.plugin.errors import ParameterError
    from trimatte.plugin.keyframes import find_keyframes

    for name in ("a\0b", "\ud800"):
        with pytest.raises(ParameterError, match="cannot be read"):
            find_keyframes(Path(name))


def test_both_ends_of_the_wire_refuse_and_do_nothing_else(tmp_path: Path) -> None:
    compiler = shutil.which("c++")
    if compiler is None:
        pytest.skip("there is no C++ compiler")
    native = ROOT / "plugin" / "native"
    if not native.is_dir():
        pytest.skip("the sources are not here")
    sources = [HERE / "protocol.cpp", HERE / "driver.cpp", native / "bridge" / "channel.cpp"]
    sources += [native / "wire" / "socket.cpp", native / "wire" / "shared_memory.cpp"]
    program = tmp_path / "protocol"
    flags = ["-std=c++20", "-O0", "-g0", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]
    built = subprocess.run(
        [compiler, *flags, f"-I{native}", *map(str, sources), "-o", str(program)],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    if built.returncode != 0 and "sanitize" in built.stderr:
        pytest.skip("the compiler has no sanitizers")
    assert built.returncode == 0, built.stderr
    ran = subprocess.run([str(program), "2000", "20"], capture_output=True, text=True, timeout=100, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert "2000 runs, nothing found" in ran.stdout
