"""Sizes of a deformable convolution, worked out once at the door."""

from dataclasses import dataclass

from torch import Tensor

from ..errors import ShapeError

__all__ = ["DeformShape"]


@dataclass(frozen=True, slots=True)
class DeformShape:
    """Sizes and steps, in pixels; checked to be possible."""

    kernel_height: int
    kernel_width: int
    out_height: int
    out_width: int
    stride: int
    padding: int
    dilation: int
    deform_groups: int

    @property
    def taps(self) -> int:
        """Places of the kernel."""
        return self.kernel_height * self.kernel_width

    @classmethod
    def of(  # noqa: PLR0917  (the options of the door, in its order)
        cls, image: Tensor, weight: Tensor, stride: int, padding: int, dilation: int, deform_groups: int
    ) -> "DeformShape":
        """Work the sizes out.

        Raises:
            ShapeError: not four dimensions, or nothing is left of the picture.
        """
        if image.ndim != 4 or weight.ndim != 4:
            raise ShapeError(
                f"input is {tuple(image.shape)}, weight is {tuple(weight.shape)}; both need four dimensions."
            )
        kernel = weight.shape[2:]
        sizes = [
            (length + 2 * padding - dilation * (taps - 1) - 1) // stride + 1
            for length, taps in zip(image.shape[2:], kernel, strict=True)
        ]
        if min(sizes) < 1:
            raise ShapeError(f"input is {tuple(image.shape)}, the kernel {tuple(kernel)}; pad the input.")
        return cls(kernel[0], kernel[1], sizes[0], sizes[1], stride, padding, dilation, deform_groups)
