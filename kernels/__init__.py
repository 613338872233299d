"""Operations on arrays: no modules, no files, no clips."""

from .memory_read import memory_read

__all__ = ["memory_read"]
