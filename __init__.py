"""Trimatte: video matting as an OpenFX effect.

``trimatte.core`` holds the networks and the session that runs them over a clip,
``trimatte.plugin`` the OpenFX effect, ``trimatte.host_bridge`` an OpenFX host
without a window, ``trimatte.training`` what makes and scores the weights.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
