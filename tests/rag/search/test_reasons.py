"""Why a case was found, in three lines: what it shares, lacks and has otherwise, and never one thing on two lines."""

from __future__ import annotations

import itertools

import pytest
from case_factory import make_case, make_image
from hypothesis import given
from hypothesis import strategies as st
from search_cases import search_cases

from ingest.annotation.annotate import annotate, concepts
from ingest.annotation.apart import Spot
from ingest.case import Case, Patient
from ingest.concepts.lexicon import with_narrower
from ingest.vocabulary import ConceptKind, Modality, Plane, Region, Section
from rag.search.archive_words import read_archive_words
from rag.search.diagnoses import NamedDisease
from rag.search.facts import Asked, Facts, ImageLabels, asked_of, facts_of
from rag.search.query import Query
from rag.search.reasoning import hit_reasons
from rag.search.reasons import TOLD, HitReason, HitReasons
from rag.search.traits import Aspect

FINDINGS = [c.concept_id for c in concepts().values() if c.kind is ConceptKind.FINDING]
PLACES = [c.concept_id for c in concepts().values() if c.kind is ConceptKind.ANATOMY]


def saying(findings: str, **changes) -> Case:
    nothing_else = {"images": (), "diagnosis": None, "annotations": (), "patient": Patient("test:P1")}
    return annotate(make_case(1, sections={Section.FINDINGS: findings}, **nothing_else | changes))


def words_of(question: str | Case, case: Case) -> dict[str, list[str]]:
    """Return the words of each line that has some."""
    query, cases = (Query(text=question), []) if isinstance(question, str) else (Query(case_id="1"), [question])
    diseases = read_archive_words([case, *search_cases()]).diagnoses.diseases_of(query)
    told = hit_reasons(asked_of(query, cases, diseases), facts_of(case))
    lines = {line: [reason.words for reason in getattr(told, line)] for line in ("shares", "lacks", "differs")}
    return {line: words for line, words in lines.items() if words}


@pytest.mark.parametrize(
    ("question", "findings", "lines"),
    [
        ("mass", "A mass.", {"shares": ["mass"]}),
        ("mass", "No mass.", {"lacks": ["mass (ruled out)"]}),
        ("mass", "No mass in the liver.", {"lacks": ["mass (ruled out: liver)"]}),
        ("mass", "Pleural effusion.", {"lacks": ["mass"]}),
        ("mass", "There may be a mass.", {"shares": ["mass (uncertain)"]}),
        ("mass in the left kidney", "A mass in the left kidney.", {"shares": ["mass (left kidney)"]}),
        (
            "mass in the left kidney",
            "A mass in the right kidney.",
            {"differs": ["mass (right kidney; asked: left kidney)"]},
        ),
        ("mass in the left kidney", "A mass in the liver.", {"differs": ["mass (liver; asked: left kidney)"]}),
        ("mass in the left kidney", "A mass.", {"shares": ["mass"], "lacks": ["kidney"]}),
        ("mass in the left kidney", "A mass in the left kidney. No mass.", {"shares": ["mass (left kidney)"]}),
        ("lesion", "A mass.", {"shares": ["lesion: mass"]}),
        (
            "mass, no hydronephrosis",
            "A mass. Hydronephrosis.",
            {"shares": ["mass"], "differs": ["hydronephrosis (asked: none)"]},
        ),
        ("mass, no hydronephrosis", "A mass. No hydronephrosis.", {"shares": ["mass", "no hydronephrosis"]}),
        ("mass, no hydronephrosis", "A mass.", {"shares": ["mass"]}),
    ],
)
def test_a_finding_stands_on_the_line_that_a_reader_expects(question: str, findings: str, lines: dict[str, list[str]]):
    assert words_of(question, saying(findings)) == lines


def test_an_unplaced_mention_beside_a_placed_one_is_no_other_finding():
    case = saying("A fracture of the right femoral neck. The fracture is not displaced.")
    assert words_of("fracture of the left femoral neck", case) == {
        "differs": ["fracture (right femur; asked: left femur)"]
    }


def test_a_tissue_and_a_neighbour_are_no_other_place():
    of_marrow = saying("Edema in the bone marrow, a mass in the left femur.")
    assert "edema (bone marrow)" in words_of("edema in the distal femur", of_marrow)["shares"]
    assert "differs" not in words_of("joint effusion of the knee", saying("Joint effusion at the femur."))


