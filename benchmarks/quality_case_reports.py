"""How well case reports are read, against real open-access articles annotated by reading, with 95 % Wilson intervals.

The annotation (`benchmarks/data/case_reports_gold.jsonl`) has offsets and values only: for each article its patients
with the place of their text, age and sex, and for each figure its patients and panels, each panel with a phrase of the
caption that is about it. Two articles report no patient, and are right where nothing is read. The rules were written
with these articles at hand, so the figures are those of the articles that they were made on.

Usage: CASEGRAPH_MULTICARE=folder python -m benchmarks.quality_case_reports
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.record import append_row, share_with_interval
from ingest.case import Case
from ingest.errors import RejectedRecord
from ingest.normalise.panel_captions import panel_captions
from ingest.sources.pmc.article import ParsedArticle
from ingest.sources.pmc.build import build_cases
from ingest.sources.pmc.hardened_xml import parse_xml
from ingest.sources.pmc.jats import articles_of, read_jats

GOLD = Path(__file__).parent / "data" / "case_reports_gold.jsonl"
_SAME_PLACE = 5  # characters
_SAME_AGE = 0.01  # years

Gold = Mapping[str, Any]
Judged = tuple[str, bool]
"""What was asked, and whether it is right."""


def main() -> None:
    """Append a row for each thing that is read."""
    folder = os.environ.get("CASEGRAPH_MULTICARE")
    if not folder:
        sys.exit("set CASEGRAPH_MULTICARE to a folder with articles/ID/article.xml.")
    gold = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    right: dict[str, list[bool]] = defaultdict(list)
    for one in gold:
        for asked, answer in judge(one, *read(Path(folder) / "articles" / one["article"] / "article.xml")):
            right[asked].append(answer)
            if not answer:
                print(f"wrong: {one['article']}, {asked}")
    for asked, answers in right.items():
        append_row("quality_case_reports", articles=len(gold), asked=asked, **share(answers))


def share(answers: Sequence[bool]) -> dict[str, float]:
    """Return how many there are, the share of right ones, and its interval."""
    right, low, high = share_with_interval(sum(answers), len(answers))
    return {
        "n": len(answers),
        "right": round(right, 3),
        "low": round(low, 3),
        "high": round(high, 3),
    }


def read(path: Path) -> tuple[ParsedArticle, list[Case]]:
    """Return an article and its cases; none where it is refused."""
    article = read_jats(next(articles_of(parse_xml(path.read_bytes(), path.name))), path.parent.name)
    try:
        return article, [built.case for built in build_cases(article, path.name)]
    except RejectedRecord:
        return article, []


def judge(gold: Gold, article: ParsedArticle, cases: Sequence[Case]) -> Iterator[Judged]:
    """Yield what was asked of an article, and whether its cases answer it."""
    pairs = list(zip(gold["patients"], cases, strict=False))
    told_apart = len(gold["patients"]) == len(cases) and all(_same_text(patient, case) for patient, case in pairs)
    yield "patients told apart", told_apart
    for place, patient in enumerate(gold["patients"]):
        case = cases[place] if place < len(cases) else None
        yield "age", case is not None and _same_age(patient, case)
        yield "sex", case is not None and case.patient.sex == patient["sex"]
    yield from _judge_figures(gold, article, cases)


def _same_text(patient: Gold, case: Case) -> bool:
    spans = [[int(end) for end in span.split("-")] for span in (case.source_values["case text"] or "").split(", ")]
    return abs(spans[0][0] - patient["start"]) <= _SAME_PLACE and abs(spans[-1][1] - patient["end"]) <= _SAME_PLACE


def _same_age(patient: Gold, case: Case) -> bool:
    """Tell whether the age is right, and read where the article tells it."""
    years, place = case.patient.age_years, (case.source_values.get("age at") or "0-0").split("-")
    overlaps = int(place[0]) < patient["age_end"] and patient["age_start"] < int(place[1])
    return years is not None and abs(years - patient["age_years"]) <= _SAME_AGE and overlaps


def _judge_figures(gold: Gold, article: ParsedArticle, cases: Sequence[Case]) -> Iterator[Judged]:
    captions = {figure.figure_id: figure.caption or "" for figure in article.figures}
    for figure in gold["figures"]:
        ends = f"_{figure['id']}"
        owners = [n for n, case in enumerate(cases, start=1) if any(i.image_id.endswith(ends) for i in case.images)]
        yield "owner of a figure", owners == figure["owners"]
        found = {one.panel: one.spans for one in panel_captions(captions[figure["id"]]).panels}
        yield "panels of a figure", list(found) == [panel["panel"] for panel in figure["panels"]]
        for panel in figure["panels"]:
            yield "caption of a panel", _cut_right(panel, figure["panels"], found.get(panel["panel"], ()))


def _cut_right(panel: Gold, panels: Sequence[Gold], spans: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a panel's caption has its own phrase, and of the others' only those that are its own too."""
    others = [one for one in panels if one["start"] != panel["start"]]
    return _holds(spans, panel) and not any(_holds(spans, other) for other in others)


def _holds(spans: Sequence[tuple[int, int]], phrase: Gold) -> bool:
    return any(start <= phrase["start"] and phrase["end"] <= end for start, end in spans)


if __name__ == "__main__":
    main()
