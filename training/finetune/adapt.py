"""Adapt the networks to a shot, and see on a keyframe that was held out whether it helped."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from ...core.networks.ftp_vm import FTPVM
from ...core.networks.st_fam import StFam
from ...core.sessions import SessionOptions
from ...core.weights import Models
from ..errors import OptionsError
from ..metrics.maps import gradient_magnitude
from ..options import Phase, TrainingOptions
from ..run_folder import RunFolder
from ..schedules import Cosine
from ..task import Task
from ..trainer import Trainer
from .decoder_task import DECODERS_ONLY, ShotDecoderTask, make_decoder_sample
from .refiner_task import CropPhase, RefinerSample, ShotRefinerTask, make_sample
from .shot import Shot, copy_without_refiner

__all__ = ["Event", "FinetuneOptions", "FinetuneResult", "Scores", "finetune"]

Scores = dict[str, float]
Event = Literal["keyframes", "before", "decoders", "refiner", "after"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FinetuneOptions:
    """How a shot is trained on."""

    minutes: float | None = 3.0
    """Training time; looking at the shot before and after comes on top."""
    steps: int | None = None
    """Optimiser steps of each network instead: the result is then the same on every machine."""
    decoders: bool = False
    """Adapt the decoders of FTP-VM too, with half of the time."""
    held_out: int | None = None
    """Frame of the keyframe that is not trained on; ``None``: the one in the middle."""
    rate: float = 1e-3
    """Peak learning rate of the refiner."""
    decoder_rate: float = 1e-4
    """Peak learning rate of the decoders."""
    side: int = 160
    """Side of the crops at native size, in pixels, a multiple of 32."""
    gain: float = 0.01
    """Share by which the error must fall for the result to be kept."""

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.steps is None):
            raise OptionsError("give the budget either in minutes or in steps, not both and not neither.")
        if self.side % 32 or self.side < 64:
            raise OptionsError(f"the side of the crops is {self.side}; expected a multiple of 32 from 64.")


@dataclass(frozen=True, slots=True)
class FinetuneResult:
    """What came out, kept or not."""

    models: Models
    """The adapted networks."""
    held_out: int
    """Frame of the keyframe on which both were scored."""
    before: Scores
    """MSE x1e3 over the frame and over the unknown region, Grad / 1000, against the alpha the keyframe implies."""
    after: Scores
    is_better: bool
    """Whether the error over the frame fell enough."""
    steps: dict[str, int]
    """Network → optimiser steps."""


def finetune(
    shot: Shot,
    models: Models,
    session: SessionOptions,
    folder: Path,
    options: FinetuneOptions | None = None,
    *,
    on_event: Callable[[Event], None] | None = None,
    on_step: Callable[[Trainer], None] | None = None,
) -> FinetuneResult:
    """Train on the keyframes of a shot but one, and score the result on that one.

    Args:
        shot: the clip and its keyframes.
        models: where training starts; they stay as they are.
        session: how the shot is matted; its model is ``ftpvm``.
        folder: receives the runs.
        options: see there.
        on_event: told what begins.
        on_step: called after each step.

    Raises:
        OptionsError: the options do not fit the shot.
    """
    options = options or FinetuneOptions()
    if session.model != "ftpvm" or not session.refine:
        raise OptionsError("training on a shot adapts ftpvm and its refiner; leave the model and the refiner on.")
    held_out = shot.held_out() if options.held_out is None else options.held_out
    if held_out not in shot.keyframes:
        raise OptionsError(f"frame {held_out} has no keyframe; hold out one of {', '.join(map(str, shot.keyframes))}.")
    known = [frame for frame in shot.keyframes if frame != held_out]
    work = _Work(shot, known, session, folder, options, on_step)
    tell = on_event or (lambda _: None)
    tell("keyframes")
    for frame in shot.keyframes:
        shot.implied_alpha(frame)
    tell("before")
    before = _score(work, held_out, models)
    propagation, steps = models.propagation, {}
    if options.decoders:
        tell("decoders")
        propagation, steps["ftpvm"] = _train_decoders(work, models)
    tell("refiner")
    start = Models(propagation, models.refiner, f"{models.sha256}:decoders")
    refiner, steps["st_fam"] = _train_refiner(work, start)
    adapted = Models(propagation, refiner, f"{models.sha256}:adapted")
    tell("after")
    after = _score(work, held_out, adapted)
    is_better = after["MSE"] < (1 - options.gain) * before["MSE"]
    return FinetuneResult(adapted, held_out, before, after, is_better, steps)


@dataclass(frozen=True, slots=True)
class _Work:
    """What all parts of an adaptation share."""

    shot: Shot
    known: list[int]
    """Keyframes that are trained on."""
    session: SessionOptions
    folder: Path
    options: FinetuneOptions
    on_step: Callable[[Trainer], None] | None


def _score(work: _Work, held_out: int, models: Models) -> Scores:
    """Score the matte of the keyframe that is held out, solved from the others."""
    shot = work.shot
    alpha = shot.solve([held_out], work.known, models, work.session)[held_out].alpha
    truth = shot.implied_alpha(held_out)
    square = (alpha - truth) ** 2
    unknown = shot.keyframes[held_out] == 128
    return {
        "MSE": float(square.mean()) * 1e3,
        "unknown MSE": float(square[unknown].mean()) * 1e3 if unknown.any() else 0.0,
        "Grad": float(((gradient_magnitude(alpha) - gradient_magnitude(truth)) ** 2).sum()) / 1000,
    }


def _plan(network: str, phase: Phase, options: FinetuneOptions) -> TrainingOptions:
    share = 0.5 if options.decoders else 1.0
    return TrainingOptions(
        name="shot",
        network=network,
        network_options={},
        stages=(phase,),
        minutes=None if options.minutes is None else share * options.minutes,
        steps=options.steps,
        schedule=Cosine(final=1e-5, warmup=20),
        average=0.97,
        norm_momentum=0.1,
        bfloat16=False,
        log_steps=10,
    )


def _train(task: Task[Any], options: TrainingOptions, name: str, work: _Work) -> int:
    """Train the network of ``task``, leave its running mean in it, ready for a session; return the steps."""
    trainer = Trainer(task, options, RunFolder(work.folder / name))
    with torch.random.fork_rng(devices=[]):
        trainer.run(on_step=work.on_step)
    trainer.network.load_state_dict(trainer.average.state)
    trainer.network.eval().requires_grad_(requires_grad=False)
    return trainer.step_count


def _train_decoders(work: _Work, models: Models) -> tuple[FTPVM, int]:
    shot = work.shot
    samples = [
        make_decoder_sample(shot.clip.read(k), shot.keyframes[k], shot.implied_alpha(k), work.session.working_size)
        for k in work.known
    ]
    network = copy.deepcopy(models.propagation).requires_grad_(requires_grad=True)
    plan = _plan("ftpvm", Phase(freeze_norm=True), work.options)  # one frame at a time says little about the spread
    plan = replace(plan, learning_rate=work.options.decoder_rate, groups=DECODERS_ONLY)
    return network, _train(ShotDecoderTask(network, samples), plan, "ftpvm", work)


def _train_refiner(work: _Work, models: Models) -> tuple[StFam, int]:
    samples = refiner_samples(work.shot, work.known, models, work.session)
    network = copy.deepcopy(models.refiner).requires_grad_(requires_grad=True)
    plan = replace(_plan("st_fam", CropPhase(side=work.options.side), work.options), learning_rate=work.options.rate)
    return network, _train(ShotRefinerTask(network, samples), plan, "st_fam", work)


def refiner_samples(shot: Shot, known: list[int], models: Models, session: SessionOptions) -> list[RefinerSample]:
    """Return what the refiner is given at each keyframe: as a keyframe, and as a frame that the others lead to."""
    plain = copy_without_refiner(models)
    samples = []
    for frame in known:
        window = [max(frame - 1, shot.clip.first), frame, min(frame + 1, shot.clip.last)]
        plates = [np.asarray(shot.clip.read(number)) for number in window]
        others = [other for other in known if other != frame]
        for keyframes in [[frame], others] if others else [[frame]]:
            coarse = shot.solve(sorted(set(window)), keyframes, plain, session)
            target = shot.implied_alpha(frame)
            samples.append(make_sample(plates, [coarse[n] for n in window], target, shot.keyframes[frame]))
    return samples
