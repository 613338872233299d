"""Batch norms into the convolutions before them, for networks that learn no more."""

from itertools import pairwise

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ...kernels.errors import TrimatteError

__all__ = ["fold_batch_norms"]


def fold_batch_norms(network: nn.Module) -> int:
    """Change ``network`` in place so that it needs fewer passes over memory; results differ in the last bits only.

    Only neighbours in the order of registration are folded, which is the order of execution in every network here.

    Args:
        network: in eval mode; its state dict has other names afterwards, so load weights first.

    Returns:
        The number of batch norms folded.

    Raises:
        TrimatteError: the network is in training mode, where a batch norm depends on the batch.
    """
    if network.training:
        raise TrimatteError("the network is in training mode; call eval() before its batch norms are folded.")
    count = 0
    for module in network.modules():
        for (first, convolution), (second, norm) in pairwise(list(module.named_children())):
            if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(module, first, fuse_conv_bn_eval(convolution, norm))
                setattr(module, second, nn.Identity())
                count += 1
    return count
