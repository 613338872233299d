"""Effects one after another, and frames that are torch tensors."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import torch

from trimatte.host_bridge import Effect, HostError

Create = Callable[..., Effect]
Clip = npt.NDArray[np.float32]


def test_what_one_effect_makes_is_the_source_of_the_next(create: Create, clip: Clip) -> None:
    first, second, third = create("temporal"), create("copy"), create("temporal")
    chain = first | second | third
    chain.connect("Source", clip)
    earlier, now = 0.5 * clip[1] + 0.5 * clip[0], 0.5 * clip[2] + 0.5 * clip[1]
    np.testing.assert_allclose(chain.render(2), 0.5 * now + 0.5 * earlier, rtol=1e-6)
    np.testing.assert_allclose(chain.render(2, window=(1, 1, 4, 3)), chain.render(2)[4:6, 1:4], rtol=1e-6)
    assert chain.effects == (first, second, third)


def test_a_chain_takes_new_frames_and_new_parameters(create: Create, clip: Clip) -> None:
    with create("temporal") | create("copy") as chain:
        chain.connect("Source", clip)
        chain.render(1)
        chain.effects[0].params["offset"] = 0.0
        np.testing.assert_array_equal(chain.render(1), clip[1])
        wide = np.ones((2, 3, 20, 4), np.float32)
        chain.connect("Source", wide)
        assert chain.render(1).shape == (3, 20, 4)
    with pytest.raises(HostError, match="closed"):
        chain.render(0)


def test_a_generator_begins_a_chain_and_ends_none(create: Create, clip: Clip) -> None:
    ramp = create("ramp", "general")
    ramp.params["corner"] = (-2, 1, 0)
    ramp.params["size"] = (5, 4)
    chain = ramp | create("copy")
    np.testing.assert_array_equal(chain.render(0), ramp.render(0))
    np.testing.assert_array_equal(chain.render(0)[-1, 0, :2], [-2, 1])
    with pytest.raises(HostError, match="only be the first"):
        (create("copy") | create("ramp", "general")).render(0)


def test_frames_may_be_torch_tensors(create: Create, clip: Clip) -> None:
    effect = create("copy")
    effect.connect("Source", torch.from_numpy(clip).requires_grad_())
    picture = effect.tensor(1, window=(0, 0, 4, 4))
    assert isinstance(picture, torch.Tensor)
    np.testing.assert_array_equal(picture.numpy(), clip[1, 3:, :4])
    effect.connect("Source", [torch.from_numpy(frame) for frame in clip])
    np.testing.assert_array_equal(effect.render(2), clip[2])
    effect.connect("Source", lambda time: torch.full((2, 2, 3), int(time), dtype=torch.uint8), first=0, last=3)
    np.testing.assert_array_equal(effect.render(3), np.full((2, 2, 3), 3))


def test_parameters_animate_from_a_mapping(create: Create) -> None:
    effect = create("params")
    effect.params["double"] = {0: 1.0, 10: 3.0}
    assert effect.params["double"].value(5) == 2.0
    effect.params["double"].animate({4: 0.5})
    assert effect.params["double"].keys() == [(4, 0.5)]
    effect.params["double"].delete_keys()
    effect.params["double"] = 0.75
    assert effect.params["double"].value(4) == 0.75
    assert "<Double double = 0.75>" in repr(effect.params)
