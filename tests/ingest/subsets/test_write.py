"""A data set holds what its recipe says, and nothing of it stands in two splits."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from subset_archive import article_case

from ingest.errors import BusyError, DamagedFile, InputError, StorageError
from ingest.images.duplicates import LeakKind
from ingest.subsets.leaks import leaks_of, read_ledger

IMAGES = """
name = "images"
kind = "image"
[splits]
seed = 3
train = 0.5
test = 0.5
"""


def ledger(folder):
    return list(read_ledger(folder))


def test_what_belongs_together_is_in_one_split(making, tmp_path):
    report = making.make(IMAGES, tmp_path / "out")
    assert (report.items, report.leaks) == (12, ())
    split = {row["case_id"]: row["split"] for row in ledger(tmp_path / "out")}
    assert split["pmc:PMC8_08"] == split["pmc:PMC8_09"], "of one article"
    assert split["pmc:PMC1_01"] == split["pmc:PMC10_10"], "nearly the same image"
    assert split["pmc:PMC11_11"] == split["pmc:PMC12_12"], "of one topic"
    assert {name: one.items for name, one in report.splits.items()} == {"test": 6, "train": 6}


@pytest.mark.parametrize("seed", range(6))
def test_no_seed_makes_a_leak(making, seed):
    report = making.make(IMAGES.replace("seed = 3", f"seed = {seed}"))
    assert report.leaks == ()
    assert report.items == 12


def test_seeds_deal_differently_and_one_seed_always_alike(making):
    digests = [making.make(IMAGES.replace("seed = 3", f"seed = {seed}")).digest for seed in (1, 2, 1)]
    assert digests[0] == digests[2] != digests[1]


def test_splits_of_a_source_are_kept_and_their_leaks_named(making, tmp_path):
    stored = [item.case for item in making.store.cases()]
    making.write(*(replace(case, split="train" if place % 2 else "test") for place, case in enumerate(stored)))
    making.write(replace(article_case(13, making.put(13)), split=None))
    report = making.make('name = "own"\nkind = "image"\n[splits]\nby = "source"', tmp_path / "out")
    kinds = {leak.kind for leak in report.leaks}
    assert LeakKind.ARTICLE_IN_SEVERAL_SPLITS in kinds or LeakKind.TOPIC_IN_SEVERAL_SPLITS in kinds
    assert report.left_out == {"no split at its source": 1}
    assert "## Leaks" in (tmp_path / "out" / "README.md").read_text()


def row(split, **changes):
    names = {"case_id": "a", "patient_id": "p", "article_id": "A", "topic": "Gout"}
    image = {"image_id": "i", "file": "f", "sha256": "s", "perceptual_hash": "0" * 64}
    return {"split": split, **names, "images": [image], **changes}


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"case_id": "a"}, LeakKind.CASE_IN_SEVERAL_SPLITS),
        ({"patient_id": "p"}, LeakKind.PATIENT_IN_SEVERAL_SPLITS),
        ({"article_id": "A"}, LeakKind.ARTICLE_IN_SEVERAL_SPLITS),
        ({"topic": " GOUT"}, LeakKind.TOPIC_IN_SEVERAL_SPLITS),
        (
            {"images": [{"image_id": "k", "file": "", "sha256": "", "perceptual_hash": "f" * 12 + "0" * 52}]},
            LeakKind.IMAGE_ACROSS_SPLITS,
        ),
    ],
)
def test_the_leak_check_names_each_kind_of_offender(changes, kind):
    other = {"case_id": "b", "patient_id": "q", "article_id": None, "topic": None, "images": []}
    found = leaks_of([row("train"), row("test", **{**other, **changes})])
    assert [leak.kind for leak in found] == [kind]
    assert set(found[0].splits) == {"train", "test"}
    assert leaks_of([row("train"), row("train", **{**other, **changes})]) == ()
    assert leaks_of([row("train"), row("test", **other)]) == ()


def test_a_leak_that_stands_in_the_written_files_is_found(making, tmp_path):
    out = tmp_path / "out"
    making.make(IMAGES, out)
    lines = (out / "items.jsonl").read_text().splitlines()
    place = next(number for number, line in enumerate(lines) if '"pmc:PMC8_09"' in line)
    wrong = json.loads(lines[place])
    wrong["split"] = "train" if wrong["split"] == "test" else "test"
    lines[place] = json.dumps(wrong)
    (out / "items.jsonl").write_text("\n".join(lines))
    assert ["PMC8"] in [list(leak.ids) for leak in leaks_of(read_ledger(out))]
    next(out.glob("images/*/*.png")).unlink()
    with pytest.raises(DamagedFile, match="lacks the file images/"):
        leaks_of(read_ledger(out))


def test_free_licences_keep_others_out(making, tmp_path):
    report = making.make('name = "free"\nkind = "image"\nlicences = "free"', tmp_path / "out")
    assert report.licences == {"CC BY 4.0": 4, "CC0": 3}
    assert report.left_out == {"licence CC BY-NC 4.0": 2, "licence not stated": 3}
    assert {one["licence"] for one in ledger(tmp_path / "out")} == {"CC BY 4.0", "CC0"}
    written = "".join(path.read_text() for path in (tmp_path / "out").rglob("*") if path.suffix in (".jsonl", ".bib"))
    assert "CC BY-NC" not in written


def test_named_licences_hold_whatever_their_version(making):
    report = making.make('name = "nc"\nkind = "image"\nlicences = ["CC BY-NC", "not stated"]')
    assert report.licences == {"CC BY-NC 4.0": 2, "not stated": 3}


def with_licences(case, *licences):
    """Return a case with as many images that there are pixels of, each under its own licence."""
    images = (
        replace(case.images[0], image_id=f"{case.case_id}_{place}", source_values={"licence": licence})
        for place, licence in enumerate(licences)
    )
    return replace(case, images=tuple(images))


FREE = 'name = "free"\nkind = "{kind}"\nlicences = "free"\nwhere = "article=PMC4,PMC7,PMC8"'
"""Of articles under CC BY, one without a licence, and two cases of one more under CC BY."""


@pytest.mark.parametrize("kind", ["image", "case_series", "classification"])
def test_an_image_under_a_stricter_licence_than_its_article_is_left_out_and_counted(making, tmp_path, kind):
    mixed, none, unstated = (making.store.get(f"pmc:{name}").case for name in ("PMC4_04", "PMC8_08", "PMC7_07"))
    making.write(
        with_licences(mixed, "CC BY", "CC BY-NC", None),
        with_licences(none, "CC BY-NC 4.0"),
        with_licences(unstated, "CC0", None),
    )
    text = FREE.format(kind=kind) + ('\n[classes]\nall = "modality=CT,MR,US"' if kind == "classification" else "")
    report = making.make(text, tmp_path / "out")
    assert report.left_out == {"licence CC BY-NC 4.0": 1}
    assert report.images_left_out == {"licence CC BY-NC": 1, "licence not stated": 1}
    assert report.images == 4
    assert set(report.licences) == {"CC BY 4.0", "CC0"}
    page = (tmp_path / "out" / "README.md").read_text()
    assert "| licence CC BY-NC | 1 |" in page
    assert "CC BY-NC" not in (tmp_path / "out" / "items.jsonl").read_text()


def test_the_licences_of_a_set_are_those_of_its_images(making, tmp_path):
    case = making.store.get("pmc:PMC4_04").case
    making.write(with_licences(case, "CC BY", "CC BY-NC", None))
    where = 'where = "article=PMC4"\nname = "all"\nkind = "{kind}"'
    report = making.make(where.format(kind="image"), tmp_path / "images")
    assert report.licences == {"CC BY 4.0": 2, "CC BY-NC": 1}
    assert [row["licence"] for row in ledger(tmp_path / "images")] == ["CC BY 4.0", "CC BY-NC", "CC BY 4.0"]
    assert "not free for every use: CC BY-NC." in (tmp_path / "images" / "README.md").read_text()
    series = making.make(where.format(kind="case_series"), tmp_path / "series")
    assert series.licences == {"CC BY-NC": 1}
    (line,) = (tmp_path / "series" / "images" / "train" / "metadata.jsonl").read_text().splitlines()
    row = json.loads(line)
    assert row["licence_address"] == "https://creativecommons.org/licenses/by-nc/4.0/"
    assert [image["licence"] for image in row["details"]] == ["CC BY 4.0", "CC BY-NC", "CC BY 4.0"]
    assert making.make(where.format(kind="text")).licences == {"CC BY 4.0": 1}, "its images are not in it"
    making.write(with_licences(making.store.get("pmc:PMC7_07").case, "CC0", None))
    series = making.make(where.replace("PMC4", "PMC7").format(kind="case_series"))
    assert series.licences == {"not stated": 1}, "one of its images has none"


def test_what_is_counted_quickly_is_what_is_written(making):
    case = making.store.get("pmc:PMC4_04").case
    making.write(with_licences(case, "CC BY", "CC BY-NC", None))
    text = 'name = "free"\nkind = "image"\nlicences = "free"'
    counted, report = making.count(text), making.make(text)
    assert (counted.images, counted.left_out) == (report.images, report.left_out)
    assert counted.images_left_out == report.images_left_out == {"licence CC BY-NC": 1}
    assert making.count('name = "all"\nkind = "image"\nwhere = "article=PMC4"').licences == {"CC BY-NC": 1}


def test_mixed_licences_are_stated(making, tmp_path):
    making.make('name = "all"\nkind = "image"', tmp_path / "out")
    page = (tmp_path / "out" / "README.md").read_text()
    assert "not free for every use: CC BY-NC 4.0, not stated." in page


def test_an_image_of_two_classes_is_named_and_left_out(making, tmp_path):
    recipe = """
