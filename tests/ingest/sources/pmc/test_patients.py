from __future__ import annotations

from collections.abc import Callable

import pytest
from articles import NO_PATIENT, ONE_PATIENT, TWO_PATIENTS, figure, jats, link, section

from ingest.case import AgeRange, Case
from ingest.errors import RejectedRecord
from ingest.normalise.panel_captions import OWN_PANELS
from ingest.sources.pmc.facts import CONTRADICTED
from ingest.vocabulary import AgeUnit, Section, Sex, Status

Read = Callable[[str], list[Case]]
F, M = Sex.FEMALE, Sex.MALE


def who(cases: list[Case]) -> list[tuple[float | None, Sex | None]]:
    return [(case.patient.age_years, case.patient.sex) for case in cases]


def told(*sections: str, title: str = "A tumour") -> str:
    return jats("".join(sections), title=title)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            told(
                section(
                    "CASE REPORT",
                    "<italic>Case 1.</italic> A 5-year-old girl fell.",
                    "<italic>Case 2.</italic> A 7-year-old boy fell.",
                )
            ),
            [(5, F), (7, M)],
        ),
        (
            told(
                section(
                    "Patients",
                    section("Patient A", "This 12-year-old boy."),
                    section("Patient B", "This 14-year-old girl."),
                )
            ),
            [(12, M), (14, F)],
        ),
        (
            told(
                section(
                    "Cases",
                    section("Case I: a 35-year-old man", "The patient came."),
                    section("Case II: a 44-year-old woman", "She came."),
                )
            ),
            [(35, M), (44, F)],
        ),
        (
            told(section("2.1. Case\u20091", "A 40-year-old man."), section("2.2. Case\u20092", "A 41-year-old man.")),
            [(40, M), (41, M)],
        ),
        (
            told(section("Report of cases", "A 4-year-old boy presented.", "An 8-year-old boy presented.")),
            [(4, M), (8, M)],
        ),
        (
            told(
                section(
                    "Cases",
                    "The first patient was a 25-year-old man. He left. The second patient was a 30-year-old woman.",
                )
            ),
            [(25, M), (30, F)],
        ),
        (
            told(
                section(
                    "Case presentation",
                    "A 6-year-old girl was seen. She was short.",
                    "Her older brother, a 9-year-old boy, was short too.",
                ),
                title="Rickets in two siblings",
            ),
            [(6, F), (9, M)],
        ),
    ],
)
def test_several_patients_are_told_apart(text: str, expected: list[tuple[float, Sex]], cases_of: Read) -> None:
    assert who(cases_of(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            told(
                section(
                    "Case report",
                    "A 10-year-old boy had fits. His 34-year-old father and his 8-year-old brother were well.",
                )
            ),
            (10, M),
        ),
        (
            told(
                section(
                    "Case report",
                    "At age 3 years she had surgery. She is now a 5-year-old girl.",
                    "A 5-year-old girl was last seen.",
                )
            ),
            (5, F),
        ),
        (
            told(
                section(
                    "Case report",
                    "A 70-year-old teacher was brought by his wife, a 65-year-old woman. He was confused.",
                )
            ),
            (70, M),
        ),
        (
            told(
                section("Case report", "A male newborn was delivered at 37 weeks of gestation to a 30-year-old mother.")
            ),
            (0, M),
        ),
        (
            told(section("Case report", "A 28-year-old pregnant patient came. A healthy male newborn was delivered.")),
            (28, F),
        ),
        (told(section("Case report", "A kidney of a 58-year-old donor was given to a 45-year-old man.")), (45, M)),
        (told(section("Case report", "The patient had pain. He left."), title="Gout in a 12-year-old boy"), (12, M)),
        (told(section("Case report", "A boy presented at the age of 7 years. He left.")), (7, M)),
        (
            told(
                section("Case and discussion", "A 33-year-old woman came.", "A 71-year-old man was described by Smith.")
            ),
            (33, F),
        ),
        (
            jats("<p>To the Editor,</p><p>A 67-year-old man was admitted.</p><p>Rashes are rare.</p>", kind="letter"),
            (67, M),
        ),
        (told(section("Patient Information", "A 23-year-old student complained of pain. She left.")), (23, F)),
    ],
)
def test_one_patient_stays_one_whoever_else_is_named(text: str, expected: tuple[float, Sex], cases_of: Read) -> None:
    assert who(cases_of(text)) == [expected]


def test_a_decade_gives_its_middle_and_keeps_its_range(cases_of: Read) -> None:
    case = cases_of(TWO_PATIENTS)[1]
    assert (case.patient.age_years, case.patient.age_range) == (65, AgeRange(60, 69))
    assert case.patient.age_unit is AgeUnit.DECADES
    assert case.current_ledger["patient.age_years"].raw == "in her 60s"


