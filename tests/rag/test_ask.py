"""Ask: diagnoses ranked by the cases that have them and by the graph, with what speaks for and against each."""

from __future__ import annotations

from dataclasses import replace

from search_cases import search_case

from ingest.errors import EngineUnreachable
from ingest.notices import Notice, NoticeCode
from ingest.vocabulary import Sex
from kg.questions.differential import Candidate, Differential, FindingEvidence
from rag.ask import NOTICE, Asking, ask_archive, asking_of, findings_asked, rank_diagnoses, support_of
from rag.ask_reasons import Reason
from rag.diagnosis_votes import MIX, Mix, Support, diagnoses_of
from rag.drafts.evidence import DraftRequest
from rag.search.fusion import Hit

COUNTING = Mix(votes=1.0, considered=0.25, findings=0.5, literature=0.0, age=0.0)
EDEMA, MASS = "finding:edema", "finding:mass"


def test_symptoms_are_read_in_either_text_and_a_risk_told_as_past_is_there():
    present, absent = findings_asked("Ring enhancing mass, fever.", "History of HIV. Denies headache. Old infarct.")
    assert present == ("finding:ring-enhancement", MASS, "clinical:fever", "clinical:hiv-infection")
    assert absent == ("clinical:headache",)


def test_findings_are_read_with_their_assertion():
    assert findings_asked("Mass in the left lobe. No edema. Possible hydrocephalus.") == (
        (MASS, "finding:hydrocephalus"),
        (EDEMA,),
    )
    assert findings_asked(None) == ((), ())


def nothing_apart(leading, known):
    return ()


def hit(number):
    return Hit(f"test:C{number}", 1.0 / number, number, ())


def evidence(finding, *, wanted, shown=(), ruled_out=(), ratio):
    name = finding.partition(":")[2]
    return FindingEvidence(finding, name, wanted, tuple(shown), tuple(ruled_out), (), 0.25, ratio)


def asked_graph(*pieces, cases=("test:C5",)):
    candidate = Candidate("Diagnosis:diagnosis:meningioma", "Meningioma", 1.0, cases, (), tuple(pieces), "")
    return lambda present, absent, also: Differential((candidate,), 10)


def test_the_answer_names_cases_for_and_against(store):
    graph = asked_graph(
        evidence(MASS, wanted=True, shown=("test:C5",), ratio=2.0),
        evidence(EDEMA, wanted=True, ruled_out=("test:C5",), ratio=0.5),
    )
    answer = ask_archive(
        Asking((MASS, EDEMA)), [hit(1), hit(2), hit(5)], store, graph, nothing_apart, k=10, cases=10, mix=COUNTING
    )
    first = answer.diagnoses[0]
    assert (first.concept_id, first.cases) == ("diagnosis:glioblastoma", ("test:C1", "test:C2"))
    assert [reason.text for reason in first.reasons.speaking_for] == ["2 of 3 similar cases have it"]
    meningioma = next(one for one in answer.diagnoses if one.concept_id == "diagnosis:meningioma")
    assert meningioma.pathology_categories == ("Neoplasm",)
    assert [(reason.text, reason.case_ids) for reason in meningioma.reasons.speaking_for] == [
        ("1 of 3 similar cases has it", ("test:C5",)),
        ("mass: 1 of 1 cases with it show it, 25% of all cases do", ("test:C5",)),
    ]
    assert [reason.text for reason in meningioma.reasons.speaking_against] == [
        "edema: 1 of 1 cases with it rule it out"
    ]
    metastasis = next(one for one in answer.diagnoses if one.concept_id == "diagnosis:metastasis")
    assert (metastasis.cases, metastasis.considered_in) == ((), ("test:C1", "test:C2", "test:C5"))
    assert [one.rank for one in answer.diagnoses] == list(range(1, len(answer.diagnoses) + 1))
    assert answer.notice == NOTICE


def test_what_few_cases_do_not_show_and_what_the_diagnosis_is_itself_speaks_not_against_it(store):
    graph = asked_graph(
        evidence(MASS, wanted=True, ratio=0.5),
        evidence("finding:meningioma", wanted=True, ruled_out=("test:C5",), ratio=0.5),
    )
    answer = ask_archive(Asking((MASS,)), [hit(5)], store, graph, nothing_apart, k=10, cases=10)
    assert answer.diagnoses[0].reasons.speaking_against == ()


def test_what_some_cases_rule_out_and_more_show_does_not_speak_against_it(store):
    ids = ("test:C5", "test:C1", "test:C2")
    graph = asked_graph(evidence(MASS, wanted=True, shown=ids[:2], ruled_out=ids[2:], ratio=2.0), cases=ids)
    answer = ask_archive(Asking((MASS,)), [hit(5)], store, graph, nothing_apart, k=10, cases=10)
    assert answer.diagnoses[0].reasons.speaking_against == ()
    graph = asked_graph(evidence(MASS, wanted=True, shown=ids[:1], ruled_out=ids[1:], ratio=0.5), cases=ids)
    answer = ask_archive(Asking((MASS,)), [hit(5)], store, graph, nothing_apart, k=10, cases=10)
    (against,) = answer.diagnoses[0].reasons.speaking_against
    assert against.text == "mass: 2 of 3 cases with it rule it out, 1 show it"


