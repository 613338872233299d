"""Effects in a process of their own: what one of them does to it is reported, and not suffered."""

from .native import IsolatedBinary, IsolatedPlugin, new_instance, new_interact, source_maker

__all__ = ["IsolatedBinary", "IsolatedPlugin", "new_instance", "new_interact", "source_maker"]
