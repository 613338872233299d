"""Every flag of the published tools of inference is one of the command's; the lines are read, nothing runs."""

import inspect
import os
import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from trimatte.cli import COMMANDS
from trimatte.core.inference import ftp_vm_convert, rvm_convert

_SEEDS = Path(os.environ.get("TRIMATTE_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "seeds"

LINES = {
    "funet predict": """-m CP_epoch7.pth --img a b --mask c d --output e f --no-viz --no-save --no-eval
        --mask-threshold 0.4 --scale 0.5 --gpu 0""",
    "funet predict (short)": "--model CP_epoch7.pth -img a b -mask c d -o e f -v -n -e -t 0.4 -s 0.5 -g 0",
    "funet extract": "data-generation --num_videos 2 --save_cropped_image_to crops --save_original_image_to frames",
    "funet dataset": "dataset_path class_name",
    "funet masks": "-d frames -th 0.5 -t",
    "flow": "--model default --one ./images/one.png --two ./images/two.png --out ./out.flo",
    "dvm test": """--dataroot_val datasets/composition_test_tf --checkpoints_dir pretrained --results_dir results
        --dataset_mode tfrecord --data_phase test --calc_metric --max_n_chunk -1 --name dvm --model matting
        --add_refine_stage --n_frames 2 --shift 2 --batch_size 1 --num_threads 4 --frame_loading chunk
        --load_size 320 --max_size 1600 --test_mode whole --epoch best --eval""",
    "dvm test (all options)": """--dataroot_val d --suffix s --load_iter 3 --phase test --max_n_video 1 --max_n_frame 2
        --max_dataset_size 3 --ntest 4 --gpu_ids 0 --use_less_trimaps --verbose --upsample ps --stride 1
        --tensor_scaling --comp_loss --comp_weight 0.5 --grad_loss --kld_loss --temp_loss --refine_loss
        --grad_weight 1 --kld_weight 1 --temp_weight 1 --refine_weight 1 --soft_weight 1 --hard_weight 0.5
        --dataroot d --init_type xavier --init_gain 1.0 --load_pretrain --load_dir FILE --load_epoch latest
        --crop_size 512 --crop_sizes 320,480,640 --preprocess resize_and_crop --no_flip --serial_batches
        --display_winsize 256 --data_type x --start_frame 0 --random_rotation_degree 15 --trimap_dilation 1
        --cal_of --vis_more --aspect_ratio 1 --test_backward --input_nc 3 --output_nc 3 --ngf 64 --ndf 64
        --netD basic --netG unet_256 --n_layers_D 3 --norm batch --no_dropout --direction AtoB --pool_size 50""",
    "dvm tfrecord": "-i datasets/composition_test/ -o datasets/composition_test_tf -m vfba -s check",
    "rvm convert": """--variant mobilenetv3 --checkpoint f.pth --device cpu --input-source in.mp4 --input-resize 64 48
        --downsample-ratio 0.25 --output-composition c.mp4 --output-alpha a.mp4 --output-foreground f.mp4
        --output-type video --output-video-mbps 4 --seq-chunk 12 --num-workers 0 --disable-progress""",
    "rvm speed": """--model-variant resnet50 --resolution 64 48 --downsample-ratio 1 --precision float16
        --disable-refiner""",
    "ftpvm convert": """--model f.pth --gpu 0 --input-source in.mp4 --input-resize 64 48 --memory_img m.png
        --memory_mask t.png --downsample-ratio 0.5 --output-composition c --output-alpha a --output-foreground f
        --output-type png_sequence --output-video-mbps 1 --seq-chunk 1 --num-workers 0 --disable-progress
        --target_size 1024""",
    "ftpvm footage": "--root in --out_root out --gpu 0 --target_size 1024 --seq_chunk 4",
    "ftpvm dataset": """dataset --size 1024 --batch_size 8 --n_workers 8 --gpu 0 --trimap_width 25 --disable_video
        --downsample_ratio 1 --out_root . --replace_tri --memory_freq 30 --memory_freq 1""",
    "ftpvm speed": """--model_name FTPVM --resolution 512 512 --downsample-ratio 1 --precision float32
        --disable-refiner --gpu 0 --pad 16""",
}
"""Command of ours -> line as the release's README, or where that has none its tool, gives it."""


def _read(name: str, line: str) -> dict[str, Any]:
    """Let the command read a line; the result is what its function would be called with."""
    room, *rest = name.partition(" (")[0].split()
    command: Any = typer.main.get_command(import_module(f"trimatte.commands.{COMMANDS[room][0]}").app)
    for part in rest:
        command = command.commands[part]
    values: dict[str, Any] = command.make_context(name, shlex.split(line)).params
    return values


@pytest.mark.parametrize("name", LINES)
def test_the_line_of_the_release_is_read(name: str) -> None:
    assert _read(name, LINES[name])
    with pytest.raises(Exception, match="No such option"):
        _read(name, f"{LINES[name]} --not-of-the-release")


def test_several_folders_behind_one_flag_are_one_list() -> None:
    values = _read("funet predict", LINES["funet predict"])
    assert [list(map(str, values[name])) for name in ("img", "mask", "output")] == [["a", "b"], ["c", "d"], ["e", "f"]]


@pytest.mark.parametrize(
    ("seed", "block", "row"),
    [
        ("001", r"funet_predict\.py(.*?)```", "funet predict"),
        ("003", r"python test\.py(.*?)```", "dvm test"),
        ("003", r"write_tfrecords\.py(.*?)\n\n", "dvm tfrecord"),
    ],
)
def test_the_lines_here_leave_out_no_flag_of_the_readmes(seed: str, block: str, row: str) -> None:
    readme = next(iter(_SEEDS.glob(f"{seed}_*.txt")), None)
    if readme is None:
        pytest.skip(f"the READMEs are not in {_SEEDS}; set TRIMATTE_SHARED")
    found = re.search(block, readme.read_text(), re.DOTALL)
    assert found is not None
    flags = set(re.findall(r"(?<=\s)(--?[a-z][\w-]*)", found[1])) - {"-h", "--help"}
    here = set(re.findall(r"(?:^|\s)(--?[a-z][\w-]*)", " ".join(LINES[name] for name in LINES if name.startswith(row))))
    assert len(flags) > 3
    assert flags - here == set()


@pytest.mark.parametrize("function", [rvm_convert.convert_video, ftp_vm_convert.convert_video])
def test_the_published_function_has_every_argument_of_the_readme(function: Any) -> None:
    expected = """input_source output_type output_composition output_alpha output_foreground output_video_mbps
        downsample_ratio seq_chunk"""
    assert set(expected.split()) <= inspect.signature(function).parameters.keys()
