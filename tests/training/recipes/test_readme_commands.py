"""The training commands of the published READMEs, flag by flag; without data each ends at the first missing folder."""

from pathlib import Path

import pytest

from trimatte.cli import main

_FTPVM_MAIN = (
    "ftpvm --id FTPVM --which_model FTPVM --num_worker 12 --benchmark --lr 0.0001 -i 120000 "
    "--iter_switch_dataset 30000 --use_background_dataset -b_seg 8 -b_img_mat 10 -b_vid_mat 4 -s_seg 8 -s_img_mat 4 "
    "-s_vid_mat 8 --seg_cd 20000 --seg_iter 10000 --seg_start 0 --seg_stop 100000 --size 480 "
    "--tvloss_type temp_seg_allclass_weight"
)
_FTPVM_VM108 = (
    "ftpvm --id FTPVM_VM108_only --which_model FTPVM --num_worker 12 --benchmark --lr 0.0001 -i 120000 "
    "--iter_switch_dataset 0 -b_vid_mat 4 -s_vid_mat 8 --seg_stop -1 --size 480 --tvloss_type temp_seg_allclass_weight"
)
_DVM = (
    "dvm --dataroot datasets/composition_train_tf --dataroot_val datasets/composition_test_tf --checkpoints_dir "
    "checkpoints --dataset_mode tfrecord --max_n_chunk 1 --name dvm --model matting --add_refine_stage --comp_loss "
    "--comp_weight 0.5 --grad_loss --kld_loss --temp_loss --refine_loss --niter 20 --niter_decay 80 --n_frames 2 "
    "--shift 2 --batch_size 1 --num_threads 8 --frame_loading chunk --load_size 320 --crop_sizes 320,480,640 "
    "--save_epoch_freq 1 --save_latest_freq 20000 --print_freq 10 --validate_start 0 --validate_freq 1 --lr 0.00005 "
    "--min_lr 0.000005 --init_type xavier --init_gain 1.0 --beta1 0.9 --load_pretrain "
    "--load_dir pretrained/res50_state_dict_full.pth"
)
_RVM = (
    "rvm --data config.json --model-variant mobilenetv3 --dataset videomatte --resolution-lr 512 --seq-length-lr 15 "
    "--learning-rate-backbone 0.0001 --learning-rate-aspp 0.0002 --learning-rate-decoder 0.0002 "
    "--learning-rate-refiner 0 --checkpoint-dir checkpoint/stage1 --log-dir log/stage1 --epoch-start 0 --epoch-end 20"
)
_RVM_STAGE = "rvm --data config.json --stage 4 --checkpoint checkpoint/stage3/epoch-22.pth --num-workers 2"
_FUNET = "funet -e 5 -b 2 -l 0.0001 -s 0.5 -v 20 -g 0"


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        (_FTPVM_MAIN, "dataset/YoutubeVIS/train/instances.json"),
        (_FTPVM_VM108, "dataset/VideoMatting108/FG_done"),
        (_DVM, "datasets/composition_train_tf"),
        (_RVM, "config.json"),
        (_RVM_STAGE, "config.json"),
        (_FUNET, "dataset/original_training"),
    ],
)
def test_a_command_of_a_readme_is_understood(
    command: str, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(["train", *command.split(), "--run", "run"])
    assert left.value.code == 2
    shown = capsys.readouterr().err
    assert shown.startswith(f"error: {missing}")
    assert shown.count("\n") == 1