def test_the_name_of_the_diagnosis_says_a_finding_too():
    case = saying("Hypodensity.", diagnosis="Left parietal infarct")
    assert words_of("infarct", case)["shares"] == ["infarct"]
    also_shown = hit_reasons(Asked(Facts()), facts_of(case)).also_shows
    assert [reason.name for reason in also_shown] == ["hypodensity"]  # the card names the diagnosis itself


def test_cases_of_one_family_share_it():
    asked, other = saying("A mass.", diagnosis="Glioblastoma"), saying("A mass.", diagnosis="Oligodendroglioma")
    assert words_of(asked, other)["shares"][:2] == ["Glioma", "mass"]
    assert words_of("glioblastoma multiforme", other)["shares"] == ["Glioma"]


def test_what_one_case_has_and_the_other_only_considers_is_shared_as_considered():
    asked = saying("A mass.", diagnosis="Glioblastoma")
    other = saying("A mass.", diagnosis="Brain abscess", differential_diagnosis=("Glioblastoma",))
    assert words_of(asked, other)["shares"] == ["Glioblastoma (considered here)", "mass"]


def test_images_and_patients_are_alike_or_told_with_what_was_asked():
    def of(modality: Modality, plane: Plane, age: float) -> Case:
        image = make_image("1", modality=modality, plane=plane, region=Region.HEAD, caption=None)
        return saying("A mass.", images=(image,), patient=Patient("test:P1", age_years=age))

    lines = words_of(of(Modality.MR, Plane.AXIAL, 7), of(Modality.CT, Plane.CORONAL, 63))
    assert lines == {
        "shares": ["mass", "Head"],
        "differs": ["CT (asked: MR)", "coronal (asked: axial)", "63 years (asked: 7 years)"],
    }
    assert "differs" not in words_of(of(Modality.MR, Plane.AXIAL, 62), of(Modality.MR, Plane.AXIAL, 66))


def test_a_disease_that_a_case_considers_is_not_lacked_as_a_finding_of_that_name():
    case = saying("Pleural effusion.", diagnosis="Lung abscess", differential_diagnosis=("Pneumonia",))
    asked = asked_of(Query(text="pneumonia"), [], [NamedDisease("pneumonia", "diagnosis:pneumonia", None)])
    told = hit_reasons(asked, facts_of(case))
    assert [reason.words for reason in told.shares] == ["pneumonia (considered)"] and not told.lacks


def names_on(told: HitReasons) -> list[str]:
    return [reason.name.casefold() for line in (told.shares, told.lacks, told.differs) for reason in line]


SPOTS = st.frozensets(
    st.builds(Spot, st.sampled_from(["", *PLACES]), st.sampled_from(["", "left", "right", "bilateral"])), min_size=1
)
# Half of the findings drawn are called like a disease that may be asked for.
LIKE_DISEASES = [NamedDisease(name, f"diagnosis:{name}", None) for name in ("pneumonia", "infarct", "glioblastoma")]
SOME = st.dictionaries(
    st.sampled_from([f"finding:{disease.name}" for disease in LIKE_DISEASES]) | st.sampled_from(FINDINGS),
    SPOTS,
    max_size=8,
)
NAMES = st.sampled_from(
    [None, "Glioblastoma", "Meningioma", "Left parietal infarct", "Pneumonia", "Fracture of the femur"]
)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    shown, denied, uncertain = draw(SOME), draw(SOME), draw(SOME)
    return Facts(
        shown,
        {name: spots for name, spots in denied.items() if name not in shown},
        {name: spots for name, spots in uncertain.items() if name not in shown and name not in denied},
        places=draw(st.frozensets(st.sampled_from(PLACES), max_size=4)),
        images=draw(
            st.frozensets(st.builds(ImageLabels, st.sampled_from(Modality), st.sampled_from(Plane)), max_size=3)
        ),
        diagnosis=draw(NAMES),
        considered=tuple(filter(None, [draw(NAMES)])),
        age_years=draw(st.none() | st.floats(0, 110)),
        sex=draw(st.sampled_from([None, "female", "male"])),
    )


