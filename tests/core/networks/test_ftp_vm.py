"""FTP-VM against the golden files: every call, every intermediate feature, float64 as the proof."""

import copy
import json
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from trimatte.core import create_network
from trimatte.core.networks.ftp_vm import FTPVM
from trimatte.core.networks.ftp_vm_frames import centred_padding, full_matte, full_matte_of_trimap, trimap_from_logits
from trimatte.kernels.errors import ShapeError, TrimatteError
from trimatte.kernels.memory_read import memory_read

Arrays = dict[str, np.ndarray]
CASES = ["plain", "chunk0", "chunk1", "mem", "batch", "segpass", "segodd", "hires", "hires1", "hiresmem", "replace"]
CASES += ["softtri"]
MEMORY_PAIR = {"mem", "segodd", "hiresmem"}
STATES_OF = {"chunk1": "chunk0", "hires1": "hires"}


@pytest.fixture(scope="module")
def networks(golden_weights: ModuleType) -> Callable[[float | None, torch.dtype], FTPVM]:
    made: dict[Any, FTPVM] = {}

    def make(gain: float | None, dtype: torch.dtype) -> FTPVM:
        if (gain, dtype) not in made:
            made[gain, dtype] = golden_weights.fill(FTPVM(), 0, gain).to(dtype)
        return made[gain, dtype]

    return make


def frames_of(arrays: Arrays, name: str, dtype: torch.dtype) -> torch.Tensor:
    return torch.from_numpy(arrays[name]).to(dtype) / 255


