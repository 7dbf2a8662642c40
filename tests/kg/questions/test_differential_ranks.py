"""Ranks and likelihood ratios of a differential against a table counted by hand, without a server."""

from __future__ import annotations

import re
from math import log

import pytest
from answering_graph import AnsweringGraph

from ingest.errors import InputError
from ingest.vocabulary import Modality, Region
from kg.projection.places import region_key
from kg.questions import differential as module
from kg.questions.differential import CONSIDERED_WEIGHT, PRIOR_CASES, differential, require_finding
from kg.schema import Label

# case: diagnosis, considered, region, modality, shown, ruled out
TABLE = {
    "c1": ("abscess", "", Region.HEAD, Modality.MR, "ring edema", ""),
    "c2": ("abscess", "glioma", Region.HEAD, Modality.CT, "ring", ""),
    "c3": ("glioma", "abscess glioma", Region.HEAD, Modality.MR, "ring mass", "edema"),
    "c4": ("glioma", "", Region.HEAD, Modality.MR, "mass", "ring"),
    "c5": ("cyst", "abscess", Region.THORAX, Modality.MR, "mass ring", ""),
    "c6": ("pneumonia", "", Region.THORAX, Modality.CT, "", "ring"),
    "c7": ("", "thymoma", Region.THORAX, Modality.CT, "mass", ""),
}
# case: what its patient presents with, and without; and what its text describes of its disease
CLINICAL = {"c1": ("fever", ""), "c2": ("fever", "cough"), "c4": ("", "fever"), "c6": ("cough fever", "")}
DESCRIBED = {"c1": "ring fever", "c2": "ring", "c4": "mass"}


def table_graph():
    def ids(column, key):
        return [{"case_id": case_id} for case_id, row in TABLE.items() if str(row[column]) == key]

    regions = {region_key(region).key: str(region) for region in Region}

    def rows(asked, kinds, prefix):
        found = []
        for key in asked["keys"]:
            name = key.removeprefix(prefix)
            for kind, column in kinds:
                cases = [case_id for case_id, row in TABLE.items() if name in row[column].split()]
                if cases:
                    found.append({"key": key, "name": name.upper(), "type": kind, "case_ids": cases})
        return found

    def described(asked):
        names = {key: key.partition(":")[2] for key in asked["keys"]}
        cases = {key: [one for one, said in DESCRIBED.items() if name in said.split()] for key, name in names.items()}
        return [{"key": key, "case_ids": found} for key, found in cases.items() if found]

    return AnsweringGraph(
        {
            module._ALL_CASES: lambda _: [{"case_id": case_id} for case_id in TABLE],
            module._CASES_OF_REGION: lambda asked: ids(2, regions[asked["key"]]),
            module._CASES_OF_MODALITY: lambda asked: ids(3, asked["key"]),
            module._MENTIONS: lambda asked: rows(asked, (("SHOWS", 4), ("RULES_OUT", 5)), "finding:"),
            module._CLINICAL: lambda asked: [
                {"key": key, "name": key.partition(":")[2].upper(), "type": kind, "case_ids": cases}
                for key in asked["keys"]
                for column, kind in enumerate(("PRESENTS_WITH", "DENIES"))
                if (cases := [one for one, row in CLINICAL.items() if key.partition(":")[2] in row[column].split()])
            ],
            module._DESCRIBED[Label.FINDING]: described,
            module._DESCRIBED[Label.CLINICAL_FINDING]: described,
            module._DIAGNOSES: lambda asked: [
                {"key": f"diagnosis:{name}"}
                for case_id in asked["case_ids"]
                for name in f"{TABLE[case_id][0]} {TABLE[case_id][1]}".split()
            ],
            module._CASES_WITH: lambda asked: rows(asked, (("HAS_DIAGNOSIS", 0), ("CONSIDERS", 1)), "diagnosis:"),
        }
    )


