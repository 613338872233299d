"""What is written as a whole or not at all."""

from abc import ABC, abstractmethod
from types import TracebackType

__all__ = ["PART", "WholeOutput"]

PART = ".trimatte-part"
"""End of the names of what is unfinished."""


class WholeOutput(ABC):
    """Used as a context manager it finishes; after an error, of the body or of finishing, it aborts."""

    @abstractmethod
    def finish(self) -> None:
        """Complete the output and give it its final name.

        Raises:
            MediaError: it cannot be written.
        """

    @abstractmethod
    def abort(self) -> None:
        """Drop what is unfinished; what is whole stays. Never raises."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self.abort()
            return
        try:
            self.finish()
        except BaseException:
            self.abort()
            raise
