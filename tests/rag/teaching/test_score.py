"""A reader's differential against that of a case."""

import pytest
from case_factory import make_case

from ingest.case import Case, Topic
from ingest.errors import InputError
from rag.teaching.likeness import Likeness
from rag.teaching.score import MAX_NAME_LENGTH, MAX_NAMED, parse_differential, score, unknown_names


@pytest.fixture
def case() -> Case:
    return make_case(
        diagnosis="Right MCA infarction",
        sections={},
        topic=Topic("Stroke"),
        differential_diagnosis=("Cerebral infarction", "Glioblastoma", "Abscess"),
    )


@pytest.mark.parametrize(
    ("named", "points", "likeness", "place"),
    [
        (("MCA infarct",), 1, Likeness.EXACT, 1),
        (("abscess", "mca infarcts"), 1, Likeness.EXACT, 2),
        (("stroke", "meningioma"), 0.5, Likeness.WIDER, 1),
        (("meningioma",), 0, Likeness.OTHER, None),
        ((), 0, Likeness.OTHER, None),
    ],
)
def test_points_go_by_the_nearest_disease_that_was_named(case: Case, named, points, likeness, place):
    came = score(named, case)
    assert (came.points, came.likeness, came.place) == (points, likeness, place)


def test_the_rest_of_the_differential_is_told_apart_into_named_and_not(case: Case):
    came = score(("GBM",), case)
    assert came.also_considered == ("Glioblastoma",)
    assert came.not_considered == ("Abscess",)
    assert [one.likeness for one in came.named] == [Likeness.OTHER]


def test_a_kind_of_the_diagnosis_is_half_a_point():
    came = score(("Glioblastoma",), make_case(diagnosis="Glioma", sections={}, topic=Topic()))
    assert (came.points, came.likeness) == (0.5, Likeness.KIND)


def test_too_many_diseases_and_endless_names_are_refused():
    many = "\n".join(f"disease number {letter}" for letter in "abcdefghijkl"[: MAX_NAMED + 1])
    with pytest.raises(InputError, match="at most 8 are taken"):
        parse_differential(many)
    with pytest.raises(InputError, match="is too long"):
        parse_differential("x" * 201)
    assert parse_differential(" \n, ;") == ()


def test_a_name_that_no_table_knows_is_told_with_what_may_be_meant():
    doubted = unknown_names(["Glioblastma", "Abscess", "zzqy"])
    assert list(doubted) == ["Glioblastma", "zzqy"]
    assert doubted["Glioblastma"] is not None and "lioblastoma" in doubted["Glioblastma"]
    assert doubted["zzqy"] is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1. Glioblastoma\n2) abscess,  brain   lymphoma", ("Glioblastoma", "abscess", "brain lymphoma")),
        ("- Abscess; Abscesses\n* ABSCESS", ("Abscess",)),
        ("nothing of the kind\nNOTHING of the kind", ("nothing of the kind",)),
        (" \n,;", ()),
    ],
)
def test_a_differential_is_read_by_lines_and_commas_and_each_disease_counts_once(text: str, names: tuple[str, ...]):
    assert parse_differential(text) == names


def test_a_differential_has_its_bounds():
    many = [f"strange disease {letter}" for letter in "abcdefghi"]
    assert parse_differential("\n".join(many[:MAX_NAMED])) == tuple(many[:MAX_NAMED])
    with pytest.raises(InputError, match="9 diseases are named, at most 8"):
        parse_differential("\n".join(many))
    assert parse_differential("x" * MAX_NAME_LENGTH) == ("x" * MAX_NAME_LENGTH,)
    with pytest.raises(InputError, match="a disease with 201 characters"):
        parse_differential("x" * (MAX_NAME_LENGTH + 1))
