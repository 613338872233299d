"""Weight files: read, refused, written whole."""

import contextlib
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from torch import nn

from trimatte.core import create_network
from trimatte.core.checkpoints import FTP_VM_UNUSED, load_into, load_state, save_weights
from trimatte.core.errors import CheckpointError


def small() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))


@pytest.mark.parametrize("wrapper", [None, "state_dict", "network"])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_a_torch_file_loads_bare_or_wrapped(tmp_path: Path, wrapper: str | None, prefix: str) -> None:
    source, target = small(), small()
    state = {prefix + name: tensor for name, tensor in source.state_dict().items()}
    torch.save({wrapper: state} if wrapper else state, tmp_path / "weights.pth")
    report = load_into(target, tmp_path / "weights.pth")
    assert report.loaded == len(state)
    assert all(torch.equal(target.state_dict()[name], tensor) for name, tensor in source.state_dict().items())


def test_half_precision_halves_matrices_and_keeps_vectors(tmp_path: Path) -> None:
    source, target = small(), small()
    source[1].running_var.fill_(1e6)  # beyond float16
    path = save_weights(source.state_dict(), tmp_path / "new" / "w.safetensors", metadata={"data": "none"}, half=True)
    state = load_state(path)
    assert state["0.weight"].dtype == torch.float16
    assert state["1.running_var"].dtype == torch.float32
    load_into(target, path)
    torch.testing.assert_close(target[0].weight, source[0].weight, rtol=1e-3, atol=1e-4)
    assert target[0].weight.dtype == torch.float32
    with safe_open(path, "pt") as opened:
        assert opened.metadata() == {"data": "none"}
    assert [file.name for file in path.parent.iterdir()] == ["w.safetensors"]


def test_values_beyond_float16_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"0\.weight holds values beyond float16"):
        save_weights({"0.weight": torch.full((2, 2), 1e6)}, tmp_path / "w.safetensors", half=True)
    assert not (tmp_path / "w.safetensors").exists()


def test_the_official_checkpoint_may_lack_the_stages_that_never_run(tmp_path: Path) -> None:
    light, whole = create_network("ftpvm", unused_stages=False), create_network("ftpvm")
    path = save_weights(light.state_dict(), tmp_path / "light.safetensors")
    with pytest.raises(CheckpointError, match=r"light\.safetensors does not fit FTPVM: \d+ missing: .* and \d+ more"):
        load_into(whole, path)
    report = load_into(whole, path, allow_missing_prefixes=FTP_VM_UNUSED)
    assert len(report.missing) == 72
    full = save_weights(whole.state_dict(), tmp_path / "whole.safetensors")
    assert len(load_into(light, full, allow_unexpected_prefixes=FTP_VM_UNUSED).unexpected) == 72


def test_a_file_for_another_network_changes_nothing(tmp_path: Path) -> None:
    target = small()
    before = target[0].weight.clone()
    state = small().state_dict()
    state["0.weight"] = torch.zeros(4, 3, 5, 5)
    state["2.bias"] = state.pop("0.bias")
    path = save_weights(state, tmp_path / "other.safetensors")
    with pytest.raises(CheckpointError) as caught:
        load_into(target, path)
    text = str(caught.value)
    assert "1 missing: 0.bias; 1 unexpected: 2.bias" in text
    assert "0.weight (expected (4, 3, 3, 3), found (4, 3, 5, 5))" in text
    assert (caught.value.missing, caught.value.unexpected) == (("0.bias",), ("2.bias",))
    assert torch.equal(target[0].weight, before)


def test_missing_torn_and_foreign_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"none\.safetensors: no such weight file"):
        load_state(tmp_path / "none.safetensors")
    whole = save_weights(small().state_dict(), tmp_path / "torn.safetensors")
    whole.write_bytes(whole.read_bytes()[:-20])
    torch.save(small().state_dict(), tmp_path / "torn.pth")
    (tmp_path / "torn.pth").write_bytes((tmp_path / "torn.pth").read_bytes()[:300])
    (tmp_path / "text.pth").write_text("not weights")
    for name in ("torn.safetensors", "torn.pth", "text.pth"):
        with pytest.raises(CheckpointError, match=f"{name}: not a readable weight file"):
            load_state(tmp_path / name)
    torch.save([1, 2], tmp_path / "list.pth")
    with pytest.raises(CheckpointError, match="expected a dictionary of tensors by name, found list"):
        load_state(tmp_path / "list.pth")


def test_code_inside_a_checkpoint_is_named_and_not_run(tmp_path: Path) -> None:
    torch.save(small(), tmp_path / "module.pth")
    with pytest.raises(CheckpointError, match=r"it holds code \(torch\.nn\.modules\.container\.Sequential\)"):
        load_state(tmp_path / "module.pth")


@pytest.mark.parametrize("is_zip", [True, False])
def test_no_torn_or_scrambled_file_gets_through_as_another_error(tmp_path: Path, is_zip: bool) -> None:
    path = tmp_path / "weights.pth"
    torch.save(small().state_dict(), path, _use_new_zipfile_serialization=is_zip)
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    for _ in range(150):
        data = bytearray(whole[: random.integers(1, len(whole))])
        data[random.integers(0, min(len(data), 300))] = random.integers(0, 256)
        path.write_bytes(data)
        with contextlib.suppress(CheckpointError):
            load_state(path)


def test_what_is_not_a_tensor_is_named(tmp_path: Path) -> None:
    torch.save({"state_dict": {"0.weight": torch.zeros(1), "epoch": 3}}, tmp_path / "mixed.pth")
    with pytest.raises(CheckpointError, match="found int under 'epoch'"):
        load_state(tmp_path / "mixed.pth")