def test_what_only_cases_that_consider_it_show_is_no_reason_and_what_the_texts_describe_is_one(store):
    shown_elsewhere = evidence(MASS, wanted=True, ratio=2.0)
    described = replace(shown_elsewhere, described_in=("test:C5",), described_ratio=3.0)
    asking = Asking((MASS,))

    def speaking_for(piece):
        answer = ask_archive(asking, [hit(5)], store, asked_graph(piece), nothing_apart, k=10, cases=10)
        return [reason.text for reason in answer.diagnoses[0].reasons.speaking_for]

    assert speaking_for(shown_elsewhere) == ["1 of 1 similar cases has it"]
    assert speaking_for(described)[1:] == ["mass: described of it in the text of 1 case"]
    assert speaking_for(replace(described, finding="finding:lesion"))[1:] == []


def test_what_is_usual_and_missing_in_several_cases_speaks_against(store):
    ids = ("test:C1", "test:C2", "test:C3", "test:C4")
    graph = asked_graph(evidence(MASS, wanted=True, ratio=0.5), cases=ids)
    answer = ask_archive(Asking((MASS,)), [hit(5)], store, graph, nothing_apart, k=10, cases=10)
    against = answer.diagnoses[0].reasons.speaking_against
    assert [reason.text for reason in against] == ["mass: 0 of 4 cases with it show it, 25% of all cases do"]


def test_what_is_asked_as_absent_and_mostly_shown_speaks_against(store):
    graph = asked_graph(evidence(MASS, wanted=False, shown=("test:C5",), ratio=0.4))
    answer = ask_archive(Asking((EDEMA,), (MASS,)), [hit(5)], store, graph, nothing_apart, k=10, cases=10)
    against = answer.diagnoses[0].reasons.speaking_against
    assert [reason.text for reason in against] == ["no mass: 1 of 1 cases with it show it, 25% of all cases do"]


def test_an_age_a_little_beyond_those_of_the_cases_speaks_not_against(store):
    with store.writer("a test") as writer:
        writer.write_cases([search_case(n, "Glioma", "Mass.", age=30.0 + n) for n in (11, 12, 13)])
    hits = [hit(11), hit(12), hit(13)]

    def against(age: float) -> tuple[Reason, ...]:
        asking = Asking((), (), age)
        answer = ask_archive(asking, hits, store, asked_graph(), nothing_apart, k=1, cases=3)
        return answer.diagnoses[0].reasons.speaking_against

    assert (against(32.0), against(52.0)) == ((), ())
    assert [len(against(age)) for age in (31.0, 53.0)] == [1, 1]


def test_another_age_or_sex_speaks_against_where_enough_cases_have_it(store):
    with store.writer("a test") as writer:
        writer.write_cases([search_case(n, "Glioma", "Mass.", age=30.0 + n, sex=Sex.MALE) for n in (11, 12, 13)])
    nothing = asked_graph()
    hits = [hit(11), hit(12), hit(13)]
    against = (
        ask_archive(Asking((), (), 70.0, "female"), hits, store, nothing, nothing_apart, k=1, cases=3)
        .diagnoses[0]
        .reasons
    )
    assert [reason.text for reason in against.speaking_against] == [
        "the 3 cases with it are 41 to 43 years old, this patient is 70 years old",
        "all 3 cases with it are male, this patient is female",
    ]
    few = (
        ask_archive(Asking((), (), 70.0, "female"), hits[:2], store, nothing, nothing_apart, k=1, cases=3)
        .diagnoses[0]
        .reasons
    )
    assert few.speaking_against == ()


def test_without_the_graph_the_answer_says_so_and_goes_on(store):
    def down(present, absent, also):
        raise EngineUnreachable("the graph at x did not answer.")

    answer = ask_archive(Asking((MASS,)), [hit(1)], store, down, nothing_apart, k=3, cases=10)
    assert answer.notices == (Notice(NoticeCode.GRAPH_SKIPPED, "Graph search skipped: the graph at x did not answer."),)
    assert answer.diagnoses
    assert (
        ask_archive(Asking(), [], store, down, nothing_apart, k=3, cases=10).notices[-1].code is NoticeCode.NO_DIAGNOSIS
    )


def test_the_committed_mix_trusts_a_diagnosis_more_than_a_candidate():
    assert 0 < MIX.considered < MIX.votes


def test_what_separates_the_leading_diagnoses_is_asked_of_the_graph_beside_what_is_known(store):
    asked = []

    def apart(leading, known):
        asked.append((tuple(leading), tuple(known)))
        return ("something",)

    answer = ask_archive(Asking((MASS,), (EDEMA,)), [hit(1), hit(5)], store, asked_graph(), apart, k=10, cases=10)
    [(leading, known)] = asked
    assert leading[0] == answer.diagnoses[0].concept_id
    assert (len(leading) <= 4, known, answer.telling_apart) == (True, (MASS, EDEMA), ("something",))


