from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from trimatte.core.checkpoints import save_weights
from trimatte.core.refine.deform_align import DeformConvPack
from trimatte.training.errors import DatasetError, OptionsError
from trimatte.training.launch import launch
from trimatte.training.recipe import find_recipe
from trimatte.training.recipes.dvm import dvm_loss_options, dvm_sample_options, dvm_training
from trimatte.training.recipes.dvm_options import DvmRecipeOptions
from trimatte.training.recipes.dvm_rates import Triangle, dvm_schedule
from trimatte.training.recipes.dvm_start import draw_weights, load_pretrained

Arrays = Callable[[str], dict[str, np.ndarray]]
_PLAIN = DvmRecipeOptions(dataroot=Path("records"))


def test_the_linear_rate_of_every_epoch_matches_the_golden_file(golden_arrays: Arrays) -> None:
    arrays = golden_arrays("dvm_losses")
    flat, fall, rate, floor = arrays["lr_cfg"].tolist()
    chosen = replace(_PLAIN, niter=int(flat), niter_decay=int(fall), lr=rate, min_lr=floor)
    schedule = dvm_schedule(chosen, 7)
    rates = [schedule.rate(rate, 7 * epoch + 3, 0) for epoch in range(100)]
    np.testing.assert_allclose(rates, arrays["lr_per_epoch"][:100], rtol=1e-6)


def test_the_other_rates_fall_as_they_are_named() -> None:
    def rates(policy: str, **changes: object) -> list[float]:
        chosen = replace(_PLAIN, lr_policy=policy, **changes)  # type: ignore[arg-type]
        schedule = dvm_schedule(chosen, 10)
        return [schedule.rate(1.0, 10 * epoch, 0) for epoch in range(5)]

    assert rates("step", lr_decay_iters=2) == pytest.approx([1, 1, 0.1, 0.1, 0.01])
    assert rates("cosine", niter=4) == pytest.approx([1, 0.8535534, 0.5, 0.1464466, 0])
    assert rates("plateau", dataroot_val=Path("x")) == [1] * 5
    assert rates("cyclic", base_lr=1, max_lr=3, cyclical_step=20) == pytest.approx([1, 2, 3, 2, 1])


def test_the_second_triangle_is_half_as_high() -> None:
    schedule = Triangle(low=1, high=3, half_period=10)
    assert [schedule.rate(0, step, 0) for step in (0, 10, 20, 30, 40, 50)] == [1, 3, 1, 2, 1, 1.5]


def test_only_the_switched_terms_count_with_their_weights() -> None:
    loss = dvm_loss_options(replace(_PLAIN, comp_loss=True, comp_weight=0.5, kld_weight=3))
    assert (loss.composition_weight, loss.gradient_weight, loss.distribution_weight) == (0.5, 0, 0)


def test_norms_freeze_after_the_first_validated_epoch() -> None:
    chosen = replace(_PLAIN, niter=5, niter_decay=5, freeze_norms=True, validate_start=2)
    stages = dvm_training(chosen, 4).stages
    assert [(stage.until, stage.freeze_norm) for stage in stages] == [(0.2, False), (1.0, True)]
    assert len(dvm_training(_PLAIN, 4).stages) == 1


def test_windows_are_cut_as_the_flags_say() -> None:
    cut = dvm_sample_options(replace(_PLAIN, crop_sizes="100,200", load_size=224, no_flip=True, n_frames=3, shift=2))
    assert (cut.crop_sizes, cut.load_size, cut.has_flips, cut.num_outputs, cut.shift) == ((100, 200), 224, False, 3, 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"batch_size": 2}, "give 1"),
        ({"frame_loading": "frame"}, "take chunk"),
        ({"refine_loss": True}, "give add_refine_stage"),
        ({"crop_sizes": "big"}, "numbers with commas"),
        ({"epoch_count": 300}, "end before epoch 300"),
        ({"lr_policy": "plateau"}, "give dataroot_val"),
    ],
)
def test_options_that_cannot_be_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(OptionsError, match=message):
        replace(_PLAIN, **changes)  # type: ignore[arg-type]


def test_missing_records_are_named_before_the_large_network_is_built(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"holds no \.tfrecord file"):
        launch(find_recipe("dvm"), replace(_PLAIN, dataroot=tmp_path), tmp_path / "run")


class _Part(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(40, 60, 3)
        self.norm = nn.BatchNorm2d(60)
        self.bend = DeformConvPack(16, 16)
        self.fc = nn.Linear(50, 70)


@pytest.mark.parametrize("has_offsets", [False, True])
def test_every_layer_is_drawn_by_the_rule(has_offsets: bool) -> None:
    with torch.device("meta"):
        part = _Part()
    part.to_empty(device="cpu")
    with torch.random.fork_rng():
        torch.manual_seed(1)
        draw_weights(part, "xavier", 1.0, has_offsets=has_offsets)
    assert float(part.conv.weight.detach().std()) == pytest.approx((2 / (900)) ** 0.5, rel=0.05)
    assert float(part.fc.weight.detach().std()) == pytest.approx((2 / 120) ** 0.5, rel=0.05)
    assert float(part.norm.weight.detach().mean()) == pytest.approx(1, abs=0.5)
    assert float(part.norm.running_var.sum()) == 60  # type: ignore[union-attr]
    assert bool(part.bend.conv_offset_mask.weight.any()) is has_offsets
    assert all(not bias.any() for name, bias in part.named_parameters() if name.endswith("bias"))


def test_a_parameter_that_no_rule_draws_is_named() -> None:
    part = _Part()
    part.extra = nn.Parameter(torch.zeros(3))
    with pytest.raises(OptionsError, match="extra"):
        draw_weights(part, "normal", 0.02)


def test_pretrained_weights_may_lack_entries(tmp_path: Path) -> None:
    part, given = _Part(), {"conv.weight": torch.ones(60, 40, 3, 3)}
    before = part.fc.weight.clone()
    load_pretrained(part, save_weights(given, tmp_path / "start.safetensors"))
    assert float(part.conv.weight.detach().mean()) == 1
    assert torch.equal(part.fc.weight, before)
