import numpy as np
import pytest

from clip.saved import read_saved, write_saved
from ingest.errors import DamagedFile, StaleProjection, StorageError
from ingest.remedies import Remedy, RemedyAction

ARRAYS = {"axes": np.arange(12, dtype=np.float32).reshape(3, 4), "none": np.zeros((0, 4), dtype=np.float32)}


def test_what_was_written_is_read_again(tmp_path):
    written = write_saved(tmp_path / "new" / "folder", "model", ARRAYS, {"terms": ["ödema", "mass"]})
    read = read_saved(tmp_path / "new" / "folder", "model")
    assert read.fingerprint == written.fingerprint
    assert read.facts["terms"] == ["ödema", "mass"]
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(read.arrays[name], array)
        assert read.arrays[name].dtype == array.dtype


def test_a_transposed_array_keeps_its_values(tmp_path):
    write_saved(tmp_path, "model", {"axes": ARRAYS["axes"].T}, {})
    np.testing.assert_array_equal(read_saved(tmp_path, "model").arrays["axes"], ARRAYS["axes"].T)


def test_the_fingerprint_changes_with_a_number_and_with_a_fact(tmp_path):
    def fingerprint(shift, side):
        return write_saved(tmp_path, "model", {"axes": ARRAYS["axes"] + shift}, {"side_px": side}).fingerprint

    assert fingerprint(0, 128) == fingerprint(0, 128)
    assert len({fingerprint(0, 128), fingerprint(1e-3, 128), fingerprint(0, 64)}) == 3


def test_writing_again_leaves_one_model_behind_and_no_pickle(tmp_path):
    for shift in range(3):
        write_saved(tmp_path, "model", {"axes": ARRAYS["axes"] + shift}, {})
    names = sorted(path.suffix for path in tmp_path.iterdir())
    assert names == [".json", ".safetensors"]


def test_every_damaged_byte_of_the_arrays_is_noticed(tmp_path):
    write_saved(tmp_path, "model", {"axes": ARRAYS["axes"]}, {})
    (path,) = tmp_path.glob("*.safetensors")
    whole = path.read_bytes()
    for position in range(len(whole)):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        with pytest.raises(DamagedFile, match=r"damaged.* Fit model again\.$") as refused:
            read_saved(tmp_path, "model")
        assert refused.value.remedy == Remedy(RemedyAction.REBUILD_INDEX)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"null", b"\xff\xfe"])
def test_a_damaged_list_of_facts_is_noticed(tmp_path, content):
    write_saved(tmp_path, "model", ARRAYS, {})
    (tmp_path / "model.json").write_bytes(content)
    with pytest.raises(DamagedFile, match=r"model\.json is damaged"):
        read_saved(tmp_path, "model")


def test_missing_arrays_are_noticed(tmp_path):
    write_saved(tmp_path, "model", ARRAYS, {})
    next(tmp_path.glob("*.safetensors")).unlink()
    with pytest.raises(DamagedFile, match="missing"):
        read_saved(tmp_path, "model")


def test_a_model_that_was_never_written_names_the_command_that_makes_it(tmp_path):
    with pytest.raises(StaleProjection, match=r"is missing\. Fit it\.$") as refused:
        read_saved(tmp_path, "model")
    assert refused.value.remedy == Remedy(RemedyAction.REBUILD_INDEX)


def test_t13_a_write_that_fails_leaves_the_earlier_model_intact(tmp_path, monkeypatch):
    earlier = write_saved(tmp_path, "model", ARRAYS, {"run": 1})

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        write_saved(tmp_path, "model", {"axes": ARRAYS["axes"] + 1}, {"run": 2})
    assert read_saved(tmp_path, "model").fingerprint == earlier.fingerprint