@given(
    facts(),
    st.lists(st.sampled_from(PLACES), max_size=3, unique=True),
    st.lists(st.sampled_from(LIKE_DISEASES), unique=True),
    facts(),
)
def test_nothing_stands_on_two_lines_and_every_finding_asked_for_stands_on_one(
    asked: Facts, places: list[str], diseases: list[NamedDisease], case: Facts
):
    told = hit_reasons(Asked(asked, tuple(places), tuple(diseases)), case)
    names = names_on(told)
    assert len(names) == len(set(names))
    assert not set(names) & {reason.name.casefold() for reason in told.also_shows}
    for concept_id in (name for name in asked.shown if not concepts()[name].says_little):
        kinds = {concepts()[kind].name.casefold() for kind in with_narrower(concept_id) & asked.shown.keys()}
        assert kinds & set(names)  # the finding, or the kind of it that is asked for too
    shared = {reason.concept_id for reason in told.shares if reason.concept_id}
    assert all(with_narrower(one) & (case.shown.keys() | case.uncertain.keys()) for one in shared)
    ruled_out = {reason.concept_id for reason in told.lacks if "ruled out" in reason.words}
    assert ruled_out <= case.denied.keys()


def test_an_empty_noun_stands_on_no_line_but_for_what_is_of_its_kind():
    spot = frozenset({Spot()})
    asked = Facts(shown={"finding:lesion": spot, "finding:involvement": spot}, denied={"finding:extension": spot})
    empty = Facts(shown={"finding:lesion": spot, "finding:artifact": spot, "finding:extension": spot})
    told = hit_reasons(Asked(asked), empty)
    assert not (told.shares or told.lacks or told.differs or told.also_shows)
    told = hit_reasons(Asked(asked), Facts(shown={"finding:mass": spot}))
    assert [reason.words for reason in told.shares] == ["lesion: mass"]
    assert not told.lacks


def test_of_a_finding_and_its_kind_the_one_that_says_where_answers_where():
    thalamus, nowhere = frozenset({Spot("anatomy:thalamus")}), frozenset({Spot()})
    case = Facts(shown={"finding:infarct": nowhere, "finding:lacunar-infarct": thalamus})

    def shared(spots: frozenset[Spot]) -> list[str]:
        return [reason.words for reason in hit_reasons(Asked(Facts(shown={"finding:infarct": spots})), case).shares]

    assert shared(thalamus) == ["infarct: lacunar infarct (thalamus)"]
    assert shared(nowhere) == ["infarct"]


def test_no_case_of_a_collection_shares_and_lacks_one_thing_with_another():
    for one, other in itertools.permutations(search_cases(), 2):
        told = hit_reasons(asked_of(Query(case_id=one.case_id), [one]), facts_of(other))
        names = names_on(told)
        assert len(names) == len(set(names)) and names


def test_a_case_lacks_nothing_of_itself_and_differs_in_nothing():
    for case in search_cases():
        told = hit_reasons(asked_of(Query(case_id=case.case_id), [case]), facts_of(case))
        assert told.shares and not told.lacks and not told.differs and not told.also_shows


def test_the_lines_are_said_in_sentences_of_eight_things_at_most():
    case = saying(
        "Mass, edema, hemorrhage, fracture, pleural effusion, ascites, cyst, atelectasis, pneumothorax, hydrocephalus."
    )
    [sentence] = [said for said in hit_reasons(Asked(Facts()), facts_of(case)).sentences if said.startswith("Also")]
    assert sentence.count(",") == 7 and sentence.endswith(" and 2 more.")


def test_the_aspect_of_each_reason_says_what_it_is_of():
    told = hit_reasons(asked_of(Query(text="mass in the left kidney"), []), facts_of(saying("A mass.")))
    assert [(reason.aspect, reason.concept_id) for reason in (*told.shares, *told.lacks)] == [
        (Aspect.FINDING, "finding:mass"),
        (Aspect.ANATOMY, None),
    ]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "a"),
        (2, "a, b"),
        (TOLD, ", ".join("abcdefghij"[:TOLD])),
        (TOLD + 2, ", ".join("abcdefghij"[:TOLD]) + " and 2 more"),
    ],
)
def test_a_line_names_the_first_reasons_and_counts_the_rest(number: int, said: str):
    reasons = tuple(HitReason(Aspect.FINDING, letter, letter) for letter in "abcdefghij"[:number])
    assert HitReasons(shares=reasons).sentences == (f"Shares: {said}.",)


def test_one_reason_too_many_is_counted():
    reasons = tuple(HitReason(Aspect.FINDING, letter, letter) for letter in "abcdefghij"[: TOLD + 1])
    assert HitReasons(lacks=reasons).sentences[0].endswith(" and 1 more.")
