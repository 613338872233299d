import numpy as np
import pytest

from trimatte.plugin.pixels import store, to_float, to_network


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_every_integer_survives_the_way_to_float_and_back(kind: type) -> None:
    levels = np.arange(np.iinfo(kind).max + 1, dtype=kind).reshape(1, -1, 1)
    values = to_float(levels)
    assert values.dtype == np.float32
    assert (values.min(), values.max()) == (0, 1)
    back = np.empty_like(levels)
    store(values, back)
    np.testing.assert_array_equal(back, levels)


def test_every_half_survives_and_only_nan_is_replaced() -> None:
    halves = np.arange(65536, dtype=np.uint16).view(np.float16).reshape(1, -1, 1)
    back = np.empty_like(halves)
    store(to_float(halves), back)
    number = np.isfinite(halves)
    np.testing.assert_array_equal(back[number], halves[number])
    assert (back[np.isnan(halves)] == 0).all()
    assert np.isfinite(back).all()  # infinity becomes the largest half: filters downstream survive it


def test_networks_see_numbers_between_0_and_1() -> None:
    wild = np.array([[[np.nan, np.inf, -np.inf, 9], [-0.5, 0.25, 1.5, 9]]], np.float32)
    np.testing.assert_array_equal(to_network(wild), [[[0, 1, 0], [0, 0.25, 1]]])


def test_a_grey_plate_is_repeated() -> None:
    np.testing.assert_array_equal(to_network(np.array([[[51]]], np.uint8)), np.full((1, 1, 3), 0.2, np.float32))


def test_integers_are_clipped_and_rounded() -> None:
    target = np.empty((1, 6, 1), np.uint8)
    store(np.array([-1, 0.4 / 255, 0.6 / 255, 2, np.nan, np.inf], np.float32).reshape(1, 6, 1), target)
    assert target.ravel().tolist() == [0, 0, 1, 255, 0, 255]


def test_the_plate_is_never_written() -> None:
    plate = np.array([[[np.nan, 2, 3]]], np.float32)
    plate.setflags(write=False)
    to_network(plate)
    assert np.isnan(plate[0, 0, 0])
