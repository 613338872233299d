from collections.abc import Callable
from types import ModuleType

import torch

from trimatte.core.blocks.large_kernel import LargeKernel

Golden = Callable[..., list[torch.Tensor]]


@torch.inference_mode()
def test_the_crosswise_padding_of_the_original_is_reproduced(golden: Golden, golden_weights: ModuleType) -> None:
    feature, expected, seed = golden("dvm", "gcn_in", "gcn_out", "gcn_seed")
    block = golden_weights.fill(LargeKernel(5, 6), int(seed))
    torch.testing.assert_close(block(feature), expected, rtol=0, atol=1e-5)
