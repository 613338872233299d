from collections.abc import Callable
from pathlib import Path

import pytest

from trimatte.training.datasets.tf_example import decode_example, encode_example
from trimatte.training.datasets.tf_record import TfRecordFile, write_tf_record
from trimatte.training.errors import DatasetError

GoldenPath = Callable[[str], Path]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.tfrecord"
    assert write_tf_record(path, [b"first", b"", bytes(1000)]) == 3
    return path


def test_the_golden_file_is_rewritten_byte_for_byte(golden_path: GoldenPath, tmp_path: Path) -> None:
    golden = golden_path("dvm_tiny.tfrecord")
    records = TfRecordFile(golden)
    again = tmp_path / "dvm_tiny.tfrecord"
    write_tf_record(again, (records.read(number) for number in range(len(records))))
    assert again.read_bytes() == golden.read_bytes()
    assert again.with_suffix(".index").read_text() == golden_path("dvm_tiny.index").read_text()


@pytest.mark.parametrize("has_index", [True, False])
def test_payloads_come_back_in_any_order(path: Path, has_index: bool) -> None:
    if not has_index:
        path.with_suffix(".index").unlink()
    records = TfRecordFile(path)
    assert [records.read(number) for number in (2, 0, 1)] == [bytes(1000), b"first", b""]
    with pytest.raises(DatasetError, match="has 3 records, not record 3"):
        records.read(3)


@pytest.mark.parametrize(
    ("place", "message"),
    [(0, "checksum of its length"), (8, "checksum of its length"), (13, "its checksum"), (17, "its checksum")],
)
def test_a_flipped_bit_is_found(path: Path, place: int, message: str) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 4
    path.write_bytes(bytes(data))
    with pytest.raises(DatasetError, match=f"record 0 is torn .*{message}"):
        TfRecordFile(path).read(0)


def test_a_file_that_was_cut_off_is_found(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])
    path.with_suffix(".index").unlink()
    records = TfRecordFile(path)
    assert records.read(0) == b"first"
    with pytest.raises(DatasetError, match=r"record 2 is torn .the file ends inside it"):
        records.read(2)
    with pytest.raises(DatasetError, match="cannot be read"):
        TfRecordFile(path.with_name("nowhere.tfrecord"))


def test_a_failed_write_leaves_the_old_file(path: Path) -> None:
    before = path.read_bytes()

    def payloads() -> list[bytes]:
        raise DatasetError("the source is gone")

    with pytest.raises(DatasetError, match="source is gone"):
        write_tf_record(path, (payload for _ in range(1) for payload in payloads()))
    assert path.read_bytes() == before
    assert sorted(item.name for item in path.parent.iterdir()) == ["a.index", "a.tfrecord"]


def test_examples_come_back_with_numbers_of_any_size() -> None:
    features = {"v": [b"\xff\xd8", b""], "index": [0, 1, 127, 128, 1 << 40, -1], "name": ["ä".encode()]}
    assert decode_example(encode_example(features)) == features


def test_floats_are_passed_over_and_unpacked_numbers_read() -> None:
    floats = b"\x0a\x0e\x0a\x01x\x12\x09\x12\x07\x0a\x05abcde"  # x: float_list
    unpacked = b"\x0a\x0b\x0a\x01i\x12\x06\x1a\x04\x08\x05\x08\x07"  # i: int64_list, one field per number
    assert decode_example(b"\x0a" + bytes([len(floats) + len(unpacked)]) + floats + unpacked) == {"i": [5, 7]}


@pytest.mark.parametrize("data", [b"\x0a\x7f", b"\x0b", b"\xff" * 12, b"\x0a\x04\x0a\x02\x0a\x63"])
def test_bytes_that_are_no_example_are_refused(data: bytes) -> None:
    with pytest.raises(DatasetError, match=r"no tf\.train\.Example"):
        decode_example(data)