def run_case(network: FTPVM, arrays: Arrays, case: str, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """Make the call of a golden case; return its results by the names of the golden arrays."""
    meta = json.loads(str(arrays["meta"]))[case]
    source = STATES_OF.get(case, case)
    query, memory = frames_of(arrays, f"{case}.q_u8", dtype), frames_of(arrays, f"{source}.m_u8", dtype)
    trimaps = torch.from_numpy(arrays[f"{source}.tri"]).to(dtype)
    ratio = meta.get("ratio", 1)
    found: dict[str, torch.Tensor] = {}
    call: Callable[..., Any] = partial(network, query, memory, trimaps)
    with torch.no_grad():
        if case in MEMORY_PAIR:
            found["mem_feat"], found["mem_value"] = network.encode_imgs_to_value(memory, trimaps, ratio)
            call = partial(network.forward_with_memory, query, found["mem_feat"], found["mem_value"])
        states = network.default_rec
        if source != case:
            states = network(frames_of(arrays, f"{source}.q_u8", dtype), memory, trimaps, downsample_ratio=ratio)[3]
        if case.startswith("seg"):
            found["seg"], rec_seg = call(segmentation_pass=True)
            rec_mat: list[torch.Tensor] = []
        else:
            options = {"replace_given_seg": True} if case == "replace" else {}
            logits, alpha, full, (rec_seg, rec_mat) = call(*states, downsample_ratio=ratio, **options)
            found |= {"seg": logits, "mat": alpha, "full": full}
    found |= {f"rec_seg{i}": state for i, state in enumerate(rec_seg)}
    return found | {f"rec_mat{i}": state for i, state in enumerate(rec_mat)}


def is_decided(logits: torch.Tensor) -> torch.Tensor:
    """Where the two best classes differ enough for the full matte to be comparable, (B, T, 1, h, w)."""
    best = logits.sigmoid().topk(2, dim=2).values
    return best[:, :, :1] - best[:, :, 1:] > 1e-4


@pytest.mark.parametrize("case", CASES)
def test_float64_equals_the_golden_file(
    networks: Callable[..., FTPVM], golden_arrays: Callable[[str], Arrays], case: str
) -> None:
    arrays, expected = golden_arrays("ftpvm"), golden_arrays("ftpvm_f64")
    gain = json.loads(str(arrays["meta"]))[case]["gain"]
    found = run_case(networks(gain, torch.float64), arrays, case, torch.float64)
    compared = [name for name in found if f"{case}.{name}" in expected]
    assert len(compared) >= 2
    for name in compared:
        reference = expected[f"{case}.{name}"]
        error = np.abs(found[name].numpy() - reference) / np.maximum(1, np.abs(reference))
        assert error.max() <= 1e-6, f"{name}: {error.max()}"


@pytest.mark.parametrize("case", CASES)
def test_float32_is_within_the_golden_limits(
    networks: Callable[..., FTPVM], golden_arrays: Callable[[str], Arrays], case: str
) -> None:
    arrays = golden_arrays("ftpvm")
    gain = json.loads(str(arrays["meta"]))[case]["gain"]
    found = run_case(networks(gain, torch.float32), arrays, case, torch.float32)
    for name, value in found.items():
        if f"{case}.{name}" not in arrays or (case == "plain" and name != "seg"):
            continue
        reference = torch.from_numpy(arrays[f"{case}.{name}"])
        error = (value - reference).abs()
        limit = 5e-5 * max(1, float(reference.abs().max()))
        if case == "plain":
            limit = 2e-3 * float(reference.abs().max())
        elif name == "full" and case.startswith("hires"):
            assert float(error.median()) < 1e-5
            limit = 1e-3
        elif name == "full":
            error = error[is_decided(found["seg"])]
        assert float(error.max()) <= limit, name


def test_every_intermediate_feature_equals_the_golden_file(
    networks: Callable[..., FTPVM], golden_arrays: Callable[[str], Arrays]
) -> None:
    arrays, expected = golden_arrays("ftpvm"), golden_arrays("ftpvm_f64")
    network = copy.deepcopy(networks(0.87, torch.float64))
    caught: dict[str, torch.Tensor] = {}

    def catch(module: nn.Module, name: str, pick: Callable[[Any], torch.Tensor] = lambda output: output) -> None:
        module.register_forward_hook(lambda _module, _inputs, output: caught.__setitem__(name, pick(output)))

    for index, name in enumerate(("feat2", "feat4", "feat8", "feat16")):
        catch(network.backbone, name, lambda output, index=index: output[index][:, :2])
    catch(network.backbone, "mem_feat16", lambda output: output[3][:, 2:])
    catch(network.trimap_fuse, "mem_value", lambda output: output.transpose(1, 2))
    catch(network.bottleneck_fuse.fuse, "fuse", lambda output: output[None])
    catch(network.bottleneck_fuse, "bottleneck")
    catch(network.seg_decoder.decode3, "seg_x8", lambda output: output[0])
    catch(network.seg_decoder, "seg_x16", lambda output: output[0])
    catch(network.seg_decoder.decode2, "seg_x4")
    catch(network.seg_decoder.out, "seg_hid", lambda output: output[None])
    catch(network.seg_project, "seg_logits4", lambda output: output[None])
    catch(network.mat_decoder.decode0_1, "mat_x4", lambda output: output[None])
    catch(network.mat_decoder, "mat_hid", lambda output: output[0])
    run_case(network, arrays, "chunk0", torch.float64)
    with torch.no_grad():
        feature16, memory16 = caught["feat16"], caught["mem_feat16"]
        caught["key_q"] = network.bottleneck_fuse.project_key(feature16[0]).transpose(0, 1)[None]
        caught["key_m"] = network.bottleneck_fuse.project_key(memory16[0]).transpose(0, 1)[None]
        keys = (caught["key_q"].transpose(1, 2), caught["key_m"].transpose(1, 2))
        caught["readout"] = memory_read(*keys, caught["mem_value"].transpose(1, 2))
    names = {name.split(".mid_")[1] for name in expected if name.startswith("chunk0.mid_")}
    missing = names - set(caught)
    assert missing <= {"affinity"}, missing
    for name in names - missing:
        reference = expected[f"chunk0.mid_{name}"]
        value = caught[name].numpy()
        value = value if value.size == reference.size else value[:, :1]
        error = np.abs(value.reshape(reference.shape) - reference) / np.maximum(1, np.abs(reference))
        assert error.max() <= 1e-6, f"{name}: {error.max()}"


def test_the_state_dict_has_the_official_names_shapes_and_order(golden_path: Callable[[str], Any]) -> None:
    expected = json.loads(golden_path("ftpvm.keys.json").read_text())
    state = create_network("ftpvm").state_dict()
    assert [(name, list(tensor.shape)) for name, tensor in state.items()] == list(expected.items())


def test_unused_stages_can_be_left_out() -> None:
    whole = FTPVM().state_dict()
    light = create_network("ftpvm", unused_stages=False)
    left_out = set(whole) - set(light.state_dict())
    assert {name.rsplit("blocks.", 1)[1][0] for name in left_out} == {"5", "6"}
    assert sum(parameter.numel() for parameter in light.parameters()) == 5_129_367 - 2_179_464


def test_the_full_matte_breaks_ties_like_the_official_network(golden: Callable[..., list[torch.Tensor]]) -> None:
    names = [f"fuse.{name}" for name in ("logits", "mat", "tri", "full", "full_tri")]
    logits, alpha, trimap, full, full_of_trimap = golden("ftpvm", *names)
    assert torch.equal(full_matte(logits, alpha), full)
    assert torch.equal(full_matte_of_trimap(trimap, alpha), full_of_trimap)
    classes = logits.sigmoid().argmax(dim=2, keepdim=True)
    assert torch.equal(trimap_from_logits(logits), classes / 2)


def test_padding_is_centred(golden_arrays: Callable[[str], Arrays]) -> None:
    arrays = golden_arrays("ftpvm")
    for size, expected in zip(arrays["pad.hw"], arrays["pad.pad"], strict=True):
        assert centred_padding(*map(int, size)) == tuple(expected)


@torch.no_grad()
def test_chunks_and_an_encoded_memory_give_what_one_call_gives(networks: Callable[..., FTPVM]) -> None:
    network = networks(0.87, torch.float64)
    generator = torch.Generator().manual_seed(2)
    frames = torch.rand(1, 3, 3, 32, 48, generator=generator, dtype=torch.float64)
    trimaps = torch.randint(0, 3, (1, 1, 1, 32, 48), generator=generator) / 2.0
    logits, alpha, full, _ = network(frames, frames[:, :1], trimaps.double())
    memory = network.encode_imgs_to_value(frames[:, :1], trimaps.double())
    states = network.default_rec
    for index in range(3):
        chunk = frames[:, index : index + 1]
        part_logits, part_alpha, part_full, states = network.forward_with_memory(chunk, *memory, *states)
        torch.testing.assert_close(part_logits[:, 0], logits[:, index])
        torch.testing.assert_close(part_alpha[:, 0], alpha[:, index])
        torch.testing.assert_close(part_full[:, 0], full[:, index])


def test_a_training_step_reaches_every_parameter() -> None:
    torch.manual_seed(3)
    network = create_network("ftpvm", unused_stages=False)
    generator = torch.Generator().manual_seed(3)
    frames = torch.rand(1, 2, 3, 32, 48, generator=generator)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits, alpha, _, (rec_seg, rec_mat) = network(frames, frames[:, :1], torch.rand(1, 1, 1, 32, 48))
        logits, alpha, _, _ = network(frames, frames[:, :1], torch.rand(1, 1, 1, 32, 48), rec_seg, rec_mat)
        loss = logits.float().square().mean() + alpha.float().mean()
    loss.backward()
    assert [name for name, parameter in network.named_parameters() if parameter.grad is None] == []


def test_a_single_picture_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"got \(3, 32, 32\); expected five dimensions"):
        FTPVM()(torch.zeros(3, 32, 32), torch.zeros(1, 1, 3, 32, 32), torch.zeros(1, 1, 1, 32, 32))


def test_unknown_names_and_options_list_what_exists() -> None:
    with pytest.raises(TrimatteError, match="'ftp'; the names are ftpvm, st_fam"):
        create_network("ftp")
    with pytest.raises(TrimatteError, match="no option 'depth'; its options are unused_stages"):
        create_network("ftpvm", depth=3)
