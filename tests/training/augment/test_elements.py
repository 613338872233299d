import numpy as np

from trimatte.training.augment.elements import published_element


def test_elements_are_odd_or_halved_and_of_all_four_shapes() -> None:
    rng = np.random.default_rng(1)
    drawn = [published_element(rng) for _ in range(300)]
    longest = {max(element.shape) for element in drawn}
    assert longest == set(range(3, 32, 2))
    kinds = {
        "upright": sum(e.shape[0] > e.shape[1] for e in drawn),
        "lying": sum(e.shape[0] < e.shape[1] for e in drawn),
        "rectangle": sum(e.shape[0] == e.shape[1] and bool((e > 0).all()) for e in drawn),
        "ellipse": sum(e.shape[0] == e.shape[1] and not (e > 0).all() for e in drawn),
    }
    assert all(count > 40 for count in kinds.values()), kinds


def test_radii_may_be_narrowed() -> None:
    rng = np.random.default_rng(1)
    assert {max(published_element(rng, (3, 4)).shape) for _ in range(50)} == {7, 9}
