from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from trimatte.training.losses import (
    FtpVmLossOptions,
    coherence,
    cross_entropy,
    ftp_vm_loss,
    l1,
    labels_of_trimap,
    laplacian,
    rvm_segmentation_loss,
    total_variation,
)
from trimatte.training.losses.alpha import laplacian_levels
from trimatte.training.losses.segmentation import CROSS_ENTROPY_KINDS
from trimatte.training.losses.variation import VARIATION_KINDS

Golden = Callable[[str], dict[str, np.ndarray]]


@pytest.fixture(scope="module")
def golden(golden_arrays: Golden) -> dict[str, Tensor]:
    arrays = golden_arrays("ftpvm_losses")
    names = ["gt", "trimap", "label", "glance", "focus", "collab", "mat_grad_glance", "mat_grad_focus"]
    return {name: torch.from_numpy(arrays[name]) for name in names}


def test_labels_come_from_the_trimap(golden: dict[str, Tensor]) -> None:
    assert torch.equal(labels_of_trimap(golden["trimap"]), golden["label"])


def test_every_variant_of_cross_entropy_matches_the_golden_file(
    golden: dict[str, Tensor], golden_arrays: Golden
) -> None:
    arrays = golden_arrays("ftpvm_losses")
    assert set(map(str, arrays["ce_types"])) == set(CROSS_ENTROPY_KINDS)
    values = [float(cross_entropy(golden["glance"], golden["label"], str(kind))) for kind in arrays["ce_types"]]
    np.testing.assert_allclose(values, arrays["ce"], rtol=1e-6)


def test_every_variant_of_variation_matches_the_golden_file(golden: dict[str, Tensor], golden_arrays: Golden) -> None:
    arrays = golden_arrays("ftpvm_losses")
    assert set(map(str, arrays["tv_types"])) == set(VARIATION_KINDS)
    values = [float(total_variation(golden["glance"], golden["label"], str(kind))) for kind in arrays["tv_types"]]
    np.testing.assert_allclose(values, arrays["tv"], rtol=1e-6)


def test_alpha_terms_match_the_golden_file(golden: dict[str, Tensor], golden_arrays: Golden) -> None:
    arrays = golden_arrays("ftpvm_losses")
    mask = (golden["label"] == 1)[:, :, None]
    assert float(l1(golden["focus"], golden["gt"])) == pytest.approx(float(arrays["l1_plain"]), rel=1e-6)
    assert float(l1(golden["focus"], golden["gt"], mask)) == pytest.approx(float(arrays["l1_masked"]), rel=1e-6)
    assert float(laplacian(golden["focus"], golden["gt"])) == pytest.approx(float(arrays["lap"]), rel=1e-6)
    bands = laplacian_levels((golden["focus"] - golden["gt"]).flatten(0, 1))
    sums = [float(band.abs().sum()) for band in bands]
    np.testing.assert_allclose(sums, arrays["lap_level_sums"], rtol=1e-5)


_NAMES = {
    "seg_bce": "classes",
    "seg_tv": "variation",
    "focus_pha_l1": "alpha_l1",
    "focus_pha_laplacian": "alpha_laplacian",
    "focus_pha_coherence": "alpha_coherence",
    "collab_pha_l1": "matte_l1",
    "collab_pha_laplacian": "matte_laplacian",
    "collab_pha_coherence": "matte_coherence",
    "total_loss": "total",
}


@pytest.mark.parametrize(
    ("case", "options"),
    [
        ("mat", FtpVmLossOptions()),
        ("fullmatte", FtpVmLossOptions(full_matte=True)),
        ("latetv", FtpVmLossOptions(variation_weight=0)),
    ],
)
def test_each_set_of_terms_matches_the_golden_file(
    golden: dict[str, Tensor], golden_arrays: Golden, case: str, options: FtpVmLossOptions
) -> None:
    arrays = golden_arrays("ftpvm_losses")
    terms = ftp_vm_loss(
        golden["glance"], golden["trimap"], golden["focus"], golden["collab"], golden["gt"], options=options
    )
    expected = {_NAMES[str(name)]: value for name, value in zip(arrays[f"{case}_names"], arrays[case], strict=True)}
    assert set(terms) == set(expected)
    for name, value in expected.items():
        assert float(terms[name]) == pytest.approx(float(value), rel=1e-6), name


def test_the_gradients_match_the_golden_file(golden: dict[str, Tensor]) -> None:
    logits, alpha = golden["glance"].clone().requires_grad_(), golden["focus"].clone().requires_grad_()
    classes = logits.sigmoid().argmax(2, keepdim=True)
    matte = alpha * (classes == 1) + (classes == 2)
    ftp_vm_loss(logits, golden["trimap"], alpha, matte, golden["gt"])["total"].backward()
    torch.testing.assert_close(logits.grad, golden["mat_grad_glance"], rtol=1e-4, atol=1e-8)
    torch.testing.assert_close(alpha.grad, golden["mat_grad_focus"], rtol=1e-4, atol=1e-8)


def test_a_segmentation_step_matches_the_golden_file(golden: dict[str, Tensor], golden_arrays: Golden) -> None:
    arrays = golden_arrays("ftpvm_losses")
    terms = ftp_vm_loss(golden["glance"], golden["trimap"])
    expected = {_NAMES[str(name)]: value for name, value in zip(arrays["seg_names"], arrays["seg"], strict=True)}
    assert set(terms) == set(expected)
    for name, value in expected.items():
        assert float(terms[name]) == pytest.approx(float(value), rel=1e-6), name


def test_the_temporal_factor_scales_only_the_temporal_terms(golden: dict[str, Tensor]) -> None:
    given = [golden[name] for name in ("glance", "trimap", "focus", "collab", "gt")]
    usual, doubled = (ftp_vm_loss(*given, options=FtpVmLossOptions(coherence_weight=w)) for w in (5.0, 10.0))
    ratios = {name: float(doubled[name] / usual[name]) for name in usual if name != "total"}
    assert {name for name, ratio in ratios.items() if ratio == pytest.approx(2)} == {
        "alpha_coherence",
        "matte_coherence",
    }
    assert all(ratio == pytest.approx(1) for name, ratio in ratios.items() if not name.endswith("coherence"))


def test_a_single_alpha_and_a_single_class_match_the_golden_file(
    golden: dict[str, Tensor], golden_arrays: Golden
) -> None:
    arrays = golden_arrays("ftpvm_losses")
    alpha, truth = golden["focus"], golden["gt"]
    terms = [float(l1(alpha, truth)), float(laplacian(alpha, truth)), 5 * float(coherence(alpha, truth))]
    np.testing.assert_allclose([*terms, sum(terms)], arrays["plain"], rtol=1e-6)
    loss = rvm_segmentation_loss(golden["glance"][:, :, :1], truth)["total"]
    assert float(loss) == pytest.approx(float(arrays["seg1_total"]), rel=1e-6)
