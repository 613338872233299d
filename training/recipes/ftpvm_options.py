"""The flags of FTP-VM's ``train.py``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ..errors import OptionsError
from ..losses.segmentation import CROSS_ENTROPY_KINDS
from ..losses.variation import VARIATION_KINDS
from ..tasks.ftp_vm import MemoryMask

__all__ = ["FtpVmRecipeOptions"]


def _flags(*flags: str) -> dict[str, tuple[str, ...]]:
    return {"flags": flags}


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpVmRecipeOptions:
    """What the release's ``train.py`` can be told; defaults are its own."""

    id: str = field(default="FTPVM", metadata=_flags("--id"))
    """Name of the experiment, kept in the run's options."""
    which_model: Literal["FTPVM"] = "FTPVM"
    """Network; FTPVM is all there is."""
    dataset_root: Path = Path("dataset")
    """Folder with Distinctions646, VideoMatting108, BG20k, YoutubeVIS or YoutubeVOS, as far as they are used."""
    iterations: int = field(default=120000, metadata=_flags("-i"))
    """Steps in all."""
    lr: float = 1e-4
    """Peak of the learning rate."""
    warmup: int = 5000
    """Steps of its rise."""
    size: int = 256
    """Side of the training square in pixels; segmentation uses at most 352."""
    b_seg: int = field(default=8, metadata=_flags("-b_seg"))
    """Clips per step of segmentation."""
    b_img_mat: int = field(default=10, metadata=_flags("-b_img_mat"))
    """Clips per step of matting on stills."""
    b_vid_mat: int = field(default=4, metadata=_flags("-b_vid_mat"))
    """Clips per step of matting on videos."""
    s_seg: int = field(default=8, metadata=_flags("-s_seg"))
    """Frames per clip of segmentation."""
    s_img_mat: int = field(default=10, metadata=_flags("-s_img_mat"))
    """Frames per clip of matting on stills."""
    s_vid_mat: int = field(default=4, metadata=_flags("-s_vid_mat"))
    """Frames per clip of matting on videos."""
    iter_switch_dataset: int = 5
    """Step at which matting goes over from stills to videos; the release never used the stills (quirk 2)."""
    seg_start: int = 0
    """0: begin with segmentation; above: matting takes this many steps less one first."""
    seg_cd: int = 20000
    """Steps from the end of one phase of segmentation to the next one."""
    seg_iter: int = 10000
    """Steps of a phase of segmentation."""
    seg_stop: int = 80000
    """No phase of segmentation begins at or after this step; -1: none at all."""
    tvloss_type: str = "3d_seg"
    """Kind of the variation of trimap probabilities."""
    celoss_type: str = "focal"
    """Kind of the cross-entropy of the trimap."""
    lambda_segtv: float = 10
    """Factor of the variation."""
    start_segtv: int = -1
    """Step from which the variation counts."""
    lambda_tc: float = 5
    """Factor of the temporal terms of alpha."""
    full_matte: bool = False
    """Judge the boundary alpha everywhere and leave the fused matte out."""
    same_mem_que: float = 1
    """Probability that the memory frame is also a query, for clips of more than four frames."""
    use_background_dataset: bool = False
    """Compose on pictures of BG-20k too."""
    nb_frame_only: bool = False
    """Take the memory frame from beside the queries, never from far away."""
    random_memtrimap: bool = False
    """Give the memory trimap another width than the queries' trimaps."""
    ytvos: bool = False
    """YouTube-VOS instead of YouTube-VIS."""
    compose_multiobj: bool = False
    """In half of the matting steps, paste the neighbouring sample's foreground into the background."""
    split_trimap: bool = False
    """Describe a memory frame by three masks; the network gets three mask channels."""
    memory_alpha: bool = False
    """Describe a memory frame by trimap and alpha; the network gets two mask channels."""
    memory_out_alpha_start: int = 30000
    """Step from which that alpha is the network's own."""
    load_network: Path | None = None
    """Weights to start from."""
    num_worker: int = 16
    """Processes that make samples."""
    benchmark: bool = False
    """Let cuDNN look for the fastest algorithms."""
    average: float = 0.0
    """Decay of a running mean of the weights, which is then what is kept; 0: the weights themselves, as published."""
    bfloat16: bool = False
    """Run the network under autocast; the release trains in float32."""
    report_interval: int = 100
    """Steps between lines in the log."""
    save_im_interval: int = 800
    """Steps between sample pictures."""
    save_model_interval: int = 20000
    """Steps between weights that are kept."""
    debug: bool = False
    """Log every step."""

    def __post_init__(self) -> None:
        for name, value, known in (
            ("tvloss_type", self.tvloss_type, VARIATION_KINDS),
            ("celoss_type", self.celoss_type, CROSS_ENTROPY_KINDS),
        ):
            if value not in known:
                raise OptionsError(f"{name} is {value!r}; use one of {', '.join(known)}.")
        if self.split_trimap and self.memory_alpha:
            raise OptionsError("split_trimap and memory_alpha both describe the memory frame; give one of them.")
        if self.iterations < 1 or self.seg_iter < 1 or self.seg_cd < 1:
            raise OptionsError("iterations, seg_iter and seg_cd count steps; give 1 or more.")

    @property
    def mask(self) -> MemoryMask:
        """What describes a memory frame."""
        return "split" if self.split_trimap else "alpha" if self.memory_alpha else "trimap"
