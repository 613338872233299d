"""Raw footage through FTP-VM: what is written equals what the network gives, published or mended."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from trimatte.core.errors import MediaError
from trimatte.core.inference.ftp_vm_convert import GREEN, automatic_ratio, convert_video
from trimatte.core.inference.ftp_vm_footage import convert_footage, find_footage
from trimatte.core.inference.ftp_vm_sheet import draw_sheet, sheet_size
from trimatte.core.media.image_file import encode_image, read_image
from trimatte.core.media.open import open_clip
from trimatte.core.media.writers import FORMATS, MovieWriter
from trimatte.core.networks.ftp_vm import FTPVM
from trimatte.core.networks.ftp_vm_frames import pad, unpad
from trimatte.kernels.errors import TrimatteError
from trimatte.kernels.foreground import estimate_foreground

WIDTH, HEIGHT, COUNT = 46, 30, 5


@pytest.fixture
def clip(moving_clip: Callable[..., Any]) -> Any:
    """Frames as bytes / 255, so that files hold them exactly."""
    made = moving_clip(COUNT, HEIGHT, WIDTH)
    made.pictures = (made.pictures * 255).round() / 255
    return made


def to_picture(pictures: Tensor) -> np.ndarray:
    return (pictures.permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()


@pytest.fixture
def folder(tmp_path: Path, clip: Any) -> Path:
    """Frames in ``plates``, ``memory.png`` and ``mask.png`` beside them."""
    (tmp_path / "plates").mkdir()
    for number in range(COUNT):
        (tmp_path / "plates" / f"{number}.png").write_bytes(encode_image(to_picture(clip.pictures[number]), "png"))
    Image.fromarray(to_picture(clip.pictures[0])).save(tmp_path / "memory.png")
    Image.fromarray(to_picture(clip.trimaps[0])[..., 0]).save(tmp_path / "mask.png")
    return tmp_path


def expected_alpha(network: FTPVM, clip: Any, ratio: float, trimap: Tensor) -> Tensor:
    """Run frame by frame with states carried; return (T, 1, H, W)."""
    ready: Callable[[Tensor], Tensor] = pad if ratio == 1 else lambda pictures: pictures
    states: Any = network.default_rec
    found = []
    with torch.no_grad():
        memory = network.encode_imgs_to_value(ready(clip.pictures[:1])[None], ready(trimap)[None], ratio)
        for frame in clip.pictures:
            result = network.forward_with_memory(ready(frame)[None, None], *memory, *states, downsample_ratio=ratio)
            full, states = result[2][0], result[3]
            found.append(unpad(full, (HEIGHT, WIDTH)) if ratio == 1 else full)
    return torch.cat(found).clamp(0, 1)


def masked(clip: Any) -> Tensor:
    """(1, 1, H, W): the mask as it comes out of its 8-bit file."""
    return (clip.trimaps[:1] * 255).round() / 255


def read_folder(path: Path) -> np.ndarray:
    assert sorted(item.name for item in path.iterdir()) == [f"{number:04d}.png" for number in range(COUNT)]
    return np.stack([read_image(path / f"{number:04d}.png") for number in range(COUNT)])


def within_a_step(found: np.ndarray, exact: Tensor, *, share: float = 1) -> bool:
    """Whether ``found`` is ``exact`` x 255 truncated, but for rounding errors of another chunk length."""
    target = exact.permute(0, 2, 3, 1).numpy() * 255
    return bool((np.abs(found - target + 0.5) <= 0.5 + 0.02).mean() >= share)


@pytest.mark.parametrize(("ratio", "seq_chunk"), [(1, 1), (1, 3), (0.6, 2)])
def test_images_hold_what_the_network_gives(
    ftp_vm: FTPVM, clip: Any, folder: Path, tmp_path: Path, ratio: float, seq_chunk: int
) -> None:
    count = convert_video(
        ftp_vm,
        folder / "plates",
        folder / "memory.png",
        folder / "mask.png",
        output_type="png_sequence",
        output_composition=tmp_path / "com",
        output_alpha=tmp_path / "alpha",
        output_foreground=str(tmp_path / "deep" / "foreground"),
        downsample_ratio=ratio,
        seq_chunk=seq_chunk,
        progress=False,
    )
    assert count == COUNT
    alpha = expected_alpha(ftp_vm, clip, ratio, masked(clip))
    assert alpha.std() > 0.02
    written = read_folder(tmp_path / "alpha")[..., :1]
    assert within_a_step(written, alpha, share=0.999)  # a tie between classes may fall either way
    green = torch.tensor(GREEN).view(3, 1, 1)
    on_green = clip.pictures * alpha + green * (1 - alpha)
    assert within_a_step(read_folder(tmp_path / "deep" / "foreground"), on_green, share=0.999)
    page = read_folder(tmp_path / "com")
    assert page.shape == (COUNT, 1080, 2 * 828, 3)
    assert (page[:, 540:, 828:, 0][:, ::18, ::18] == written[..., 0]).mean() > 0.99


def test_no_mask_means_a_clean_background(ftp_vm: FTPVM, clip: Any, folder: Path, tmp_path: Path) -> None:
    Image.fromarray(to_picture(clip.backgrounds[0])).convert("RGBA").save(folder / "plate.png")  # forced to RGB
    options: dict[str, Any] = {"output_type": "png_sequence", "progress": False}
    convert_video(ftp_vm, folder / "plates", folder / "plate.png", output_alpha=tmp_path / "a", **options)
    black = Image.new("L", (WIDTH, HEIGHT))
    black.save(folder / "black.png")
    convert_video(
        ftp_vm, folder / "plates", folder / "plate.png", folder / "black.png", output_alpha=tmp_path / "b", **options
    )
    assert (read_folder(tmp_path / "a") == read_folder(tmp_path / "b")).all()


def test_mended_outputs_are_what_their_names_say(ftp_vm: FTPVM, clip: Any, folder: Path, tmp_path: Path) -> None:
    convert_video(
        ftp_vm,
        folder / "plates",
        folder / "memory.png",
        folder / "mask.png",
        output_type="png_sequence",
        output_composition=tmp_path / "com",
        output_foreground=tmp_path / "foreground",
        progress=False,
        is_mended=True,
    )
    alpha = expected_alpha(ftp_vm, clip, 1, masked(clip))
    colour = estimate_foreground(clip.pictures, alpha).permute(0, 2, 3, 1).numpy()
    composition = read_folder(tmp_path / "com")
    assert composition.shape[-1] == 4
    assert (np.abs(composition[..., 3] - alpha[:, 0].numpy() * 255) <= 0.52).mean() > 0.999
    for found in (composition[..., :3], read_folder(tmp_path / "foreground")):
        assert (np.abs(found - colour * 255) <= 0.6).mean() > 0.99


def test_a_movie_becomes_movies_of_the_same_rate(ftp_vm: FTPVM, clip: Any, folder: Path, tmp_path: Path) -> None:
    movie = tmp_path / "plate.mkv"
    with MovieWriter(movie, FORMATS["ffv1"], size=(WIDTH, HEIGHT), channels=3, rate=Fraction(24000, 1001)) as writer:
        for number in range(COUNT):
            writer.write(number, to_picture(clip.pictures[number]).astype(np.uint16) * 257)
    convert_video(
        ftp_vm,
        movie,
        folder / "memory.png",
        folder / "mask.png",
        output_composition=tmp_path / "new" / "com.mp4",
        output_alpha=tmp_path / "new" / "alpha.mp4",
        output_video_mbps=8,
        progress=False,
    )
    with open_clip(tmp_path / "new" / "com.mp4") as page, open_clip(tmp_path / "new" / "alpha.mp4") as matte:
        assert (page.width, page.height) == sheet_size(WIDTH, HEIGHT)
        assert page.rate == matte.rate == Fraction(24000, 1001)
        assert len(page) == len(matte) == COUNT
        assert matte.read(2).std() > 0.02


def test_an_upright_memory_turns_the_resize(ftp_vm: FTPVM, tmp_path: Path) -> None:
    (tmp_path / "plates").mkdir()
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 255, (48, 32, 3), np.uint8))
    picture.save(tmp_path / "plates" / "0.png")
    picture.resize((16, 24)).save(tmp_path / "memory.png")  # of the same shape, so it is resized
    convert_video(
        ftp_vm,
        tmp_path / "plates",
        tmp_path / "memory.png",
        input_resize=(96, 64),
        output_type="png_sequence",
        output_alpha=tmp_path / "alpha",
        output_composition=tmp_path / "com",
        progress=False,
    )
    assert read_image(tmp_path / "alpha" / "0000.png").shape[:2] == (96, 64)
    assert read_image(tmp_path / "com" / "0000.png").shape[:2] == (540, 4 * 360)


def test_the_automatic_ratio_and_the_page() -> None:
    assert automatic_ratio(2048, 100) == 0.5
    assert automatic_ratio(100, 1920, 960) == 0.5
    assert automatic_ratio(640, 480) == 1
    assert sheet_size(1920, 1080) == (1920, 1080)
    assert sheet_size(1080, 1920) == (4 * 303, 540)
    frames = torch.zeros(2, 3, 4, 6)
    page = draw_sheet(frames, frames + 0.25, frames[:, :1] + 0.5, frames[:, :1] + 1)
    assert page.shape == (2, 3, 1080, 1620)
    corners = [page[1, 0, y, x].item() for y in (0, -1) for x in (0, -1)]
    assert corners == [0, 0.25, 0.5, 1]


def test_bad_input_is_refused_before_anything_is_written(ftp_vm: FTPVM, folder: Path, tmp_path: Path) -> None:
    Image.new("L", (10, 10)).save(folder / "small.png")
    Image.new("RGB", (20, 20)).save(folder / "square.png")
    (folder / "text.png").write_text("no picture")
    cases: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"memory_mask": folder / "small.png"}, MediaError, "the mask is 10x10, memory.png is 46x30"),
        ({"memory_img": folder / "square.png", "memory_mask": None}, MediaError, "is 20x20, the frames are 46x30"),
        ({"memory_img": folder / "text.png"}, MediaError, "text.png: not a readable picture"),
        ({"memory_mask": folder / "none.png"}, MediaError, "none.png: no such picture"),
        ({"output_alpha": None}, TrimatteError, "no output is named"),
        ({"downsample_ratio": 2}, TrimatteError, "downsample_ratio is 2"),
        ({"target_size": 0}, TrimatteError, "target_size is 0"),
        ({"dtype": torch.float16}, TrimatteError, "not on cpu in torch.float16; move it first"),
        ({"output_alpha": folder / "mask.png"}, TrimatteError, "mask.png: is named twice"),
    ]
    for change, kind, message in cases:
        given: dict[str, Any] = {
            "memory_img": folder / "memory.png",
            "memory_mask": folder / "mask.png",
            "output_alpha": tmp_path / "out" / "alpha.mp4",
            "progress": False,
        }
        with pytest.raises(kind, match=message):
            convert_video(ftp_vm, folder / "plates", **(given | change))
    assert not (tmp_path / "out").exists()


def write_footage(root: Path, clip: Any, *names: str) -> None:
    root.mkdir()
    for name in names:
        with MovieWriter(root / name, FORMATS["mp4"], size=(WIDTH, HEIGHT), channels=3, rate=Fraction(25)) as writer:
            for number in range(2):
                writer.write(number, to_picture(clip.pictures[number]))
        Image.fromarray(to_picture(clip.pictures[0])).save(root / f"{Path(name).stem}_thumbnail.png")


def test_a_folder_of_footage_is_matted_trimap_by_trimap(ftp_vm: FTPVM, clip: Any, tmp_path: Path) -> None:
    root, out = tmp_path / "footage", tmp_path / "out"
    write_footage(root, clip, "cat.mp4", "cat_two.mp4")
    mask = Image.fromarray(to_picture(clip.trimaps[0])[..., 0])
    for name in ("cat_trimap.png", "cat_my_trimap_wide.png", "cat_two_trimap2.bmp"):
        mask.save(root / name)
    started: list[str] = []
    convert_footage(ftp_vm, root, out, progress=False, started=lambda item: started.append(item.trimap.name))
    assert started == ["cat_my_trimap_wide.png", "cat_trimap.png", "cat_two_trimap2.bmp"]
    kinds = ("com", "fgr", "pha")
    assert sorted(path.name for path in out.iterdir()) == sorted(
        f"{stem}_{kind}.mp4" for stem in ("cat", "cat_wide", "cat_two_2") for kind in kinds
    )
    with open_clip(out / "cat_wide_pha.mp4") as matte:
        assert len(matte) == 2


def test_footage_without_its_pictures_is_refused(clip: Any, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"no such folder; expected movies with NAME_trimap\.png"):
        find_footage(tmp_path / "none")
    root = tmp_path / "footage"
    write_footage(root, clip, "cat.mp4")
    with pytest.raises(MediaError, match=r"cat\.mp4: has no trimap"):
        find_footage(root)
    (root / "cat_trimap.png").touch()
    (root / "cat_b_trimap.png").touch()
    with pytest.raises(MediaError, match="several trimaps end alike"):
        find_footage(root)
    (root / "cat_thumbnail.png").unlink()
    with pytest.raises(MediaError, match=r"cat_thumbnail\.png: no such picture"):
        find_footage(root)