def test_places_of_age_and_sex_point_into_the_text_of_the_article(cases_of: Read, article_of: Callable) -> None:
    (case,), article = cases_of(ONE_PATIENT), article_of(ONE_PATIENT)
    for name in ("age", "sex"):
        start, end = map(int, case.source_values[f"{name} at"].split("-"))
        assert article.text[start:end] == case.source_values[name]
    first = int(case.source_values["case text"].split("-")[0])
    assert article.text[first:].startswith("A 45-year-old man presented")


def test_words_that_contradict_each_other_are_a_problem(cases_of: Read) -> None:
    text = told(section("Case report", "A 50-year-old man came. She had pain. Her knee was red. She left."))
    (case,) = cases_of(text)
    assert (case.patient.sex, case.problems, case.status) == (M, (CONTRADICTED,), Status.PARTIAL)
    assert case.current_ledger["patient.sex"].conflict


def test_a_transgender_patient_is_one_only_where_the_text_says_so_and_has_no_sex_guessed(cases_of: Read) -> None:
    (case,) = cases_of(told(section("Case report", "A 28-year-old transgender woman came. She left.")))
    assert (case.patient.sex, case.source_values["transgender"]) == (None, "transgender woman")
    assert case.patient.transgender is True
    (other,) = cases_of(ONE_PATIENT)
    assert (other.patient.transgender, "transgender" in other.source_values) == (None, False)


def test_gestational_age_stands_apart(cases_of: Read) -> None:
    (case,) = cases_of(told(section("Case report", "A 22-year-old woman came at 38 weeks of gestation.")))
    assert (case.patient.age_years, case.source_values["gestational age"]) == (22, "38 weeks of gestation")
    assert (case.patient.age_unit, case.patient.gestational_age_weeks) == (AgeUnit.YEARS, 38)


@pytest.mark.parametrize(
    ("text", "years", "unit", "ages"),
    [
        ("A 3-day-old boy cried.", 3 / 365.25, AgeUnit.DAYS, None),
        ("A 6-week-old boy cried.", 42 / 365.25, AgeUnit.WEEKS, None),
        ("An 18-month-old boy fell.", 1.5, AgeUnit.MONTHS, None),
        ("A 2.5-year-old boy fell.", 2.5, AgeUnit.YEARS, None),
        ("A newborn boy cried.", 0, AgeUnit.DAYS, None),
        ("A man in his early 40s fell.", 42, AgeUnit.DECADES, AgeRange(40, 43)),
        ("A woman aged between 40 and 50 years fell.", 45.5, AgeUnit.YEARS, AgeRange(40, 50)),
        ("A boy aged between 2 and 3 months cried.", 3 / 12, AgeUnit.MONTHS, AgeRange(2 / 12, 3 / 12)),
    ],
)
def test_an_age_is_in_years_and_keeps_the_unit_and_the_range_in_which_it_was_told(
    text: str, years: float, unit: AgeUnit, ages: AgeRange | None, cases_of: Read
) -> None:
    (case,) = cases_of(told(section("Case report", text)))
    assert (case.patient.age_years, case.patient.age_unit) == (pytest.approx(years), unit)
    assert case.patient.age_range == ages


def test_sections_are_verbatim_and_a_discussion_of_several_patients_is_the_topics(cases_of: Read) -> None:
    (case,) = cases_of(ONE_PATIENT)
    assert case.sections[Section.HISTORY].startswith("A 45-year-old man presented with flank pain.")
    assert case.sections[Section.DISCUSSION] == "A 71-year-old woman was reported by others."
    first, second = cases_of(TWO_PATIENTS)
    assert first.sections[Section.TOPIC_DISCUSSION] == second.sections[Section.TOPIC_DISCUSSION]
    assert Section.DISCUSSION not in first.sections


def test_titled_parts_of_a_case_become_the_sections_of_a_report(cases_of: Read) -> None:
    parts = [
        section("History", "A 45-year-old man had pain."),
        section("Physical Examination", "Tender."),
        section("Imaging Findings", "A mass."),
    ]
    body = section("Case Presentation", *parts) + section("Treatment and Follow-up", "Surgery.")
    (case,) = cases_of(told(body))
    expected = {Section.HISTORY: "A 45-year-old man had pain.", Section.EXAM: "Tender.", Section.FINDINGS: "A mass."}
    assert expected.items() <= case.sections.items()
    assert case.sections[Section.TREATMENT] == "Surgery."


