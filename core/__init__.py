"""The networks, and the sessions that run them over a clip."""

from .networks import create_network, network_names

__all__ = ["create_network", "network_names"]
