"""Flags of the release that its test takes and that change no matte: for training, or unused there as well."""

from typing import Any, Final

from rich.console import Console
from typer.core import TyperCommand

from ..kernels.errors import TrimatteError

__all__ = ["IDLE_FLAGS", "IDLE_SWITCHES", "IdleFlags"]

_LOSSES = "soft_weight hard_weight comp_weight grad_weight kld_weight temp_weight refine_weight"
_TRAINING = "dataroot init_type init_gain load_dir load_epoch stride crop_size crop_sizes preprocess display_winsize"
_UNREAD = "data_phase data_type start_frame random_rotation_degree trimap_dilation num_threads aspect_ratio"
# upsample never reaches the decoder (quirk Q3); the others come from the frame that the release was built in
_NETWORK = "upsample input_nc output_nc ngf ndf netD netG n_layers_D norm direction pool_size"

IDLE_FLAGS: Final = frozenset(f"{_LOSSES} {_TRAINING} {_UNREAD} {_NETWORK}".split())
"""Those with a value."""

_LOSS_SWITCHES = "comp_loss grad_loss kld_loss temp_loss refine_loss load_pretrain vis_more"
# tensor_scaling spoils the pictures of the release, 255 times too bright; ours are right either way
_OTHER_SWITCHES = "serial_batches no_flip no_dropout cal_of test_backward tensor_scaling"

IDLE_SWITCHES: Final = frozenset(f"{_LOSS_SWITCHES} {_OTHER_SWITCHES}".split())
"""Those without."""

_console = Console(stderr=True, highlight=False, soft_wrap=True)


class IdleFlags(TyperCommand):
    """A command that passes over :data:`IDLE_FLAGS` and :data:`IDLE_SWITCHES`, and says so in one line."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the line without them.

        Raises:
            TrimatteError: one lacks its value.
        """
        kept, idle, words = [], dict[str, None](), iter(args)
        for word in words:
            flag, equals, _ = word.partition("=")
            name = flag[2:].replace("-", "_") if flag.startswith("--") else ""
            if name not in IDLE_FLAGS | IDLE_SWITCHES:
                kept.append(word)
                continue
            idle[flag] = None
            if name in IDLE_FLAGS and not equals and next(words, "--").startswith("--"):
                raise TrimatteError(f"{flag} needs a value; it changes nothing here and can be left out.")
        rest = super().parse_args(ctx, kept)
        if idle:
            _console.print(f"accepted, but without effect in this test: {', '.join(idle)}", markup=False)
        return rest