def test_what_to_cite_and_under_which_licence_is_kept(cases_of: Read) -> None:
    (case,) = cases_of(ONE_PATIENT)
    assert case.article is not None
    assert (case.article.article_id, case.article.licence, case.article.year) == ("PMC9000001", "CC BY 4.0", "2021")
    assert case.article.citation == (
        "Roe Ada. Renal cell carcinoma: a case report. Journal of Invented Cases 2021. doi:10.5555/PMC9000001"
    )
    assert case.source_values["article.keywords"] == "kidney; computed tomography"
    assert case.diagnosis == "Renal cell carcinoma"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (NO_PATIENT, "no patient is reported"),
        (jats(""), "has no body"),
        (told(section("The case for open data", "We argue that the patient community matters.")), "no patient"),
        (jats(section("Results", "A 45-year-old man came."), kind="research-article"), r"type is 'research-article'"),
        (told(section("Case report", "A 45-year-old man came. " + "x" * 70_000)), "in one paragraph: too many"),
    ],
)
def test_what_reports_no_patient_is_refused_with_the_reason(text: str, reason: str, cases_of: Read) -> None:
    with pytest.raises(RejectedRecord, match=reason):
        cases_of(text)


def test_figures_go_to_the_patient_whom_caption_text_or_place_names(cases_of: Read) -> None:
    body = section(
        "Cases",
        section("Case 1", f"A 40-year-old man ({link(1, 'Fig. 1')})."),
        section("Case 2", "A 41-year-old man.", figure(4, "A knee.")),
        section("Surgical technique", f"As in {link(3, 'Fig. 3')}."),
    )
    floats = figure(1, "CT.") + figure(2, "MRI of patient 2.") + figure(3, "A drawing.")
    first, second = cases_of(jats(body, floats=floats))
    owned = {image.image_id: image.source_values["owner"] for case in (first, second) for image in case.images}
    assert owned == {
        "pmc:PMC9000001_01_f1": "mentioned in the text",
        "pmc:PMC9000001_02_f4": "stands in the text",
        "pmc:PMC9000001_02_f2": "named in the caption",
        "pmc:PMC9000001_02_f3": "follows a figure of theirs",
    }


ONE, TWO = "A 40-year-old man fell", "A 61-year-old woman fell"


@pytest.mark.parametrize(
    ("caption", "texts", "panels"),
    [
        ("Case 1: axial CT (a). Case 2: MRI (b).", (ONE, TWO), ("a", "b")),
        ("CT of case 1 (a) and MRI of case 2 (b).", (ONE, TWO), ("a", "b")),
        ("Case 1: (a) CT, (b) MRI. Case 2: (c) CT.", (ONE, TWO), ("a, b", "c")),
        ("Patient 1 (A-C) and patient 2 (D-F).", (ONE, TWO), ("a, b, c", "d, e, f")),
        ("(A) CT of case 1. (B) CT of case 2. (C) MRI of cases 1 and 2.", (ONE, TWO), ("a, c", "b, c")),
        ("(A) CT. (B) MRI.", (f"{ONE} (Fig. 1A)", f"{TWO} (Fig. 1B)"), ("a", "b")),
        ("(A) CT. (B) MRI.", (f"{ONE} (Fig. 1)", f"{TWO} (Fig. 1B)"), ("a", "b")),
        ("(A) CT of the 40-year-old. (B) MRI. Cases 1 and 2.", (ONE, TWO), (None, "b")),
        ("Cases 1 and 2. (A) CT. (B) MRI.", (ONE, TWO), (None, None)),
        ("Case 1 (a), case 2 (b).", (ONE, f"{TWO} (Fig. 1A)"), ("a", "b")),
    ],
)
def test_each_panel_is_the_patients_whom_its_words_or_the_text_that_mentions_it_name(
    caption: str, texts: tuple[str, str], panels: tuple[str | None, str | None], cases_of: Read
) -> None:
    body = section("Cases", *(section(f"Case {n}", f"{text}.") for n, text in enumerate(texts, start=1)))
    cases = cases_of(jats(body, floats=figure(1, caption)))
    own = [[image.source_values.get(OWN_PANELS) for image in case.images] for case in cases]
    assert own == [[one] for one in panels]


def test_a_file_for_each_panel_is_the_patients_of_its_panel(cases_of: Read) -> None:
    body = section("Cases", section("Case 1", f"{ONE}."), section("Case 2", f"{TWO}."))
    floats = figure(1, "Case 1 (a, b), case 2 (c).", "scan1a", "scan1b", "scan1c")
    first, second = cases_of(jats(body, floats=floats))
    files = [[image.source_values["file"] for image in case.images] for case in (first, second)]
    assert files == [["scan1a", "scan1b"], ["scan1c"]]
    assert [image.image_id for image in second.images] == ["pmc:PMC9000001_02_f1-3"]


def test_each_image_keeps_the_places_of_the_sentences_that_mention_it(cases_of: Read) -> None:
    (case,) = cases_of(ONE_PATIENT)
    second = case.images[1]
    place, _, panels = str(second.source_values["mentions"]).partition(" ")
    name, places = place.split(":")
    start, end = map(int, places.split("-"))
    assert panels == "a, b"
    assert case.sections[Section(name)][start:end] == "MRI confirmed it (Figures 2A,B)."
    assert second.source_values["panels mentioned"] == "a, b"
    assert (second.modality, second.plane) == ("MR", None)
