"""Put the bundle on the OpenFX path of this machine, and take it away again.

OpenFX knows one folder per machine on Linux and ``OFX_PLUGIN_PATH`` for all else; a folder per
user is therefore ours, and has to be named in that variable.
"""

import os
import shutil
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .errors import PluginInstallError

BUNDLE_NAME: Final = "Trimatte.ofx.bundle"
SYSTEM_FOLDER: Final = Path("/usr/OFX/Plugins")
PATH_VARIABLE: Final = "OFX_PLUGIN_PATH"


@dataclass(frozen=True, slots=True)
class InstallReport:
    """What an installation did."""

    location: Path
    """The bundle as hosts see it."""
    on_path: bool
    """Whether hosts started from this environment look there."""
    export_line: str
    """The shell line that puts the folder on the path."""


def bundle_path() -> Path:
    """Return the bundle that belongs to this installation.

    Raises:
        PluginInstallError: the bundle was not built.
    """
    # An editable installation keeps what CMake built in site-packages, and the sources elsewhere.
    for parent in (*(Path(entry) / "trimatte" / "plugin" for entry in _site_folders()), Path(__file__).parent):
        bundle = parent / BUNDLE_NAME
        if (bundle / "Contents").is_dir():
            return bundle
    raise PluginInstallError(
        f"{BUNDLE_NAME} is not beside {Path(__file__).parent}; build it with 'make build' or install the wheel."
    )


def user_folder() -> Path:
    """Return the folder that holds bundles of this user alone."""
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "OFX" / "Plugins"


def install_plugin(*, system: bool = False) -> InstallReport:
    """Link the bundle into the folder of the user, or of the machine; an older link is replaced.

    Args:
        system: ``/usr/OFX/Plugins``, where every host looks, rather than the user's folder.

    Raises:
        PluginInstallError: no bundle, no permission, or something else of that name is in the way.
    """
    source = bundle_path()
    location = _location(system=system)
    try:
        location.parent.mkdir(parents=True, exist_ok=True)
        _clear(location)
        # A link, not a copy: the bundle finds its Python upwards from its real place.
        location.symlink_to(source, target_is_directory=True)
    except OSError as error:
        raise PluginInstallError(_refusal("write", location, error, system=system)) from error
    return InstallReport(location, is_on_path(location.parent), _export_line(location.parent))


def uninstall_plugin(*, system: bool = False) -> Path | None:
    """Remove what :func:`install_plugin` made; returns where it was, or ``None`` if there was nothing.

    Raises:
        PluginInstallError: no permission, or something else of that name is in the way.
    """
    location = _location(system=system)
    try:
        return location if _clear(location) else None
    except OSError as error:
        raise PluginInstallError(_refusal("remove", location, error, system=system)) from error


def is_on_path(folder: Path) -> bool:
    """Return whether a host that is started from this environment looks into ``folder``."""
    entries = [Path(entry) for entry in os.environ.get(PATH_VARIABLE, "").split(os.pathsep) if entry]
    return any(_same(entry, folder) for entry in [*entries, SYSTEM_FOLDER])


def _site_folders() -> list[str]:
    """Return where this Python keeps packages."""
    return [sysconfig.get_path("platlib"), sysconfig.get_path("purelib")]


def _location(*, system: bool) -> Path:
    return (SYSTEM_FOLDER if system else user_folder()) / BUNDLE_NAME


def _clear(location: Path) -> bool:
    """Remove a bundle of ours at ``location``; refuses whatever is none."""
    if location.is_symlink():
        location.unlink()
        return True
    if not location.exists():
        return False
    if not (location / "Contents").is_dir():
        raise PluginInstallError(f"{location} is in the way and is no OpenFX bundle; move it away first.")
    shutil.rmtree(location)
    return True


def _refusal(verb: str, location: Path, error: OSError, *, system: bool) -> str:
    advice = "run it with sudo, or without --system" if system else "choose a writable folder through XDG_DATA_HOME"
    return f"cannot {verb} {location}: {error.strerror or error}; {advice}."


def _export_line(folder: Path) -> str:
    return f'export {PATH_VARIABLE}="{folder}${{{PATH_VARIABLE}:+:${PATH_VARIABLE}}}"'


def _same(first: Path, second: Path) -> bool:
    return first == second or (first.exists() and second.exists() and first.samefile(second))