def slowly(present, absent=(), among=None):
    """Return the candidates with their scores: every ratio from counts of the table."""
    cases = [case_id for case_id in TABLE if among is None or case_id in among]
    candidates = []
    for name in sorted({name for row in TABLE.values() for name in f"{row[0]} {row[1]}".split()}):
        settled = [case for case in cases if TABLE[case][0] == name]
        considered = [case for case in cases if name in TABLE[case][1].split() and case not in settled]
        wanted = [f for f in present if any(f in TABLE[case][4].split() for case in settled + considered)]
        if not wanted:
            continue
        score = 0.0
        for found in [*present, *absent]:
            shown = [case for case in cases if found in TABLE[case][4].split()]
            usual = (len(shown) + 0.5) / (len(cases) + 1)
            showing = len({*shown} & {*settled}) + 0.25 * len({*shown} & {*considered})
            share = (showing + 4 * usual) / (len(settled) + 0.25 * len(considered) + 4)
            score += log(share / usual) if found in present else log((1 - share) / (1 - usual))
        candidates.append((name.upper(), score, tuple(settled), tuple(considered)))
    return sorted(candidates, key=lambda one: (-one[1], -len(one[2]), one[0]))


@pytest.mark.parametrize("present", [("ring",), ("mass",), ("ring", "mass"), ("edema",)])
@pytest.mark.parametrize("absent", [(), ("edema",), ("shift",)])
@pytest.mark.parametrize("among", [None, {"c1", "c2", "c3", "c5", "other"}])
def test_candidates_rank_by_the_sum_of_the_log_ratios(present, absent, among):
    if set(present) & set(absent):
        return
    found = differential(
        table_graph(), [f"finding:{one}" for one in present], absent=[f"finding:{one}" for one in absent], among=among
    )
    expected = slowly(present, absent, among)
    assert [(one.name, one.cases, one.considered_in) for one in found.candidates] == [
        (name, settled, considered) for name, _, settled, considered in expected
    ]
    assert [one.score for one in found.candidates] == pytest.approx([score for _, score, _, _ in expected])
    assert found.cases == (7 if among is None else 4)
    assert (PRIOR_CASES, CONSIDERED_WEIGHT) == (4.0, 0.25)


def test_a_region_and_a_modality_choose_the_cases_together():
    chosen = {
        (Region.HEAD, None): {"c1", "c2", "c3", "c4"},
        (None, Modality.MR): {"c1", "c3", "c4", "c5"},
        (Region.HEAD, Modality.MR): {"c1", "c3", "c4"},
    }
    for (region, modality), among in chosen.items():
        found = differential(table_graph(), ["finding:ring"], region=region, modality=modality)
        assert found.cases == len(among)
        assert [one.name for one in found.candidates] == [name for name, *_ in slowly(("ring",), among=among)]


def test_evidence_names_the_cases_on_each_side():
    found = differential(table_graph(), ["finding:ring"], absent=["finding:edema"])
    abscess = next(one for one in found.candidates if one.name == "ABSCESS")
    assert abscess.node_key == "Diagnosis:diagnosis:abscess"
    ring, edema = abscess.evidence
    assert (ring.finding, ring.name, ring.wanted) == ("finding:ring", "RING", True)
    assert (ring.shown_in, ring.ruled_out_in, ring.considered_in) == (("c1", "c2"), (), ("c3", "c5"))
    assert ring.usual_share == pytest.approx(4 / 7)
    assert (edema.wanted, edema.shown_in, edema.considered_in) == (False, ("c1",), ())
    assert abscess.why == (
        "RING: shown in 2 of 2 with it, in 2 of 2 that consider it (usual 57%); "
        "EDEMA (asked as absent): shown in 1 of 2 with it (usual 14%)"
    )
    glioma = next(one for one in found.candidates if one.name == "GLIOMA")
    assert glioma.evidence[0].ruled_out_in == ("c4",)
    assert glioma.why == (
        "RING: shown in 1 of 2 with it, ruled out in 1, in 1 of 1 that consider it (usual 57%); "
        "EDEMA (asked as absent): shown in 0 of 2 with it, ruled out in 1 (usual 14%)"
    )


def test_a_diagnosis_that_is_only_considered_says_so():
    [*_, thymoma] = differential(table_graph(), ["finding:mass"], absent=["finding:edema"]).candidates
    thymoma = next(
        one
        for one in differential(table_graph(), ["finding:mass"], absent=["finding:edema"]).candidates
        if one.name == "THYMOMA"
    )
    assert thymoma.cases == ()
    assert thymoma.why == (
        "MASS: in 1 of 1 that consider it (usual 57%); "
        "EDEMA (asked as absent): in none of 1 that consider it (usual 14%)"
    )


