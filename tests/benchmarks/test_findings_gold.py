"""The gold annotation of findings points into MedPix 2.0 and carries none of its text."""

import json
import os
from pathlib import Path

import pytest

from benchmarks.choose_findings import choose, choose_lots
from benchmarks.findings_gold import DATA, GOLD, LOTS, PASSES, read_gold, text_at, texts_of_release
from ingest.concepts.lexicon import concepts

FILES = [GOLD, *PASSES]
STRATA = {"negated", "uncertain", "historical", "random"}
KEYS = {"case_id", "field", "image_id", "start", "end", "stratum", "mentions"}
VALUES = {"findings", "caption", "history", "discussion", *STRATA}
VALUES |= {
    "literature",
    "denial",
    "doubt",
    "present",
    "absent",
    "uncertain",
    "historical",
    "left",
    "right",
    "bilateral",
}


@pytest.fixture(scope="module")
def release():
    folder = os.environ.get("CASEGRAPH_MEDPIX2")
    if not folder:
        pytest.skip("CASEGRAPH_MEDPIX2 does not name a folder with MedPix 2.0")
    return Path(folder)


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


@pytest.mark.parametrize("path", [*FILES, *LOTS], ids=lambda path: path.stem)
def test_a_gold_file_holds_places_and_concepts_and_no_text(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        value = json.loads(line)
        assert set(value) == KEYS
        said = {*strings(value)} - VALUES - {value["case_id"], value["image_id"]}
        assert value["case_id"].removeprefix("medpix2:MPX").isdigit()
        assert (value["image_id"] is None) is (value["field"] != "caption")
        assert all(text in concepts() for text in said), said


def test_there_are_300_sentences_and_three_lots():
    assert [len(read_gold(path)) for path in FILES] == [300] * 3
    assert [len(read_gold(path)) for path in LOTS] == [168, 132, 73]


@pytest.mark.parametrize("path", [*FILES, *LOTS], ids=lambda path: path.stem)
def test_mentions_lie_in_their_sentence(path):
    places = read_gold(path)
    for place in places:
        assert 0 <= place.start < place.end
        for mention in place.mentions:
            assert place.start <= mention.start < mention.end <= place.end
            assert not (mention.disease and mention.concept_id)


def test_the_passes_and_the_gold_read_the_same_sentences():
    gold, first, second = (
        [(*place.text_key, place.start, place.end, place.stratum) for place in read_gold(path)] for path in FILES
    )
    assert gold == first == second
    assert {stratum for *_, stratum in gold} == STRATA


@pytest.mark.parametrize(
    ("name", "paths"),
    [("findings_vocabulary.txt", [GOLD]), ("findings_vocabulary_3.txt", [*LOTS])],
    ids=["gold", "lots"],
)
def test_the_gold_uses_the_vocabulary_that_it_was_annotated_with(name, paths):
    vocabulary = set((DATA / name).read_text(encoding="utf-8").split())
    used = {m.concept_id for path in paths for place in read_gold(path) for m in place.mentions} - {None}
    assert used <= vocabulary <= set(concepts())


def test_the_sentences_are_chosen_again_by_their_seed_and_none_is_of_train_1(release):
    gold = [(*place.text_key, place.start, place.end, place.stratum) for place in read_gold()]
    assert [(*place.text_key, place.start, place.end, place.stratum) for place in choose(release)] == gold
    train_1 = {f"medpix2:{u_id}" for u_id in json.loads((release / "splits.json").read_text())["train_1"]}
    assert not train_1 & {case_id for case_id, *_ in gold}


def test_the_lots_are_chosen_again_and_none_of_their_sentences_was_taken_before(release):
    lots = [[(*p.text_key, p.start, p.end, p.stratum) for p in read_gold(path)] for path in LOTS]
    drawn = choose_lots(release, read_gold())
    assert [[(*p.text_key, p.start, p.end, p.stratum) for p in lot] for lot in drawn] == lots
    every = [place[:4] for lot in lots for place in lot] + [(*p.text_key, p.start) for p in read_gold()]
    assert len(set(every)) == len(every)


def test_places_and_mentions_slice_the_texts_to_whole_words(release):
    texts = texts_of_release(release)
    for place in (place for path in (GOLD, *LOTS) for place in read_gold(path)):
        text = texts[place.text_key]
        assert text_at(texts, place) == text_at(texts, place).strip() != ""
        for mention in place.mentions:
            assert text[mention.start : mention.end].strip() == text[mention.start : mention.end]
            assert not (text[mention.start - 1 : mention.start] + text[mention.start]).isalpha() or mention.start == 0
