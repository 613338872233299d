"""Encoding beside the network: a bounded queue in front of a writer."""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore

import numpy as np

from .writer import FrameWriter


class BackgroundWriter(FrameWriter):
    """Hand frames to threads; ``write`` waits only while ``depth`` of them are on the way.

    An error of the writer is raised by the next call.
    """

    def __init__(self, writer: FrameWriter, *, workers: int = 1, depth: int = 4) -> None:
        """Wrap ``writer``.

        Args:
            writer: what encodes; with more than one worker it must take frames in any order.
            workers: threads.
            depth: pictures on the way at most; they bound the memory.
        """
        self._writer = writer
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="trimatte-encode")
        self._room = BoundedSemaphore(depth)
        self._failure: BaseException | None = None

    def write(self, frame: int, picture: np.ndarray) -> None:
        """Queue one frame; see :meth:`FrameWriter.write`. The picture must not be changed afterwards."""
        self._room.acquire()
        if self._failure is not None:
            self._room.release()
            raise self._failure
        self._pool.submit(self._encode, frame, picture).add_done_callback(self._note)

    def _encode(self, frame: int, picture: np.ndarray) -> None:
        if self._failure is None:  # behind a failure the order is broken; the rest is dropped
            self._writer.write(frame, picture)

    def _note(self, done: Future[None]) -> None:
        error = done.exception()
        if error is not None and self._failure is None:
            self._failure = error
        self._room.release()

    def finish(self) -> None:
        """Wait for the queue, then finish the writer."""
        self._pool.shutdown(wait=True)
        if self._failure is not None:
            raise self._failure
        self._writer.finish()

    def abort(self) -> None:
        """Let the frames on the way become whole, then abort the writer."""
        self._pool.shutdown(wait=True)
        self._writer.abort()
