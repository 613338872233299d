from collections.abc import Callable

import torch

from trimatte.core.flow.agreement import splat_by_agreement

Golden = Callable[..., list[torch.Tensor]]


def test_the_composite_equals_the_original(golden: Golden) -> None:
    first, second, flow, expected = golden("softsplat", "warp_first", "warp_second", "flow", "warp_out")
    torch.testing.assert_close(splat_by_agreement(first, first, second, flow), expected, rtol=1e-5, atol=1e-5)


def test_the_pixel_that_looks_the_same_wins() -> None:
    first = torch.tensor([[0.1, 0.9, 0.5]]).expand(1, 3, 1, 3)
    second = torch.tensor([[0.5, 0.9, 0.5]]).expand(1, 3, 1, 3)
    flow = torch.zeros(1, 2, 1, 3)
    flow[0, 0, 0, 0] = 1  # the dark pixel claims to move onto the bright one, which stays
    carried = splat_by_agreement(torch.tensor([[[[1.0, 7.0, 3.0]]]]), first, second, flow)
    torch.testing.assert_close(carried, torch.tensor([[[[0.0, 7.0, 3.0]]]]), rtol=0, atol=1e-4)
