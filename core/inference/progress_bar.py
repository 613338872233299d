"""A bar on stderr for work that is counted in frames."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(total: int, description: str, *, is_shown: bool = True) -> Iterator[Callable[[int], None]]:
    """Show a bar of ``total`` frames on stderr; yield what moves it on by a number of frames."""
    with Progress(console=Console(stderr=True), disable=not is_shown) as bar:
        task = bar.add_task(description, total=total)
        yield lambda count: bar.advance(task, count)