def test_a_diagnosis_that_does_not_suit_the_patient_goes_back_and_says_why(store):
    with store.writer("a test") as writer:
        writer.write_cases(
            [search_case(21, "Septo-optic dysplasia", "Mass."), search_case(22, "Optic glioma", "Mass.")]
        )
    hits = [hit(21), hit(22)]
    young = ask_archive(Asking((), (), 2.0), hits, store, asked_graph(), nothing_apart, k=2, cases=2)
    old = ask_archive(Asking((), (), 89.0), hits, store, asked_graph(), nothing_apart, k=2, cases=2)
    assert [one.name for one in young.diagnoses] == ["Septo-optic dysplasia", "Optic glioma"]
    assert old.diagnoses[0].reasons.speaking_against == ()
    against = {one.name: [reason.text for reason in one.reasons.speaking_against] for one in old.diagnoses}
    assert against["Septo-optic dysplasia"] == ["congenital; this patient is 89 years old"]


def test_a_request_is_asked_by_its_findings_history_exam_age_and_sex():
    request = DraftRequest(
        findings="Mass. No edema.", history="Headache.", exam="Fever, no cough.", age_years=7.0, sex=Sex.FEMALE
    )
    assert asking_of(request) == Asking(
        (MASS, "clinical:headache", "clinical:fever"), (EDEMA, "clinical:cough"), 7.0, Sex.FEMALE
    )
    assert asking_of(DraftRequest()) == Asking()


def test_a_finding_of_the_past_is_not_asked_as_present():
    assert findings_asked("History of a mass. Edema.") == ((EDEMA,), ())


def test_the_graph_is_asked_for_what_is_present_and_absent_and_for_the_diseases_of_the_cases(store):
    asked = []

    def graph(present, absent, also):
        asked.append((present, absent, also))
        return Differential((), 10)

    answer = ask_archive(Asking((MASS,), (EDEMA,)), [hit(1), hit(5)], store, graph, nothing_apart, k=10, cases=42)
    assert asked == [
        ((MASS,), (EDEMA,), ["diagnosis:glioblastoma", "diagnosis:meningioma", "diagnosis:metastasis"]),
    ]
    assert (answer.cases, answer.notices) == (42, ())


def test_without_a_finding_the_graph_is_not_asked_and_without_a_case_there_is_no_diagnosis(store):
    answer = ask_archive(Asking(), [], store, asked_graph(), nothing_apart, k=10, cases=10)
    assert answer.diagnoses == ()
    assert [(notice.code, notice.text) for notice in answer.notices] == [
        (NoticeCode.GRAPH_SKIPPED, "Graph search skipped: no finding of the lexicon is said to be present."),
        (NoticeCode.NO_DIAGNOSIS, "No diagnosis was found. Say more of this scan, or ask without a filter."),
    ]


def test_what_only_the_graph_names_is_called_as_the_graph_calls_it(store):
    answer = ask_archive(
        Asking((MASS,)), [hit(1)], store, asked_graph(cases=("test:C5",)), nothing_apart, k=10, cases=10, mix=COUNTING
    )
    (meningioma,) = (one for one in answer.diagnoses if one.concept_id == "diagnosis:meningioma")
    assert meningioma.name == "Meningioma"
    scored = rank_diagnoses(
        Asking((MASS,)), [diagnoses_of(store.get("test:C1").case)], {"diagnosis:meningioma": candidate()}, COUNTING
    )
    assert [(one.concept_id, one.score) for one in answer.diagnoses] == scored


def candidate(**changes):
    return replace(asked_graph()((), (), ()).candidates[0], **changes)


def test_a_candidate_supports_by_score_literature_and_whether_it_is_the_diagnosis_of_a_case():
    assert support_of(candidate(score=2.5, literature=0.5)) == Support(2.5, 0.5, is_final=True)
    assert support_of(candidate(score=2.5, literature=0.5, cases=())) == Support(2.5, 0.5, is_final=False)


def test_age_and_sex_of_the_patient_count_in_the_ranking(store):
    said = [diagnoses_of(case) for case in (
        search_case(1, "Prostate cancer", "Mass.", differential="", sex=Sex.MALE, age=70.0),
        search_case(2, "Medulloblastoma", "Mass.", differential="", sex=Sex.MALE, age=6.0),
    )]  # fmt: skip
    mix = replace(MIX, findings=0.0, literature=0.0)

    def scores(**patient):
        return dict(rank_diagnoses(Asking((MASS,), **patient), said, {}, mix))

    prostate, medulloblastoma = scores()
    assert scores(sex=Sex.FEMALE)[prostate] < scores(sex=Sex.MALE)[prostate]
    old, young = scores(age_years=71.0), scores(age_years=6.0)
    assert old[prostate] / old[medulloblastoma] > young[prostate] / young[medulloblastoma]
