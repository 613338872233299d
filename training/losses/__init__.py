"""What is minimised: one subject per file, values as in the releases of FTP-VM, RVM, DVM and FUNet."""

from .alpha import coherence, l1, laplacian
from .deep_video_matting import DvmLossOptions, dvm_loss
from .flow_unet import funet_loss
from .ftp_vm import FtpVmLossOptions, ftp_vm_loss
from .robust_video_matting import rvm_loss, rvm_segmentation_loss
from .segmentation import cross_entropy, labels_of_trimap
from .variation import total_variation

__all__ = [
    "DvmLossOptions",
    "FtpVmLossOptions",
    "coherence",
    "cross_entropy",
    "dvm_loss",
    "ftp_vm_loss",
    "funet_loss",
    "l1",
    "labels_of_trimap",
    "laplacian",
    "rvm_loss",
    "rvm_segmentation_loss",
    "total_variation",
]
