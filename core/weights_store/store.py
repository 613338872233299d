"""The user's own weights: imported once, checked, kept as safetensors, found by name."""

import contextlib
import hashlib
import json
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from torch import Tensor

from ..checkpoints import load_state, save_weights
from ..errors import CheckpointError
from .fit import FitReport, fit_state
from .published import PUBLISHED, published_name

__all__ = ["StoredWeights", "WeightsStore", "data_folder", "sha256_of"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_RESERVED = frozenset({"default"})


@dataclass(frozen=True, slots=True)
class StoredWeights:
    """Weights in the store."""

    name: str
    """How commands call them."""
    network: str
    """Which network they fit; ``trimatte``: FTP-VM and the refiner in one file."""
    options: dict[str, Any]
    """Options of the network that they were made for."""
    path: Path
    """The safetensors file."""
    sha256: str
    """Of the file; names the weights in cache keys."""
    record: dict[str, Any]
    """Where they come from."""


def data_folder() -> Path:
    """Return the folder of the user's data: ``$TRIMATTE_DATA``, else ``trimatte`` in the XDG data folder."""
    own = os.environ.get("TRIMATTE_DATA")
    if own:
        return Path(own).expanduser()
    shared = os.environ.get("XDG_DATA_HOME", "")
    return (Path(shared) if Path(shared).is_absolute() else Path.home() / ".local" / "share") / "trimatte"


def sha256_of(path: Path) -> str:
    """Return the digest of a file.

    Raises:
        CheckpointError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read ({error.strerror}); check the path.", path=path) from error


class WeightsStore:
    """A folder of weights.

    Each name has a record, ``NAME.json``, and the file that the record names, ``NAME-<digest>.safetensors``. The
    record is replaced in one step and last, so a name always stands for whole weights: the old or the new ones.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Use ``folder``; default: ``weights`` in :func:`data_folder`. It is made when something is stored."""
        self.folder = data_folder() / "weights" if folder is None else folder

    def names(self) -> list[str]:
        """Return the names of the stored weights, sorted."""
        if not self.folder.is_dir():
            return []
        return sorted(path.stem for path in self.folder.glob("*.json") if not path.name.startswith("."))

    def find(self, name: str) -> StoredWeights:
        """Return what the record of ``name`` says; the file itself is not opened.

        Raises:
            CheckpointError: nothing has that name, or its record is broken.
        """
        path = self._record_path(name)
        if not _NAME.fullmatch(name) or not path.is_file():
            stored = ", ".join(self.names()) or "none"
            raise CheckpointError(
                f"no weights are called '{name}' in {self.folder} (stored: {stored}); "
                "give a weight file, or 'trimatte weights import' one."
            )
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            file, network, sha256 = (str(record[key]) for key in ("file", "network", "sha256"))
            options = dict(record["options"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"{path}: the record is broken; import '{name}' again.", path=path) from error
        return StoredWeights(name, network, options, self.folder / Path(file).name, sha256, record)

    def add(
        self,
        source: Path,
        *,
        name: str | None = None,
        network: str | None = None,
        replace: bool = False,
        origin: str | None = None,
    ) -> tuple[StoredWeights, FitReport]:
        """Convert a weight file and keep it.

        Args:
            source: any file :func:`~trimatte.core.checkpoints.load_state` reads.
            name: what to call it; ``None``: the name of the published file, else the name of the file.
            network: which network it is for; ``None`` finds out.
            replace: let go of other weights of that name.
            origin: address it comes from, for the record.

        Raises:
            CheckpointError: unreadable, unfit, a bad or taken name, or the store cannot be written.
        """
        name = self._checked_name(name or published_name(source.name) or source.stem)
        state, report = fit_state(load_state(source), network, path=source)
        digest = sha256_of(source)
        taken = self._taken(name)
        if taken is not None and taken.record.get("source_sha256") != digest and not replace:
            raise CheckpointError(
                f"{source}: other weights are called '{name}' already ({taken.record.get('source')}); "
                "give another name, or replace them.",
                path=source,
            )
        record = {
            "network": report.network,
            "options": report.options,
            "source": origin or source.name,
            "source_sha256": digest,
            "licence": PUBLISHED[name].licence if name in PUBLISHED else "as its authors state it",
            "imported": datetime.now(UTC).isoformat(timespec="seconds"),
            "entries": len(state),
        }
        self._write(name, state, record, digest)
        return self.find(name), report

    def verify(self, name: str) -> FitReport:
        """Read the weights called ``name`` and compare them with their record and their network.

        Raises:
            CheckpointError: missing, changed, torn or unfit.
        """
        stored = self.find(name)
        state = self.load(stored)
        return fit_state(state, stored.network, path=stored.path)[1]

    def load(self, stored: StoredWeights) -> dict[str, Tensor]:
        """Read the tensors of stored weights, after a comparison with the digest in the record.

        Raises:
            CheckpointError: missing, changed or torn.
        """
        return load_state(self.checked_path(stored))

    def checked_path(self, stored: StoredWeights) -> Path:
        """Return the file of stored weights, after a comparison with the digest in the record.

        Raises:
            CheckpointError: missing or changed.
        """
        if not stored.path.is_file():
            raise CheckpointError(f"{stored.path}: the file of '{stored.name}' is missing; import it again.")
        if sha256_of(stored.path) != stored.sha256:
            raise CheckpointError(
                f"{stored.path}: differs from the record of '{stored.name}'; it was damaged, import it again.",
                path=stored.path,
            )
        return stored.path

    def _write(self, name: str, state: dict[str, Tensor], record: dict[str, Any], digest: str) -> None:
        """Write file and record, then let go of what the record named before."""
        # One entry only: safetensors writes several in any order, and equal weights must give equal files.
        metadata = {"trimatte": json.dumps({key: record[key] for key in ("network", "options", "source_sha256")})}
        path = save_weights(state, self.folder / f"{name}-{digest[:12]}.safetensors", metadata=metadata)
        text = json.dumps({**record, "file": path.name, "sha256": sha256_of(path)}, indent=2) + "\n"
        target = self._record_path(name)
        temporary = Path(tempfile.mkdtemp(prefix=".record-", dir=self.folder)) / target.name
        try:
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(target)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise CheckpointError(f"{target}: cannot be written ({error.strerror}).", path=target) from error
        finally:
            temporary.parent.rmdir()
        for old in self.folder.glob(f"{name}-*.safetensors"):
            if old != path and re.fullmatch(rf"{re.escape(name)}-[0-9a-f]{{12}}\.safetensors", old.name):
                with contextlib.suppress(OSError):
                    old.unlink()

    def _taken(self, name: str) -> StoredWeights | None:
        """Return what ``name`` stands for now; a broken record stands for nothing."""
        try:
            return self.find(name)
        except CheckpointError:
            return None

    def _checked_name(self, name: str) -> str:
        """Refuse a name that a file cannot have, or that means something else."""
        if not _NAME.fullmatch(name) or name in _RESERVED:
            raise CheckpointError(
                f"'{name}' cannot name weights; use up to 64 letters, digits, '.', '-' and '_', not 'default'."
            )
        return name

    def _record_path(self, name: str) -> Path:
        return self.folder / f"{Path(name).name}.json"
