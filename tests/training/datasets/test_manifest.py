from trimatte.training.datasets.manifest import data_manifest, digest_of


class _Source:
    def __init__(self, *lengths: int) -> None:
        self.names = [f"clip {number}" for number in range(len(lengths))]
        self.lengths = lengths

    def num_frames(self, clip: int) -> int:
        return self.lengths[clip]


def test_a_source_is_counted_and_a_missing_one_left_out() -> None:
    manifest = data_manifest({"one": _Source(3, 4), "none": None})
    assert set(manifest) == {"one"}
    assert (manifest["one"]["clips"], manifest["one"]["frames"]) == (2, 7)


def test_the_digest_changes_with_a_name_or_a_length() -> None:
    digests = [digest_of(data_manifest({"one": source})) for source in (_Source(3, 4), _Source(3, 4), _Source(3, 5))]
    assert digests[0] == digests[1] != digests[2]
