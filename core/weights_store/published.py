"""The weight files that the authors of the networks published: what they are called, where they are, on what terms."""

from dataclasses import dataclass

from ..errors import CheckpointError

__all__ = ["PUBLISHED", "PublishedFile", "find_published", "published_name"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """One official weight file; its authors distribute it, Trimatte does not."""

    name: str
    """How commands call it once it is imported."""
    network: str
    """Name of the network it fits, see :func:`trimatte.core.create_network`."""
    file_names: tuple[str, ...]
    """How the file is called by its authors."""
    licence: str
    """Terms as far as the authors state them, in one line."""
    page: str
    """Where a person finds it."""
    address: str | None = None
    """Where a program finds it; ``None``: only a person can, on the page."""
    size: int | None = None
    """Bytes, where the authors state them."""
    sha256: str | None = None
    """Of the file, where the authors state it."""


_RVM = "https://github.com/PeterL1n/RobustVideoMatting"
_RVM_LICENCE = "GPL-3.0 (licence of the project that publishes the file)"
_PWC = "https://github.com/sniklaus/pytorch-pwc"
_PWC_LICENCE = "non-commercial, share-alike (terms of the authors of PWC-Net); the code around it is GPL-3.0"

_FILES = (
    PublishedFile(
        name="ftpvm",
        network="ftpvm",
        file_names=("ftpvm.pth",),
        licence="GPL-3.0 (licence of the project that publishes the file)",
        page="https://openaccess.thecvf.com/content/CVPR2023/html/"
        "Huang_End-to-End_Video_Matting_With_Trimap_Propagation_CVPR_2023_paper.html",
    ),
    PublishedFile(
        name="rvm_mobilenetv3",
        network="rvm_mobilenetv3",
        file_names=("rvm_mobilenetv3.pth",),
        licence=_RVM_LICENCE,
        page=_RVM,
        address=f"{_RVM}/releases/download/v1.0.0/rvm_mobilenetv3.pth",
    ),
    PublishedFile(
        name="rvm_resnet50",
        network="rvm_resnet50",
        file_names=("rvm_resnet50.pth",),
        licence=_RVM_LICENCE,
        page=_RVM,
        address=f"{_RVM}/releases/download/v1.0.0/rvm_resnet50.pth",
    ),
    PublishedFile(
        name="dvm",
        network="dvm",
        file_names=("best_net_Base.pth", "latest_net_Base.pth"),
        licence="none stated; ask the authors before any use beyond research",
        page="https://drive.google.com/drive/folders/1wjhaNcLGW5iImgefaQ3TzsJc840s-okq",
    ),
    PublishedFile(
        name="pwcnet",
        network="pwcnet",
        file_names=("network-default.pytorch",),
        licence=_PWC_LICENCE,
        page=_PWC,
    ),
    PublishedFile(
        name="pwcnet_chairs_things",
        network="pwcnet",
        file_names=("network-chairs-things.pytorch",),
        licence=_PWC_LICENCE,
        page=_PWC,
    ),
    PublishedFile(
        name="flow_unet",
        network="flow_unet",
        file_names=("CP_epoch7.pth",),
        licence="MIT says the README of the project, its licence file GPL-3.0",
        page="https://github.com/kuangzijian/Flow-Based-Video-Segmentation",
    ),
)

PUBLISHED: dict[str, PublishedFile] = {file.name: file for file in _FILES}
"""By name."""


def find_published(name: str) -> PublishedFile:
    """Return the published file called ``name``, or by one of the names its authors gave it.

    Raises:
        CheckpointError: none is called so; the message lists those that are.
    """
    known = published_name(name)
    if known is None:
        raise CheckpointError(f"no published weights are called '{name}'; the names are {', '.join(PUBLISHED)}.")
    return PUBLISHED[known]


def published_name(file_name: str) -> str | None:
    """Return the name of the published file that is itself called, or whose file is called, ``file_name``."""
    if file_name in PUBLISHED:
        return file_name
    return next((file.name for file in PUBLISHED.values() if file_name in file.file_names), None)
