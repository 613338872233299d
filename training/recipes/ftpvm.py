"""FTP-VM as published: its schedule of data, its learning rate, its steps."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ...core import create_network
from ...core.checkpoints import FTP_VM_UNUSED, load_into
from ..datasets.ordered_loader import OrderedLoader
from ..losses import FtpVmLossOptions
from ..options import TrainingOptions
from ..recipe import Recipe, Run
from ..tasks.ftp_vm import FtpVmData, FtpVmPhase, FtpVmTask, FtpVmTaskOptions
from .ftpvm_data import FtpVmSources, open_loaders
from .ftpvm_options import FtpVmRecipeOptions

__all__ = ["RECIPE", "FtpVmRate", "ftpvm_phases", "ftpvm_training"]

_SEED = 14159265


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpVmRate:
    """A linear rise, then half a cosine that would end at 1e-7 a warm-up after the last step."""

    iterations: int
    """Steps of the run."""
    warmup: int = 5000
    """Steps of the rise."""

    def rate(self, peak: float, step: int, progress: float) -> float:
        """Return the rate of a step."""
        del progress
        if step <= self.warmup:
            return peak * step / self.warmup if self.warmup else peak
        return 1e-7 + (peak - 1e-7) * (1 + math.cos(math.pi * (step - self.warmup - 1) / self.iterations)) / 2


def _spans(chosen: FtpVmRecipeOptions) -> Iterator[tuple[int, bool]]:
    """Yield (end, is segmentation) of each stretch of steps."""
    step = 0
    if chosen.seg_start > 1 or chosen.seg_stop <= 0:
        step = chosen.seg_start - 1 if chosen.seg_stop > 0 else chosen.iterations
        yield step, False
    while step < chosen.iterations:
        is_segmentation = step < chosen.seg_stop
        if not is_segmentation:
            yield chosen.iterations, False
            return
        yield step + chosen.seg_iter, True
        step += chosen.seg_iter + chosen.seg_cd - 1
        yield step, False


def ftpvm_phases(chosen: FtpVmRecipeOptions) -> tuple[FtpVmPhase, ...]:
    """Return the stretches of steps on one kind of data, from the schedule of segmentation and both switches."""
    total = chosen.iterations
    ends = [(min(end, total), is_segmentation) for end, is_segmentation in _spans(chosen)]
    switches = {step for step in (chosen.iter_switch_dataset, chosen.start_segtv) if 0 < step < total}
    phases: list[FtpVmPhase] = []
    before = 0
    for end in sorted({end for end, _ in ends} | switches):
        if end <= before:
            continue
        is_segmentation = next(kind for until, kind in ends if before < until)
        matting: FtpVmData = "image" if before < chosen.iter_switch_dataset else "video"
        data: FtpVmData = "segmentation" if is_segmentation else matting
        has_variation = before >= chosen.start_segtv
        if phases and (phases[-1].data, phases[-1].has_variation) == (data, has_variation):
            phases.pop()
        phases.append(FtpVmPhase(until=end / total, data=data, has_variation=has_variation))
        before = end
    return tuple(phases)


def ftpvm_training(chosen: FtpVmRecipeOptions) -> TrainingOptions:
    """Return the run of these options: Adam in float32 without clipping."""
    return TrainingOptions(
        name=chosen.id,
        network="ftpvm",
        network_options={"mask_channels": {"trimap": 1, "split": 3, "alpha": 2}[chosen.mask]},
        stages=ftpvm_phases(chosen),
        steps=chosen.iterations,
        seed=_SEED,
        optimiser="adam",
        learning_rate=chosen.lr,
        schedule=FtpVmRate(iterations=chosen.iterations, warmup=chosen.warmup),
        weight_decay=1e-7,
        decay_vectors=True,
        clip_norm=None,
        norm_momentum=None,
        bfloat16=chosen.bfloat16,
        average=chosen.average,
        log_steps=1 if chosen.debug else chosen.report_interval,
        picture_steps=chosen.save_im_interval,
        keep_steps=chosen.save_model_interval,
    )


def _build(chosen: FtpVmRecipeOptions, device: torch.device) -> Run:
    training = ftpvm_training(chosen)
    wanted = {phase.data for phase in ftpvm_phases(chosen)}
    sources = FtpVmSources.open(chosen.dataset_root, wanted, is_vos=chosen.ytvos, stills=chosen.use_background_dataset)
    loaders: dict[FtpVmData, OrderedLoader] = open_loaders(chosen, sources, wanted, seed=_SEED)
    network = _network(training.network_options, chosen.load_network).to(device)
    if chosen.benchmark:
        torch.backends.cudnn.benchmark = True
    loss = FtpVmLossOptions(
        cross_entropy=chosen.celoss_type,
        variation=chosen.tvloss_type,
        variation_weight=chosen.lambda_segtv,
        coherence_weight=chosen.lambda_tc,
        full_matte=chosen.full_matte,
    )
    variants = FtpVmTaskOptions(
        loss=loss,
        same_memory=chosen.same_mem_que,
        mask=chosen.mask,
        own_alpha_from=chosen.memory_out_alpha_start,
        joins_neighbours=chosen.compose_multiobj,
        bfloat16=chosen.bfloat16,
    )
    return Run(training, FtpVmTask(network, loaders, variants, device=device, manifest=sources.manifest()))


def _network(options: dict[str, Any], weights: Path | None) -> nn.Module:
    """Build the network, the same at every launch, and load what it starts from."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        network = create_network("ftpvm", **options)
    if weights is not None:
        load_into(network, weights, allow_missing_prefixes=FTP_VM_UNUSED, allow_unexpected_prefixes=("refiner.",))
    return network


RECIPE = Recipe(
    name="ftpvm",
    summary="Train FTP-VM as published: stills, videos and segmentation in turn.",
    options=FtpVmRecipeOptions,
    build=_build,
)
