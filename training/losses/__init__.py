"""What is minimised: one subject per file, values as in the FTP-VM and DVM papers' releases."""

from .alpha import coherence, l1, laplacian
from .ftp_vm import FtpVmLossOptions, ftp_vm_loss
from .segmentation import cross_entropy, labels_of_trimap
from .variation import total_variation

__all__ = [
    "FtpVmLossOptions",
    "coherence",
    "cross_entropy",
    "ftp_vm_loss",
    "l1",
    "labels_of_trimap",
    "laplacian",
    "total_variation",
]
