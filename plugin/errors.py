"""Errors of the effect."""

from ..kernels.errors import TrimatteError


class ParameterError(TrimatteError):
    """A parameter of the effect, or what it names, cannot be used."""


class PluginInstallError(TrimatteError):
    """The bundle is missing or cannot be put where hosts look for it."""