name = "classes"
kind = "classification"
[classes]
CT = "modality=CT"
cross = "modality=CT,MR article=PMC1,PMC2"
nothing = "modality=PT"
"""
    report = making.make(recipe, tmp_path / "out")
    assert [(one.image_id, one.classes) for one in report.ambiguous] == [("pmc:PMC1_01_fig1", ("CT", "cross"))]
    assert report.splits["train"].classes == {"CT": 3, "cross": 1}
    assert report.unclassed_images == 7
    assert report.left_out == {"no image of exactly one class": 8}
    assert "No image is of the class 'nothing'." in report.notices
    assert "pmc:PMC1_01_fig1" not in (tmp_path / "out" / "items.jsonl").read_text()


def test_the_filter_of_images_keeps_single_images(making):
    report = making.make('name = "n"\nkind = "image"\nimages = "modality=CT finding:nodule not finding:mass"')
    assert report.items == 4
    report = making.make('name = "n"\nkind = "image"\nimages = "finding:mass"')
    assert report.items == 0, "the findings of the case say it, not the caption of the image"
    assert report.left_out == {"no image that is asked for": 12}


def test_the_same_recipe_and_archive_give_the_same_digest_and_a_changed_one_is_told(making, tmp_path):
    first = making.make(IMAGES, tmp_path / "one")
    text = (tmp_path / "one" / "recipe.toml").read_text()
    again = making.make(text, tmp_path / "two")
    assert again.digest == first.digest == making.make(IMAGES).digest
    assert again.notices == ("It is the same as when the recipe was last made: the digests are equal.",)
    for name in ("items.jsonl", "CITATIONS.bib", "images/train/metadata.jsonl"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    making.write(article_case(14, making.put(14)))
    changed = making.make(text, tmp_path / "three")
    assert changed.digest != first.digest
    assert changed.notices == ("The archive has changed since the recipe was last made: change 12 then, 13 now.",)
    other = making.make(text.replace("seed = 3", "seed = 4"))
    assert other.notices[0] == "The recipe was changed since it was last made."


def test_comments_do_not_change_a_digest_and_pixels_do(making):
    digest = making.make(IMAGES).digest
    assert making.make("# a comment\n" + IMAGES).digest == digest
    case = making.store.get("pmc:PMC5_05").case
    images = (replace(case.images[0], object_key=making.put(99)), *case.images[1:])
    making.write(replace(case, images=images))
    assert making.make(IMAGES).digest != digest


def test_a_folder_appears_whole_or_not_at_all(making, tmp_path):
    key = making.store.get("pmc:PMC7_07").case.images[0].object_key
    making.objects.path(key).write_bytes(b"damaged")
    with pytest.raises(DamagedFile, match="is damaged"):
        making.make(IMAGES.replace("[splits]", "").partition("seed")[0], tmp_path / "out" / "deep")
    assert list((tmp_path / "out").iterdir()) == []


def test_nothing_is_overwritten_and_nothing_empty_is_written(making, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty, and nothing is overwritten"):
        making.make(IMAGES, tmp_path / "full")
    with pytest.raises(InputError, match="nothing is left to write: no case matches"):
        making.make('name = "none"\nkind = "image"\nwhere = "year=1900"', tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (tmp_path / "file").write_text("")
    with pytest.raises((InputError, StorageError)):
        making.make(IMAGES, tmp_path / "file" / "out")


def test_an_archive_that_changes_meanwhile_is_noticed(making, tmp_path, monkeypatch):
    from ingest.subsets import write

    counted = write.ItemCounts.see

    def see(self, item):
        if item.case_id == "pmc:PMC3_03":
            making.write(article_case(15, making.put(15)))
        counted(self, item)

    monkeypatch.setattr(write.ItemCounts, "see", see)
    with pytest.raises(BusyError, match="changed while the data set was made"):
        making.make(IMAGES, tmp_path / "out")


def test_every_work_is_cited_once(making, tmp_path):
    making.make(IMAGES, tmp_path / "out")
    text = (tmp_path / "out" / "CITATIONS.bib").read_text()
    keys = re.findall(r"^@article\{(.*),$", text, re.MULTILINE)
    assert sorted(keys) == sorted({f"PMC{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12)})
    assert r"title = {Roe A. Case 8 \& more. J 2021}," in text
    assert text.count("Licence: CC0") == 3
