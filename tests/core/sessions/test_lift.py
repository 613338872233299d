"""From working size to native size."""

import numpy as np
import torch

from trimatte.core.sessions.blend import CoarseFrame
from trimatte.core.sessions.keyframes import Keyframes
from trimatte.core.sessions.lift import NativeFrame, follow_colours, lift, lift_keyframe, settle, trimap_levels
from trimatte.core.sessions.pass_frame import PassFrame
from trimatte.core.sessions.working_picture import WorkingSize

CPU = torch.device("cpu")


def _coarse(height: int, width: int) -> CoarseFrame:
    x = np.linspace(0, 1, width, dtype=np.float32)
    shares = np.stack([1 - x, 0.8 - abs(x - 0.5), x])
    shares = np.broadcast_to((shares / shares.sum(axis=0))[:, None], (3, height, width))
    return CoarseFrame(np.broadcast_to(x, (height, width)).copy(), shares.astype(np.float32), 0.5)


def test_a_trimap_is_decided_after_enlarging() -> None:
    lifted = lift(_coarse(16, 16), WorkingSize.choose(64, 64, 16), CPU)
    assert lifted.alpha.shape == lifted.trimap.shape == (64, 64)
    row = lifted.trimap[0]
    assert set(row.tolist()) == {0.0, 0.5, 1.0}
    assert (row.diff() >= 0).all()
    assert (row.diff() > 0).nonzero().flatten().remainder(4).any()  # edges need not lie on working pixels


def test_at_working_size_nothing_is_resampled() -> None:
    coarse = _coarse(16, 32)
    assert torch.equal(lift(coarse, WorkingSize.choose(16, 32, 0), CPU).alpha, torch.from_numpy(coarse.alpha))


def test_a_keyframe_keeps_the_users_regions_and_takes_alpha_between_them(clip_of) -> None:
    clip = clip_of()
    keyframe = Keyframes({3: clip.trimap(3)}, clip)[3]
    run = PassFrame(np.full((64, 96), 26214, np.uint16), np.zeros((3, 64, 96), np.uint8))
    lifted = lift_keyframe(keyframe, run, WorkingSize.choose(64, 96, 0), CPU)
    for level, alpha in ((0, 0.0), (128, 0.4), (255, 1.0)):
        assert np.allclose(lifted.alpha.numpy()[keyframe.trimap == level], alpha, atol=1e-5)
    assert np.array_equal(trimap_levels(lifted.trimap), keyframe.trimap)


def test_what_a_user_painted_stays_and_a_found_trimap_may_be_wrong_by_a_band() -> None:
    truth = (torch.arange(96) < 44).float().expand(80, 96)
    plate = torch.stack([truth * 0.6 + 0.2, truth * -0.3 + 0.7, truth * 0.1 + 0.3])[None]
    trimap = torch.zeros(80, 96)
    trimap[:, :45] = 1  # a column too wide
    trimap[:, 45:55] = 0.5
    native = NativeFrame(settle(torch.full((80, 96), 0.3), trimap), trimap, 1.0)
    painted, found = (follow_colours(native, plate, 200, is_keyframe=is_keyframe) for is_keyframe in (True, False))
    assert torch.equal(settle(painted.alpha, trimap), painted.alpha)
    assert (found.alpha[:, 44] < 0.2).all()
    assert (found.alpha[:, :43] > 0.9).all()
    assert (found.alpha[:, 46:] < 0.1).all()


def test_what_is_settled_is_solid() -> None:
    alpha, trimap = torch.tensor([[0.3, 0.3, 0.3]]), torch.tensor([[0.0, 0.5, 1.0]])
    assert torch.equal(settle(alpha, trimap), torch.tensor([[0.0, 0.3, 1.0]]))


def test_the_open_region_holds_unknown_and_soft_pixels() -> None:
    frame = lift(_coarse(16, 16), WorkingSize.choose(16, 16, 0), CPU)
    assert frame.open_region[0, 1:15].all()
    assert not frame.open_region[0, 0]
