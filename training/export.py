"""Join the averaged weights of both runs into the file that ships, with a record of where they come from."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..core import create_network
from ..core.checkpoints import save_weights
from ..core.weights import PROPAGATION_PREFIX, REFINER_PREFIX
from .errors import DatasetError
from .run_folder import RunFolder, commit_of_code

__all__ = ["averaged_weights", "export_weights"]

_KEYS = "bottleneck_fuse.project_key."


def averaged_weights(run: Path) -> dict[str, Tensor] | None:
    """Return the running mean of a run's weights, or ``None`` where nothing was saved yet."""
    saved = RunFolder(run).load()
    return None if saved is None else dict(saved["average"])


def _account(run: Path) -> dict[str, Any]:
    saved = RunFolder(run).load()
    if saved is None:
        return {"steps": 0, "minutes": 0.0, "launches": []}
    minutes = round(saved["seconds"] / 60, 1)
    return {"steps": saved["step_count"], "minutes": minutes, "launches": RunFolder(run).launches()}


def _scale_keys(state: dict[str, Tensor], factor: float) -> dict[str, Tensor]:
    """Return the weights of a network whose affinity is ``factor`` times as large; queries and memory share keys."""
    keys = {name: value * factor**0.5 for name, value in state.items() if name.startswith(_KEYS)}
    return state | keys


def _propagation_weights(run: Path) -> dict[str, Tensor]:
    state = averaged_weights(run)
    if state is None:
        raise DatasetError(f"{run} has no checkpoint; train there first, or name another folder.")
    return state


def _mean(states: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Return the mean of weights and of running statistics; counters are those of the first."""
    first = states[0]
    return {
        name: torch.stack([state[name].double() for state in states]).mean(0).to(value.dtype)
        if value.is_floating_point()
        else value
        for name, value in first.items()
    }


def export_weights(
    propagation_run: Path,
    refinement_run: Path | None,
    path: Path,
    *,
    further_runs: Sequence[Path] = (),
    key_scale: float = 1.0,
    scores: dict[str, Any] | None = None,
) -> Path:
    """Write ``path`` (safetensors, float16) and the ``.json`` beside it.

    Args:
        propagation_run: folder of an ``ftpvm`` run.
        refinement_run: folder of an ``st_fam`` run; without one the refiner is untrained, which changes nothing.
        path: the file to write.
        further_runs: more ``ftpvm`` runs, each gone on from the first one's weights; the mean of all is written, which
            errs less than each where they went different ways.
        key_scale: factor on the affinity of the memory read, written into the weights: short clips of small frames
            teach too soft a read for the memory of a whole picture.
        scores: kept in the record.

    Raises:
        DatasetError: a propagation run has no checkpoint.

    Source: Wortsman et al., Model Soups, ICML 2022 (``further_runs``).
    """
    propagation = _mean([_propagation_weights(run) for run in (propagation_run, *further_runs)])
    refiner = None if refinement_run is None else averaged_weights(refinement_run)
    if refiner is None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            refiner = create_network("st_fam").state_dict()
    propagation = _scale_keys(propagation, key_scale)
    state = {PROPAGATION_PREFIX + name: value for name, value in propagation.items()}
    state |= {REFINER_PREFIX + name: value for name, value in refiner.items()}
    runs = {"ftpvm": _account(propagation_run)}
    runs |= {f"ftpvm {number}": _account(run) for number, run in enumerate(further_runs, start=2)}
    if refinement_run is not None:
        runs["st_fam"] = _account(refinement_run)
    record: dict[str, Any] = {
        "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "commit": commit_of_code(),
        "data": "the training pack whose manifest has the digest that each launch names; composites of it only",
        "runs": runs,
        "key_scale": key_scale,
        "scores": scores or {},
    }
    save_weights(state, path, metadata={"made": record["made"], "networks": "ftpvm, st_fam"}, half=True)
    path.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return path
