"""The store keeps whole weights under names, and notices when they change."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from trimatte.core.errors import CheckpointError
from trimatte.core.weights_store import WeightsStore, data_folder, open_network, open_weights, weights_path
from trimatte.core.weights_store import store as store_module

State = dict[str, torch.Tensor]


def test_the_folder_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("TRIMATTE_DATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "relative")  # the standard says: ignore it
    assert data_folder() == tmp_path / ".local/share/trimatte"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert data_folder() == tmp_path / "xdg/trimatte"
    monkeypatch.setenv("TRIMATTE_DATA", str(tmp_path / "own"))
    assert WeightsStore().folder == tmp_path / "own/weights"


@pytest.mark.parametrize("suffix", [".pth", ".pytorch", ".safetensors"])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_any_format_becomes_the_same_safetensors(
    store: WeightsStore, tmp_path: Path, flow_unet_state: State, suffix: str, prefix: str
) -> None:
    state = {prefix + name: tensor for name, tensor in flow_unet_state.items()}
    path = tmp_path / f"mine{suffix}"
    if suffix == ".safetensors":
        save_file(state, path)
    else:
        torch.save({"epoch": 3, "state_dict": state} if prefix else state, path)
    stored, report = store.add(path)
    assert (stored.name, stored.network, report.fitting) == ("mine", "flow_unet", len(state))
    kept = load_file(stored.path)
    assert kept.keys() == flow_unet_state.keys()
    assert all(torch.equal(kept[name], tensor) for name, tensor in flow_unet_state.items())
    assert stored.sha256 == store_module.sha256_of(stored.path)
    assert store.verify("mine").is_exact


def test_an_official_file_gets_its_official_name(store: WeightsStore, flow_unet_file: Path) -> None:
    stored, _ = store.add(flow_unet_file)
    assert stored.name == "flow_unet"
    assert "MIT" in stored.record["licence"]
    assert stored.record["source"] == "CP_epoch7.pth"


def test_importing_again_changes_nothing_and_other_weights_need_leave(
    store: WeightsStore, flow_unet_file: Path, tmp_path: Path, flow_unet_state: State
) -> None:
    first, _ = store.add(flow_unet_file)
    assert store.add(flow_unet_file)[0].sha256 == first.sha256
    other = tmp_path / "other.pth"
    torch.save({name: tensor + 1 for name, tensor in flow_unet_state.items()}, other)
    with pytest.raises(CheckpointError, match="other weights are called 'flow_unet' already"):
        store.add(other, name="flow_unet")
    second, _ = store.add(other, name="flow_unet", replace=True)
    assert second.sha256 != first.sha256
    assert sorted(path.name for path in store.folder.iterdir()) == [second.path.name, "flow_unet.json"]


def test_a_failed_import_leaves_the_old_weights(
    store: WeightsStore, flow_unet_file: Path, tmp_path: Path, flow_unet_state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, _ = store.add(flow_unet_file)
    other = tmp_path / "other.pth"
    torch.save({name: tensor + 1 for name, tensor in flow_unet_state.items()}, other)

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CheckpointError, match="No space left on device"):
        store.add(other, name="flow_unet", replace=True)
    monkeypatch.undo()
    fresh = WeightsStore(store.folder)
    assert fresh.find("flow_unet") == stored
    assert fresh.verify("flow_unet").is_exact
    assert sorted(path.name for path in store.folder.iterdir()) == [stored.path.name, "flow_unet.json"]


@pytest.mark.parametrize("name", ["../evil", "a/b", ".hidden", "default", "x" * 65])
def test_a_name_is_a_plain_word(store: WeightsStore, flow_unet_file: Path, name: str) -> None:
    with pytest.raises(CheckpointError, match="cannot name weights"):
        store.add(flow_unet_file, name=name)
    with pytest.raises(CheckpointError, match="no weights are called"):
        store.find(name)
    assert not store.folder.exists()


def test_damage_is_noticed(store: WeightsStore, flow_unet_file: Path) -> None:
    stored, _ = store.add(flow_unet_file)
    data = bytearray(stored.path.read_bytes())
    data[-1] ^= 1
    stored.path.write_bytes(data)
    for use in (lambda: store.verify("flow_unet"), lambda: open_network("flow_unet", "flow_unet")):
        with pytest.raises(CheckpointError, match="differs from the record of 'flow_unet'"):
            use()
    stored.path.unlink()
    with pytest.raises(CheckpointError, match="the file of 'flow_unet' is missing; import it again"):
        store.verify("flow_unet")
    (store.folder / "flow_unet.json").write_text("{")
    with pytest.raises(CheckpointError, match="the record is broken; import 'flow_unet' again"):
        store.find("flow_unet")
    store.add(flow_unet_file)
    assert store.verify("flow_unet").is_exact


def test_a_record_cannot_point_out_of_the_store(store: WeightsStore, flow_unet_file: Path) -> None:
    stored, _ = store.add(flow_unet_file)
    path = store.folder / "flow_unet.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"file": f"../../{stored.path.name}"}))
    assert store.find("flow_unet").path == stored.path


def test_weights_open_by_name_and_by_path_alike(
    store: WeightsStore, flow_unet_file: Path, flow_unet_state: State
) -> None:
    stored, _ = store.add(flow_unet_file)
    network, sha256 = open_network("flow_unet", "flow_unet")
    assert sha256 == stored.sha256
    assert not network.training
    by_path = open_weights(flow_unet_file, "flow_unet")
    for name, tensor in flow_unet_state.items():
        assert torch.equal(network.state_dict()[name], tensor)
        assert torch.equal(by_path.state[name], tensor)
    with pytest.raises(CheckpointError, match="'flow_unet' are for flow_unet; expected weights for ftpvm"):
        open_weights("flow_unet", "ftpvm")
    with pytest.raises(CheckpointError, match=r"no weights are called 'nothing' .*stored: flow_unet"):
        open_weights("nothing", "ftpvm")
    with pytest.raises(CheckpointError, match=r"nothing\.pth: no such weight file"):
        open_weights("nothing.pth", "ftpvm")


def test_what_reads_files_itself_gets_the_file(store: WeightsStore, flow_unet_file: Path, tmp_path: Path) -> None:
    assert weights_path(flow_unet_file, "flow_unet") == flow_unet_file
    stored, _ = store.add(flow_unet_file)
    assert weights_path("flow_unet", "flow_unet") == weights_path("CP_epoch7.pth", "flow_unet") == stored.path
    with pytest.raises(
        CheckpointError, match=r"other/CP_epoch7\.pth: no such weight file; .* or give the imported flow_unet"
    ):
        weights_path("other/CP_epoch7.pth", "flow_unet")  # a path that is missing is not replaced silently
    with pytest.raises(CheckpointError, match="are for flow_unet; expected weights for pwcnet"):
        weights_path("flow_unet", "pwcnet")
    stored.path.write_bytes(b"")
    with pytest.raises(CheckpointError, match="differs from the record"):
        weights_path("flow_unet", "flow_unet")
