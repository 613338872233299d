"""The OpenFX effect: the bundle that hosts load, and the worker process behind it."""

from .install import InstallReport, bundle_path, install_plugin, uninstall_plugin

__all__ = ["InstallReport", "bundle_path", "install_plugin", "uninstall_plugin"]
