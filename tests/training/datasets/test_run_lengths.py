import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trimatte.training.datasets.run_lengths import decode_mask, encode_mask
from trimatte.training.errors import DatasetError


def test_runs_go_down_the_columns_and_begin_with_zeros() -> None:
    mask = decode_mask({"size": [2, 3], "counts": [1, 3, 2]})
    assert mask.tolist() == [[False, True, False], [True, True, False]]


@given(arrays(bool, st.tuples(st.integers(1, 6), st.integers(1, 6))))
def test_any_mask_survives(mask: np.ndarray) -> None:
    encoded = encode_mask(mask)
    assert sum(encoded["counts"]) == mask.size
    np.testing.assert_array_equal(decode_mask(encoded), mask)


@pytest.mark.parametrize("counts", [[3, 2], "abc"])
def test_runs_that_do_not_fill_the_picture_are_refused(counts: object) -> None:
    with pytest.raises(DatasetError, match=r"cover 5 pixels of 6|compressed"):
        decode_mask({"size": [2, 3], "counts": counts})
