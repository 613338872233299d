"""The OpenFX effect: the bundle that hosts load, and the worker process behind it."""

from .errors import ParameterError, PluginInstallError
from .install import InstallReport, bundle_path, install_plugin, uninstall_plugin

__all__ = [
    "InstallReport",
    "ParameterError",
    "PluginInstallError",
    "bundle_path",
    "install_plugin",
    "uninstall_plugin",
]
