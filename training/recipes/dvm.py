"""DVM as published: one window a step, Adam with clipped gradients, chosen by its errors on held-out clips."""

from __future__ import annotations

import torch

from ...core.inference.dvm_modes import DvmModeOptions
from ..datasets.dvm_records import list_clips
from ..datasets.dvm_samples import DvmSampleOptions, DvmSamples
from ..datasets.manifest import data_manifest
from ..datasets.ordered_loader import OrderedLoader
from ..dvm_scoring import DvmTestOptions
from ..losses import DvmLossOptions
from ..options import Phase, TrainingOptions
from ..recipe import Recipe, Run
from ..schedules import Plateau
from ..tasks.dvm import DvmTask, DvmTaskOptions
from .dvm_options import DvmRecipeOptions
from .dvm_rates import dvm_schedule
from .dvm_start import dvm_network

__all__ = ["RECIPE", "dvm_loss_options", "dvm_sample_options", "dvm_training"]

_SEED = 0


def dvm_loss_options(chosen: DvmRecipeOptions) -> DvmLossOptions:
    """Return the factors of the terms; one whose switch is off is zero."""
    return DvmLossOptions(
        soft_weight=chosen.soft_weight,
        hard_weight=chosen.hard_weight,
        composition_weight=chosen.comp_weight * chosen.comp_loss,
        gradient_weight=chosen.grad_weight * chosen.grad_loss,
        distribution_weight=chosen.kld_weight * chosen.kld_loss,
        temporal_weight=chosen.temp_weight * chosen.temp_loss,
        refine_weight=chosen.refine_weight,
    )


def dvm_sample_options(chosen: DvmRecipeOptions) -> DvmSampleOptions:
    """Return how windows are cut."""
    return DvmSampleOptions(
        num_outputs=chosen.n_frames,
        shift=chosen.shift,
        stride=chosen.stride,
        crop_sizes=chosen.crops(),
        load_size=chosen.load_size,
        has_flips=not chosen.no_flip,
        has_shared_trimap=chosen.use_less_trimaps,
        has_trimap_per_frame=chosen.trimap_per_frame,
        is_premultiplied=not chosen.premultiplied_loss,
    )


def _phases(chosen: DvmRecipeOptions) -> tuple[Phase, ...]:
    """Return one phase, or two where the norms stay as the first validation left them."""
    first = max(chosen.validate_start, chosen.validate_freq, 1)
    if not chosen.freeze_norms or first >= chosen.epochs:
        return (Phase(),)
    return (Phase(until=first / chosen.epochs), Phase(freeze_norm=True))


def dvm_training(chosen: DvmRecipeOptions, steps_per_epoch: int) -> TrainingOptions:
    """Return the run of these options."""
    has_validation = chosen.dataroot_val is not None
    return TrainingOptions(
        name=chosen.name,
        network="dvm",
        network_options={"shift": chosen.shift, "refine": chosen.add_refine_stage},
        stages=_phases(chosen),
        steps=chosen.epochs * steps_per_epoch,
        seed=_SEED,
        optimiser=chosen.optim,
        betas=(chosen.beta1, 0.999),
        momentum=chosen.momentum,
        learning_rate=chosen.lr,
        schedule=dvm_schedule(chosen, steps_per_epoch),
        plateau=Plateau(factor=0.2, threshold=0.01, patience=5) if chosen.lr_policy == "plateau" else None,
        weight_decay=0.0,
        clip_norm=1.0,
        norm_momentum=None,
        bfloat16=chosen.bfloat16,
        average=chosen.average,
        log_steps=chosen.print_freq,
        picture_steps=chosen.display_freq,
        keep_steps=chosen.save_epoch_freq * steps_per_epoch,
        validate_steps=chosen.validate_freq * steps_per_epoch if has_validation else None,
    )


def _build(chosen: DvmRecipeOptions, device: torch.device) -> Run:
    limits = [most for most in (chosen.max_dataset_size, chosen.max_n_video) if most is not None and most >= 0]
    samples = DvmSamples(chosen.dataroot, dvm_sample_options(chosen), most=min(limits, default=None))
    loader = OrderedLoader(
        samples, batch=1, seed=_SEED, num_workers=chosen.num_threads, is_shuffled=not chosen.serial_batches
    )
    validation = [] if chosen.dataroot_val is None else list_clips(chosen.dataroot_val)
    variants = DvmTaskOptions(
        num_outputs=chosen.n_frames,
        loss=dvm_loss_options(chosen),
        has_refined_loss=chosen.refine_loss,
        test=DvmTestOptions(
            num_outputs=chosen.n_frames,
            shift=chosen.shift,
            mode=DvmModeOptions(mode=chosen.test_mode, load_size=chosen.load_size, max_size=chosen.max_size),
            max_windows_per_clip=chosen.max_n_chunk,
            max_frames_per_clip=chosen.max_n_frame,
            is_sharing_trimaps=chosen.use_less_trimaps,
        ),
        bfloat16=chosen.bfloat16,
    )
    manifest = data_manifest({"composites": samples})
    network = dvm_network(chosen).to(device)
    task = DvmTask(network, loader, variants, validation=validation, device=device, manifest=manifest)
    return Run(dvm_training(chosen, -(-loader.batches_per_epoch // loader.stride)), task)


RECIPE = Recipe(
    name="dvm",
    summary="Train DVM as published, on TFRecords of its composites.",
    options=DvmRecipeOptions,
    build=_build,
)
