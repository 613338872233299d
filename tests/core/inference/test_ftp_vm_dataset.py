"""The dataset loop of FTP-VM against the calls it stands for, made one by one."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from trimatte.core.inference.ftp_vm_dataset import FtpVmLoopOptions, matte_clip
from trimatte.core.networks.ftp_vm import FTPVM
from trimatte.core.networks.ftp_vm_frames import pad, shrink, trimap_from_logits, unpad
from trimatte.kernels.errors import TrimatteError

Entry = tuple[Tensor, Tensor]


def run(network: FTPVM, clip: Any, **options: Any) -> tuple[Tensor, list[int]]:
    """Return all alphas (T, 1, H, W) and the first frame of each call."""
    found = list(matte_clip(network, clip, FtpVmLoopOptions(**options)))
    return torch.cat([mattes.alpha for _, mattes in found]), [first for first, _ in found]


class ByHand:
    """The network called as the specification says, with padded frames."""

    def __init__(self, network: FTPVM, clip: Any, ratio: float = 1) -> None:
        self.network, self.clip, self.ratio = network, clip, ratio
        self.states: Any = network.default_rec
        self.logits = torch.zeros(0)

    def encode(self, picture: Tensor, trimap: Tensor) -> Entry:
        with torch.no_grad():
            return self.network.encode_imgs_to_value(pad(picture)[None, None], pad(trimap)[None, None], self.ratio)

    def given(self, frame: int) -> Entry:
        return self.encode(self.clip.pictures[frame], self.clip.trimaps[frame])

    def call(self, first: int, end: int, *entries: Entry) -> Tensor:
        memory = torch.cat([entry[0] for entry in entries], 1), torch.cat([entry[1] for entry in entries], 2)
        frames = pad(self.clip.pictures[first:end])[None]
        with torch.no_grad():
            self.logits, _, full, self.states = self.network.forward_with_memory(
                frames, *memory, *self.states, downsample_ratio=self.ratio
            )
        return unpad(full[0], (30, 45)).clamp(0, 1)


def equal(found: Tensor, *parts: Tensor) -> None:
    expected = torch.cat(parts)
    assert expected.std() > 0.02
    torch.testing.assert_close(found, expected, rtol=0, atol=0)


def test_without_refresh_the_first_trimap_serves_all(ftp_vm: FTPVM, moving_clip: Callable[..., Any]) -> None:
    clip = moving_clip()
    found, starts = run(ftp_vm, clip, clip_length=3)
    hand = ByHand(ftp_vm, clip)
    first = hand.given(0)
    assert starts == [0, 3, 6]
    equal(found, hand.call(0, 3, first), hand.call(3, 6, first), hand.call(6, 7, first))


@pytest.mark.parametrize(
    ("update", "sources"), [(4, (0, 0, 4, 4)), (2, (0, 2, 4, 6)), (1, (0, 2, 4, 6)), (0, (0, 2, 4, 6))]
)
def test_refreshes_take_the_given_trimap_of_the_coming_frame(
    ftp_vm: FTPVM, moving_clip: Callable[..., Any], update: int, sources: tuple[int, ...]
) -> None:
    clip = moving_clip()
    found, _ = run(ftp_vm, clip, clip_length=2, memory_update=update)
    hand = ByHand(ftp_vm, clip)
    calls = zip((0, 2, 4, 6), (2, 4, 6, 7), sources, strict=True)
    equal(found, *[hand.call(first, end, hand.given(source)) for first, end, source in calls])


def test_a_given_trimap_replaces_the_predicted_one(ftp_vm: FTPVM, moving_clip: Callable[..., Any]) -> None:
    clip = moving_clip()
    found, _ = run(ftp_vm, clip, clip_length=2, memory_update=4, replaces_given=True)
    plain, _ = run(ftp_vm, clip, clip_length=2, memory_update=4)
    refreshed = [0, 4]
    for frame in range(7):
        is_equal = torch.allclose(found[frame], plain[frame], atol=1e-5)
        assert is_equal == (frame not in refreshed), frame
    for frame in refreshed:
        assert (found[frame][clip.trimaps[frame] == 1] == 1).all()
        assert (found[frame][clip.trimaps[frame] == 0] == 0).all()


def test_a_clean_background_is_a_memory_too(ftp_vm: FTPVM, moving_clip: Callable[..., Any]) -> None:
    clip = moving_clip(3)
    found, _ = run(ftp_vm, clip, clip_length=3, background_memory=True)
    hand = ByHand(ftp_vm, clip)
    equal(found, hand.call(0, 3, hand.encode(clip.backgrounds[0], torch.zeros(1, 30, 45))))


def own(hand: ByHand, frame: int, offset: int) -> Entry:
    """Encode ``frame`` with the trimap that the last call found for it."""
    return hand.encode(hand.clip.pictures[frame], unpad(trimap_from_logits(hand.logits)[0, offset], (30, 45)))


def test_own_trimaps_replace_one_another_in_the_release(ftp_vm: FTPVM, moving_clip: Callable[..., Any]) -> None:
    clip = moving_clip()
    found, _ = run(ftp_vm, clip, clip_length=2, memory_save=3)
    hand = ByHand(ftp_vm, clip)
    first = hand.given(0)
    parts = [hand.call(0, 2, first), hand.call(2, 4, first)]
    second = own(hand, 2, 0)  # three frames are complete with frame 2
    parts.append(hand.call(4, 6, first, second))
    third = own(hand, 5, 1)
    equal(found, *parts, hand.call(6, 7, first, third))


def test_own_trimaps_get_slots_when_mended(ftp_vm: FTPVM, moving_clip: Callable[..., Any]) -> None:
    clip = moving_clip(8)
    found, _ = run(ftp_vm, clip, clip_length=2, memory_save=2, bank_size=3, is_mended=True)
    hand = ByHand(ftp_vm, clip)
    first = hand.given(0)
    parts = [hand.call(0, 2, first)]
    second = own(hand, 1, 1)
    parts.append(hand.call(2, 4, first, second))
    third = own(hand, 3, 1)
    parts.append(hand.call(4, 6, first, second, third))
    fourth = own(hand, 5, 1)
    equal(found, *parts, hand.call(6, 8, first, third, fourth))  # three slots: the second is forgotten


def test_own_trimaps_are_encoded_at_the_size_the_network_saw(ftp_vm: FTPVM, moving_clip: Callable[..., Any]) -> None:
    clip = moving_clip(4)
    found, _ = run(ftp_vm, clip, clip_length=2, memory_save=2, downsample_ratio=0.7, is_mended=True)
    hand = ByHand(ftp_vm, clip, 0.7)
    first = hand.given(0)
    parts = [hand.call(0, 2, first)]
    with torch.no_grad():
        small = shrink(pad(clip.pictures[1:2])[None], 0.7)
        entry = ftp_vm.encode_imgs_to_value(small, trimap_from_logits(hand.logits)[:, 1:])
    equal(found, *parts, hand.call(2, 4, first, entry))


def test_refreshes_may_take_the_own_trimap_of_the_frame_before(ftp_vm: FTPVM, moving_clip: Callable[..., Any]) -> None:
    clip = moving_clip(6)
    found, _ = run(ftp_vm, clip, clip_length=2, memory_update=2, refreshes_own=True, is_mended=True)
    hand = ByHand(ftp_vm, clip)
    parts = [hand.call(0, 2, hand.given(0))]
    parts.append(hand.call(2, 4, own(hand, 1, 1)))
    equal(found, *parts, hand.call(4, 6, own(hand, 3, 1)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"clip_length": 0}, "clip_length is 0"),
        ({"clip_length": 4, "memory_update": 6}, "memory_update is 6; expected -1, 0, 1 or a multiple"),
        ({"downsample_ratio": 1.2}, "downsample_ratio is 1.2"),
        ({"downsample_ratio": 0.5, "memory_save": 4}, "fails in the release; set is_mended"),
        ({"refreshes_own": True}, "changes nothing in the release; set is_mended"),
        ({"refreshes_own": True, "is_mended": True, "replaces_given": True}, "takes no given trimap"),
        ({"bank_size": 1, "memory_save": 4, "is_mended": True}, "memory_save needs 2 or more"),
    ],
)
def test_options_that_clash_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(TrimatteError, match=message):
        FtpVmLoopOptions(**options)
