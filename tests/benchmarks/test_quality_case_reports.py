"""The figures of reading case reports: how they are counted, and that they hold on the real articles.

Set ``CASEGRAPH_MULTICARE`` to a folder with ``articles/ID/article.xml``.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest
from articles import TWO_PATIENTS

from benchmarks.quality_case_reports import GOLD, judge, read, share

LEAST = {
    "patients told apart": 0.95,
    "age": 0.97,
    "sex": 0.97,
    "owner of a figure": 0.9,
    "panels of a figure": 0.9,
    "caption of a panel": 0.9,
}


@pytest.fixture
def gold(tmp_path: Path) -> dict:
    """What is true of an article of ours with two patients."""
    (tmp_path / "article.xml").write_text(TWO_PATIENTS, encoding="utf-8")
    text = read(tmp_path / "article.xml")[0].text
    stories = (
        "A 3-month-old girl was admitted with fever (Fig. 1).",
        "A woman in her 60s presented with cough (Fig. 2). She recovered.",
    )
    words = ("3-month-old", "in her 60s")
    patients = [
        {
            "start": text.index(story),
            "end": text.index(story) + len(story),
            "age_years": years,
            "age_start": text.index(word),
            "age_end": text.index(word) + len(word),
            "sex": "female",
        }
        for story, word, years in zip(stories, words, (0.25, 65), strict=True)
    ]
    figures = [{"id": f"f{number}", "owners": [number], "panels": []} for number in (1, 2)]
    return {"patients": patients, "figures": figures, "path": tmp_path / "article.xml"}


def test_what_is_read_right_is_counted_right(gold: dict) -> None:
    judged = list(judge(gold, *read(gold["path"])))
    assert [asked for asked, _ in judged].count("age") == 2
    assert all(answer for _, answer in judged)


@pytest.mark.parametrize(
    ("place", "name", "value", "asked"),
    [
        ("patients", "age_years", 3, "age"),
        ("patients", "age_end", 0, "age"),
        ("patients", "sex", "male", "sex"),
        ("patients", "start", 0, "patients told apart"),
        ("figures", "owners", [2], "owner of a figure"),
        ("figures", "panels", [{"panel": "a", "start": 0, "end": 1}], "panels of a figure"),
    ],
)
def test_what_is_read_wrong_is_counted_wrong(gold: dict, place: str, name: str, value: object, asked: str) -> None:
    gold[place][0][name] = value
    assert asked in {name for name, answer in judge(gold, *read(gold["path"])) if not answer}


def test_a_patient_who_is_not_read_is_wrong_in_everything(gold: dict) -> None:
    article, _ = read(gold["path"])
    assert not any(answer for asked, answer in judge(gold, article, []) if asked in ("age", "sex", "owner of a figure"))


def test_the_interval_of_a_share_is_wilsons() -> None:
    assert share([True] * 16) == {"n": 16, "right": 1.0, "low": 0.806, "high": 1.0}


def test_the_annotation_holds_no_text() -> None:
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        words = [v for p in values["patients"] for v in p.values() if isinstance(v, str)]
        assert set(words) <= {"y", "m", "male", "female"}


@pytest.mark.skipif(
    not os.environ.get("CASEGRAPH_MULTICARE"), reason="CASEGRAPH_MULTICARE does not name a folder with articles"
)
def test_patients_ages_sexes_figures_and_panels_of_real_articles_are_read_as_annotated() -> None:
    articles = Path(os.environ["CASEGRAPH_MULTICARE"]) / "articles"
    right: dict[str, list[bool]] = defaultdict(list)
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        for asked, answer in judge(gold, *read(articles / gold["article"] / "article.xml")):
            right[asked].append(answer)
    shares = {asked: sum(answers) / len(answers) for asked, answers in right.items()}
    assert shares.keys() == LEAST.keys()
    assert {asked: share for asked, share in shares.items() if share < LEAST[asked]} == {}
