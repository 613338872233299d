"""A keyframe's matte goes along with its pixels; the network decides where nothing could be followed."""

import cv2
import numpy as np

from trimatte.core.tracking import Keyed, OpticalFlow, Trail, follow, start

_HEIGHT, _WIDTH, _SIDE = 96, 144, 36


def _texture(seed: int, height: int, width: int, low: float) -> np.ndarray:
    noise = np.random.default_rng(seed).random((height, width, 3), np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2)
    return np.rint(((smooth - smooth.min()) / np.ptp(smooth) * 0.4 + low) * 255).astype(np.uint8)


_BACKGROUND = _texture(1, _HEIGHT, _WIDTH, 0.0)
_SUBJECT = _texture(2, _SIDE, _SIDE, 0.5)


def _frame(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return picture and true matte: a square that moves two pixels a frame over a background at rest."""
    left = 20 + 2 * number
    picture, matte = _BACKGROUND.copy(), np.zeros((_HEIGHT, _WIDTH), np.float32)
    picture[30 : 30 + _SIDE, left : left + _SIDE] = _SUBJECT
    matte[30 : 30 + _SIDE, left : left + _SIDE] = 1
    return picture, matte


def _followed(frames: int, said: np.ndarray, certainty: float) -> Trail:
    """Follow the square while the network says ``said`` of every frame."""
    key, flow = Keyed(*_frame(0)), OpticalFlow()
    trail = start(key)
    sure = np.full((_HEIGHT, _WIDTH), certainty, np.float32)
    for number in range(1, frames + 1):
        trail = follow(trail, key, (_frame(number - 1)[0], _frame(number)[0]), (said, sure), flow)
    return trail


def test_a_subject_stays_though_the_network_forgets_it() -> None:
    trail = _followed(12, np.zeros((_HEIGHT, _WIDTH), np.float32), 1.0)
    truth = _frame(12)[1]
    inside = cv2.erode(truth, np.ones((9, 9))) > 0
    outside = cv2.dilate(truth, np.ones((9, 9))) == 0
    assert trail.matte[inside].mean() > 0.9
    assert trail.matte[outside].mean() < 0.02


def test_a_thin_part_goes_by_a_network_that_sees_the_rest_and_not_by_a_blind_one() -> None:
    """All of a thin part is near its edge, where the network has a say."""
    bar = (slice(44, 52), slice(56, 96))
    picture, matte = _frame(0)
    picture[bar], matte[bar] = _texture(4, 8, 40, 0.5), 1
    without_bar = matte.copy()
    without_bar[bar] = 0
    elsewhere = Keyed(_BACKGROUND, np.zeros_like(matte))  # the keyframe itself has no say on the subject
    known, flow = start(Keyed(picture, matte)), OpticalFlow()
    left = []
    for said in (np.zeros_like(matte), without_bar):
        trail = known
        for _ in range(6):
            trail = follow(trail, elsewhere, (picture, picture), (said, np.ones_like(said)), flow)
        left.append(float(trail.matte[bar].mean()))
    assert left[0] > 0.9
    assert left[1] < 0.3


def test_background_stays_though_the_network_floods_it() -> None:
    trail = _followed(12, np.ones((_HEIGHT, _WIDTH), np.float32), 1.0)
    far = np.zeros((_HEIGHT, _WIDTH), bool)
    far[8:20, 8:-8] = True
    assert trail.matte[far].mean() < 0.1


def test_places_are_those_of_the_keyframe() -> None:
    trail = _followed(12, np.zeros((_HEIGHT, _WIDTH), np.float32), 1.0)
    rows, columns = np.mgrid[:_HEIGHT, :_WIDTH]
    inside = cv2.erode(_frame(12)[1], np.ones((13, 13))) > 0
    assert np.abs(trail.x - (columns - 24))[inside].mean() < 0.5
    assert np.abs(trail.y - rows)[inside].mean() < 0.5


def test_the_network_decides_what_was_never_seen() -> None:
    key, flow = Keyed(*_frame(0)), OpticalFlow()
    other = _texture(3, _HEIGHT, _WIDTH, 0.3)
    said = np.zeros((_HEIGHT, _WIDTH), np.float32)
    said[:, _WIDTH // 2 :] = 1
    trail = follow(start(key), key, (key.picture, other), (said, np.ones_like(said)), flow)
    assert trail.matte[:, : _WIDTH // 2].mean() < 0.1
    beside = trail.matte[:, -30:]  # where no subject was, its word alone leaves it open
    assert 0.4 < beside.mean() < 0.7


def test_on_the_keyframe_its_matte_is_what_is_known() -> None:
    key = Keyed(*_frame(0))
    trail = start(key)
    assert np.array_equal(trail.matte, key.matte)
    assert trail.kept.min() == 1
