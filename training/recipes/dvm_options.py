"""The flags of DVM's ``train.py``. Those that only chose where it writes or what it draws are accepted and unused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import OptionsError

__all__ = ["DvmRecipeOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DvmRecipeOptions:
    """What the release's ``train.py`` can be told; defaults are its own where they can be trained with."""

    dataroot: Path
    """Folder of TFRecord files to train on."""
    dataroot_val: Path | None = None
    """Folder of TFRecord files to validate on; without it nothing is validated."""
    name: str = "experiment_name"
    """Of the run, kept in its options."""
    checkpoints_dir: Path | None = None
    """Accepted; --run is the folder."""
    model: Literal["matting"] = "matting"
    """Accepted; there is no other."""
    dataset_mode: Literal["tfrecord"] = "tfrecord"
    """Accepted; there is no other."""
    frame_loading: Literal["chunk", "frame"] = "chunk"
    """chunk; frame needs n_frames 1 and shift 0."""
    n_frames: int = 1
    """Frames matted by one call."""
    shift: int = 1
    """Earlier frames that each output sees."""
    stride: int = 1
    """Room kept behind the first matted frame, times n_frames."""
    batch_size: int = 1
    """1: the network has the time on its first axis."""
    num_threads: int = 4
    """Processes that make samples."""
    serial_batches: bool = False
    """Take the clips in the order of their names."""
    max_dataset_size: int | None = None
    """First clips that are used."""
    max_n_video: int = -1
    """First clips that are used; -1: all."""
    max_n_chunk: int = -1
    """Validation: first calls of each clip; -1: all."""
    max_n_frame: int = -1
    """Validation: first frames of each clip; -1: all."""
    load_size: int = 512
    """Side that crops are resized to in pixels, and of a tile in validation."""
    crop_sizes: str = "320,480,640"
    """Sides of the crops, one of which is drawn."""
    no_flip: bool = False
    """Never flip."""
    use_less_trimaps: bool = False
    """Give all frames of a call the trimap of the first matted one."""
    trimap_per_frame: bool = False
    """Draw the width of the trimap anew for each frame, as the release does."""
    premultiplied_loss: bool = False
    """Compose the loss of foregrounds times alpha once more, as the release does (quirk Q4)."""
    test_mode: Literal["crop", "whole", "resize"] = "crop"
    """How validation brings frames to size."""
    max_size: int = 1920
    """Longer side for resize."""
    add_refine_stage: bool = False
    """Correct the matte once more at full size."""
    soft_weight: float = 1.0
    """Of the difference in the unknown region."""
    hard_weight: float = 0.5
    """Of the difference elsewhere."""
    comp_loss: bool = False
    """Compare composites."""
    comp_weight: float = 1.0
    """Of that term."""
    grad_loss: bool = False
    """Compare edges."""
    grad_weight: float = 1.0
    """Of that term."""
    kld_loss: bool = False
    """Compare distributions."""
    kld_weight: float = 1.0
    """Of that term."""
    temp_loss: bool = False
    """Compare changes."""
    temp_weight: float = 1.0
    """Of that term."""
    refine_loss: bool = False
    """Judge the refined matte."""
    refine_weight: float = 1.0
    """Of that term."""
    init_type: Literal["normal", "xavier", "kaiming", "orthogonal"] = "normal"
    """Rule of the first weights."""
    init_gain: float = 0.02
    """Its scale."""
    init_offsets: bool = False
    """Draw the offsets of deformable convolutions too, as the release does; else they start at zero."""
    load_pretrain: bool = False
    """Start from the weights of load_dir."""
    load_dir: Path = Path("checkpoints/pretrain")
    """Weight file; entries that it lacks keep their first values."""
    niter: int = 100
    """Epochs at the full rate."""
    niter_decay: int = 100
    """Epochs of its fall."""
    epoch_count: int = 1
    """Number of the first epoch; epochs before it are left out."""
    optim: Literal["adam", "sgd"] = "adam"
    """Optimiser."""
    beta1: float = 0.5
    """Of Adam."""
    momentum: float = 0.9
    """Of SGD."""
    lr: float = 2e-4
    """Full learning rate."""
    min_lr: float = 1e-5
    """Smallest rate of the linear fall."""
    lr_policy: Literal["linear", "step", "plateau", "cosine", "cyclic"] = "linear"
    """How the rate falls."""
    lr_decay_iters: int = 50
    """Epochs between steps of lr_policy step."""
    base_lr: float = 5e-4
    """Lowest rate of lr_policy cyclic."""
    max_lr: float = 1.5e-3
    """Highest rate of lr_policy cyclic."""
    cyclical_step: int = 7500
    """Steps of half a period of lr_policy cyclic."""
    freeze_norms: bool = False
    """Keep the batch norms fixed after the first validation, as the release does by accident (quirk Q5)."""
    validate_start: int = 0
    """First epoch that is validated."""
    validate_freq: int = 1
    """Epochs between validations."""
    print_freq: int = 100
    """Steps between lines in the log."""
    display_freq: int = 400
    """Steps between sample pictures."""
    save_epoch_freq: int = 5
    """Epochs between weights that are kept."""
    save_latest_freq: int = 5000
    """Accepted; a checkpoint is written every few minutes."""
    continue_train: bool = False
    """Accepted; a run always goes on where its folder ends."""
    average: float = 0.0
    """Decay of a running mean of the weights, which is then what is kept; 0: the weights themselves, as published."""
    bfloat16: bool = False
    """Run the network under autocast; the release trains in float32."""

    def __post_init__(self) -> None:
        if self.batch_size != 1:
            raise OptionsError(f"batch_size is {self.batch_size}; a step takes one window, give 1.")
        if self.frame_loading == "frame" and (self.n_frames, self.shift) != (1, 0):
            raise OptionsError("frame_loading frame loads single frames; take chunk, or n_frames 1 and shift 0.")
        if self.refine_loss and not self.add_refine_stage:
            raise OptionsError("refine_loss judges the refine stage; give add_refine_stage too.")
        if self.epochs < 1:
            raise OptionsError(
                f"niter {self.niter} and niter_decay {self.niter_decay} end before epoch {self.epoch_count}."
            )
        if self.lr_policy == "plateau" and self.dataroot_val is None:
            raise OptionsError("lr_policy plateau follows the validation; give dataroot_val too.")
        self.crops()

    @property
    def epochs(self) -> int:
        """Epochs that are trained."""
        return self.niter + self.niter_decay - self.epoch_count + 1

    def crops(self) -> tuple[int, ...]:
        """Return the sides of the crops.

        Raises:
            OptionsError: they are no numbers.
        """
        try:
            return tuple(int(part) for part in self.crop_sizes.split(","))
        except ValueError as error:
            raise OptionsError(f"crop_sizes is {self.crop_sizes!r}; give numbers with commas, 320,480,640.") from error
