"""A pack made of drawn shapes, so that training is tested without any data."""

import pytest

from trimatte.training.datasets import Pack

from .drawn_pack import draw_pack


@pytest.fixture(scope="session")
def drawn_pack() -> Pack:
    """Three discs, three noisy backgrounds, one snippet."""
    return draw_pack()
