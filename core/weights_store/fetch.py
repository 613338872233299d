"""Published weights from their authors' address into the store."""

from collections.abc import Callable

from ..errors import CheckpointError
from .download import DownloadError, DownloadOptions, download
from .fit import FitReport
from .published import PublishedFile
from .store import StoredWeights, WeightsStore

__all__ = ["fetch_published"]


def fetch_published(
    file: PublishedFile,
    store: WeightsStore,
    *,
    replace: bool = False,
    options: DownloadOptions | None = None,
    advance: Callable[[int, int | None], None] | None = None,
) -> tuple[StoredWeights, FitReport]:
    """Download a published file, check it, convert it, keep it; the caller has shown its licence.

    Args:
        file: one of :data:`~.published.PUBLISHED` with an address.
        store: receives the weights; the download goes into the folder ``downloads`` beside it.
        replace: let go of other weights of that name.
        options: patience and limits of the download.
        advance: told bytes so far and, where known, all bytes.

    Raises:
        DownloadError: no address, or the download failed.
        CheckpointError: what came is not the weights of that network, or the store cannot be written.
    """
    if file.address is None:
        raise DownloadError(
            f"{file.name}: its authors give no address for programs; get {file.file_names[0]} from {file.page}, "
            f"then: trimatte weights import {file.file_names[0]} --name {file.name}"
        )
    target = store.folder.parent / "downloads" / file.file_names[0]
    download(file.address, target, size=file.size, sha256=file.sha256, options=options, advance=advance)
    try:
        return store.add(target, name=file.name, network=file.network, replace=replace, origin=file.address)
    except CheckpointError as error:
        raise CheckpointError(f"{file.address}: what came was dropped: {error}", path=error.path) from error
    finally:
        target.unlink(missing_ok=True)
