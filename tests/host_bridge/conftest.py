"""The probe effects, and clips to feed them."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from trimatte.host_bridge import Effect, Host, HostProfile, PluginTable

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def probe_folder() -> Path:
    """The folder that holds Probes.ofx.bundle: ``$TRIMATTE_PROBES``, or the newest build without sanitizers."""
    named = os.environ.get("TRIMATTE_PROBES")
    folders = [Path(named)] if named else sorted(_ROOT.glob("build/[!s]*/tests/native/probes"))
    libraries = [folder / "Probes.ofx.bundle/Contents/Linux-x86-64/Probes.ofx" for folder in folders]
    built = [library for library in libraries if library.is_file()]
    if not built:
        pytest.fail("the probe plug-ins are not built; run make build, or set TRIMATTE_PROBES to their folder")
    return max(built, key=lambda library: library.stat().st_mtime).parents[3]


@pytest.fixture
def probes(probe_folder: Path) -> Callable[..., PluginTable]:
    """Host the probes: ``probes(row_bytes="negative")`` in a host with that profile."""

    def table(**profile: object) -> PluginTable:
        return Host([probe_folder / "Probes.ofx.bundle"], profile=HostProfile(**profile)).plugins()  # type: ignore[arg-type]

    return table


@pytest.fixture
def own_bundle(probe_folder: Path, tmp_path: Path) -> Path:
    """A copy of the probes that no other test has loaded."""
    return shutil.copytree(probe_folder / "Probes.ofx.bundle", tmp_path / "own" / "Probes.ofx.bundle")


@pytest.fixture
def create(probes: Callable[..., PluginTable]) -> Iterator[Callable[..., Effect]]:
    """Create a probe by the end of its identifier; closed after the test."""
    effects: list[Effect] = []

    def make(name: str, context: str = "filter", *, depth: str | None = None, **profile: object) -> Effect:
        plugin = probes(**profile)[f"org.trimatte.probe.{name}"]
        effects.append(plugin.create(context, depth=depth))  # type: ignore[arg-type]
        return effects[-1]

    yield make
    for effect in effects:
        effect.close()


@pytest.fixture
def clip() -> npt.NDArray[np.float32]:
    """Three frames of 11 x 7 random float pixels, (3, 7, 11, 4)."""
    return np.random.default_rng(7).random((3, 7, 11, 4), dtype=np.float32)