def test_so_many_candidates_at_most_and_a_finding_that_nobody_has_brings_none():
    everyone = differential(table_graph(), ["finding:ring"]).candidates
    assert differential(table_graph(), ["finding:ring"], limit=2).candidates == everyone[:2]
    assert len(everyone) > 2
    nobody = differential(table_graph(), ["finding:mass effect nowhere"])
    assert (nobody.candidates, nobody.cases) == ((), 7)


def test_no_cases_to_look_at_is_no_division_by_nought():
    found = differential(table_graph(), ["finding:ring"], among=set())
    assert (found.candidates, found.cases) == ((), 0)


def test_a_finding_that_the_graph_does_not_know_is_called_as_in_the_lexicon():
    found = differential(table_graph(), ["finding:ring"], absent=["finding:effusion", "finding:no such thing"])
    assert [one.name for one in found.candidates[0].evidence] == [
        "RING",
        module.concepts()["finding:effusion"].name,
        "no such thing",
    ]


def test_a_question_without_a_present_finding_or_with_one_on_both_sides_is_refused():
    needs = "a differential needs at least one finding that is present, for example finding:mass."
    with pytest.raises(InputError, match=f"^{re.escape(needs)}$"):
        differential(table_graph(), [], absent=["finding:mass"])
    both = "'finding:edema' cannot be both present and absent. Leave it out of one of them."
    with pytest.raises(InputError, match=f"^{re.escape(both)}$"):
        differential(table_graph(), ["finding:mass", "finding:edema"], absent=["finding:mass", "finding:edema"])


def test_a_finding_is_named_by_id_or_by_any_of_its_names_whatever_the_case():
    assert require_finding("finding:anything") == "finding:anything"
    assert require_finding("  EDEMA ") == "finding:edema"
    assert require_finding("Pleural\n Effusion").startswith("finding:")
    told = (
        r"^'edma' is not a finding of the lexicon\. Write one as finding:mass\. Did you mean 'edema'(, '[^']+'){0,2}\?$"
    )
    with pytest.raises(InputError, match=told):
        require_finding("edma")
    with pytest.raises(InputError, match=r"^'xqzw' is not a finding of the lexicon\. Write one as finding:mass\.$"):
        require_finding("xqzw")


def test_symptoms_are_counted_like_findings():
    found = differential(table_graph(), ["clinical:fever"], absent=["clinical:cough"])
    assert found.candidates[0].name == "ABSCESS"
    fever, cough = next(one for one in found.candidates if one.name == "ABSCESS").evidence
    assert (fever.shown_in, fever.usual_share) == (("c1", "c2"), pytest.approx(3 / 7))
    assert (cough.wanted, cough.ruled_out_in) == (False, ("c2",))
    assert require_finding("Haemoptysis") == "clinical:hemoptysis"


def test_what_the_texts_of_its_cases_describe_speaks_for_a_diagnosis():
    found = differential(table_graph(), ["finding:ring"], absent=["finding:mass"])
    abscess = next(one for one in found.candidates if one.name == "ABSCESS")
    ring, mass = abscess.evidence
    usual = (2 + 0.5) / (7 + 1)
    assert (ring.described_in, ring.described_ratio) == (("c1", "c2"), pytest.approx((2 + usual) / (3 * usual)))
    assert mass.described_ratio == 1.0
    assert abscess.literature == pytest.approx(log(ring.described_ratio))
    cyst = next(one for one in found.candidates if one.name == "CYST")
    assert cyst.literature == pytest.approx(log(usual / (2 * usual)))


def test_diagnoses_that_are_named_are_weighed_where_none_of_their_cases_shows_a_finding():
    plain = differential(table_graph(), ["finding:edema"])
    assert "PNEUMONIA" not in {one.name for one in plain.candidates}
    found = differential(table_graph(), ["finding:edema"], also=["diagnosis:pneumonia"])
    pneumonia = next(one for one in found.candidates if one.name == "PNEUMONIA")
    assert (pneumonia.cases, pneumonia.score < 0) == (("c6",), True)
