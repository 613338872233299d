"""Options no clip can be solved with are refused."""

import pytest

from trimatte.core.sessions import SessionOptions, SessionOptionsError


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("model", "sam"),
        ("working_size", 16),
        ("working_size", -512),
        ("tile_size", 100),
        ("tile_size", 32),
        ("tile_overlap", 300),
        ("closed_form_iterations", -1),
        ("state_frames", -1),
        ("warm_up_frames", -1),
        ("key_scale", 0.0),
        ("self_memory_frames", -4),
        ("self_memory_confidence", 1.5),
    ],
)
def test_a_value_out_of_range_is_named_with_what_was_expected(option: str, value: object) -> None:
    with pytest.raises(SessionOptionsError, match=rf"{option} must be .*; got {value}"):
        SessionOptions(**{option: value})  # type: ignore[arg-type]
