"""How near a draft comes to the real findings of its case, and how well it cites.

Findings are compared as concepts with their assertion, read by the same annotator from both; one assertion for each
concept, the boldest where a text has several. ROUGE-L (Lin, 2004, F-measure, no stemming), BLEU (Papineni et al.,
2002, of the sentence, effective order) and METEOR (Banerjee and Lavie, 2005) compare the words. METEOR matches words
that are the same and words of the same stem. Its third stage, synonyms, is left out: no well-kept package brings
WordNet. Citation recall and precision follow Gao et al., Enabling Large Language Models to Generate Text with
Citations, EMNLP 2023, with the annotator as the judge of support.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from clip.bert_score import BertScorer
from ingest.case import Case
from ingest.concepts.diagnosis_names import common_name
from ingest.vocabulary import Assertion, ConceptKind, Section
from rag.drafts.citations import check_statements
from rag.drafts.draft import Draft
from rag.drafts.evidence import DraftRequest, boldest, read_sentence
from rag.drafts.reasons import bears_out
from rag.drafts.statements import DraftSection, EvidenceKind, Origin, Statement, Subject
from rag.drafts.technique import classifier_sentence
from rag.evaluation.relevance import regions_of
from rag.index.passages import sentence_spans

Claims = Mapping[str, Assertion]

FINDING_METRICS = ("finding_precision", "finding_recall", "finding_f1", "finding_f1_any_assertion")
TEXT_METRICS = ("rouge_l", "bleu", "meteor_without_synonyms", "words")
BERT_METRICS = ("bert_precision", "bert_recall", "bert_f1")
REGION_METRICS = ("differential_other_region",)
CITATION_METRICS = ("cited", "citation_recall", "citation_precision", "wrong_subject")


def claims_of(case: Case) -> dict[str, Assertion]:
    """Return what the Findings section of a case says: the boldest assertion of each finding."""
    return boldest(
        (mention.concept_id, mention.assertion)
        for mention in case.annotations
        if mention.section is Section.FINDINGS and mention.kind is ConceptKind.FINDING
    )


def claims_of_draft(draft: Draft) -> dict[str, Assertion]:
    """Return the findings that a draft leans to: the user's, and of each counted finding what most of its cases say.

    "3 of 20 similar cases report edema; 1 of 20 reports no edema" leans to edema.
    """
    leaning: dict[str, Assertion] = {}
    for statement in (*draft.of(DraftSection.FINDINGS), *draft.of(DraftSection.SIMILAR_CASES)):
        if statement.subject is Subject.THIS_SCAN:
            leaning |= boldest(read_sentence(statement.text))
            continue
        counts: dict[tuple[str, Assertion], int] = {}
        for row in statement.evidence:
            if row.kind is EvidenceKind.FINDING and row.concept_id:
                counts[row.concept_id, row.assertion] = counts.get((row.concept_id, row.assertion), 0) + 1
        said = {claim for clause in statement.text.split(";") for claim in read_sentence(clause)}
        for concept_id, assertion in sorted(said, key=lambda claim: (-counts.get(claim, 0), *claim)):
            leaning.setdefault(concept_id, assertion)
    return leaning


def finding_scores(said: Claims, real: Claims) -> dict[str, float]:
    """Return precision, recall and F1 of findings. `real` must not be empty.

    Who says nothing has precision 0: else silence would be the most precise draft.
    """
    true = len(set(said.items()) & set(real.items()))
    any_true = len(said.keys() & real.keys())
    return {
        "finding_precision": true / len(said) if said else 0.0,
        "finding_recall": true / len(real),
        "finding_f1": 2 * true / (len(said) + len(real)),
        "finding_f1_any_assertion": 2 * any_true / (len(said) + len(real)),
    }


def text_scores(said: str, real: str) -> dict[str, float]:
    """Return ROUGE-L, BLEU and METEOR without synonyms, each of 0 to 1, and the length in words.

    METEOR has the weights of its first paper: recall nine times precision, at most half lost to broken order. Its words
    are those of ROUGE-L: letters and digits in lower case, without marks.
    """
    rouge, bleu, meteor, words_of = _scorers()
    return {
        "rouge_l": float(rouge.score(real, said)["rougeL"].fmeasure),
        "bleu": float(bleu.sentence_score(said, [real]).score) / 100,
        "meteor_without_synonyms": float(meteor(words_of(real), words_of(said), wordnet=NoSynonyms())),
        "words": float(len(said.split())),
    }


class NoSynonyms:
    """A dictionary in the place of WordNet that knows no word."""

    def synsets(self, word: str) -> Sequence[object]:
        """Return no meaning, so that no other word has the same."""
        return ()


def with_bert(
    scorer: BertScorer, scores: Sequence[Mapping[str, float]], said: Sequence[str], real: Sequence[str]
) -> list[Mapping[str, float]]:
    """Return the scores of some texts with BERTScore beside them."""
    found = scorer.scores(said, real)
    return [{**one, **dict(zip(BERT_METRICS, bert, strict=True))} for one, bert in zip(scores, found, strict=True)]


def region_scores(entries: Iterable[Sequence[Case]], case: Case) -> dict[str, float]:
    """Return the share of the entries of a differential whose cases all lie in other regions than a case.

    Nothing where there is no entry, or the case does not say its region. A case of unknown region lies in none.

    Parameters
    ----------
    entries : iterable of sequence of Case
        For each diagnosis, the cases that it rests on.
    """
    own = regions_of(case)
    elsewhere = [all(regions and not regions & own for regions in map(regions_of, cases)) for cases in entries if cases]
    return dict.fromkeys(REGION_METRICS, _share(elsewhere)) if own and elsewhere else {}


def citation_scores(
    draft: Draft, request: DraftRequest, cases: Sequence[Case], others: Sequence[Case] = ()
) -> dict[str, float]:
    """Return how well a draft cites. All are shares but `wrong_subject`, which is a number of statements.

    Parameters
    ----------
    cases, others : sequence of Case
        The similar cases of the draft, and others that have a diagnosis of it.

    Attributes
    ----------
    cited : float
        Share of its statements with at least one citation, each of which stands word for word where it says.
    citation_recall : float
        Share of what was composed that its citations, taken together, support: what is dropped counts against it.
    citation_precision : float
        Share of the citations that on their own support a part of their statement.
    wrong_subject : float
        Statements that say of this scan what nobody said of it, or do not say that they speak of other patients.
    """
    by_id = {case.case_id: case for case in (*cases, *others)}
    kept, _ = check_statements(draft.statements, request, cases, others)
    citations = [supports for statement in draft.statements for supports in _supporting(statement)]
    proposed = len(draft.statements) + len(draft.dropped)
    return {
        "cited": _share(_stands(statement, request, by_id) for statement in draft.statements),
        "citation_recall": len(kept) / proposed if proposed else 0.0,
        "citation_precision": _share(citations),
        "wrong_subject": float(sum(has_wrong_subject(statement, request) for statement in draft.statements)),
    }


def has_wrong_subject(statement: Statement, request: DraftRequest) -> bool:
    """Tell whether a statement says of this scan what nobody said of it, or of others without saying so."""
    if statement.subject is Subject.WITH_DIAGNOSIS:
        return statement.ground is None
    if statement.subject is Subject.SIMILAR_CASES:
        return "similar case" not in statement.text.casefold()
    fields = [text for text in (request.history, request.findings) if text]
    known = [text[start:end] for text in fields for start, end in sentence_spans(text)]
    known += [_classified(statement)]
    return not _is_run_of(statement.text.casefold().split(), [sentence.casefold().split() for sentence in known])


def findings_text(draft: Draft) -> str:
    """Return what a draft says of findings, the user's and those of similar cases, as running text."""
    said = (*draft.of(DraftSection.FINDINGS), *draft.of(DraftSection.SIMILAR_CASES))
    return " ".join(statement.text for statement in said)


def _stands(statement: Statement, request: DraftRequest, cases: Mapping[str, Case]) -> bool:
    for citation in statement.citations:
        if citation.origin is Origin.CLASSIFIER:
            continue
        case = cases.get(citation.case_id or "")
        text = request.text_of(citation.section) if citation.origin is Origin.USER else None
        if case and citation.section:
            text = case.text_of(citation.section, citation.image_id)
        if not citation.quote or (text or "")[citation.start : citation.end] != citation.quote:
            return False
    return bool(statement.citations)


def _classified(statement: Statement) -> str:
    """Return what the answers of the classifier that a statement cites say of the scan."""
    return classifier_sentence(row.citation.quote for row in statement.evidence if row.kind is EvidenceKind.PREDICTION)


def _supporting(statement: Statement) -> list[bool]:
    """Tell of each citation whether it alone supports a part of its statement."""
    said = {claim for clause in statement.text.split(";") for claim in read_sentence(clause)}
    found: dict[object, bool] = {}
    for row in statement.evidence:
        if statement.ground:
            supports = bears_out(row, statement.ground)
        elif row.kind is EvidenceKind.FINDING:
            supports = bool(said & read_sentence(row.citation.quote))
        elif row.kind is EvidenceKind.PREDICTION:
            supports = statement.text == _classified(statement)
        else:
            names = (row.name, common_name(row.name), row.citation.quote)
            supports = any(name and name.casefold() in statement.text.casefold() for name in names)
        found[row.citation] = found.get(row.citation, False) or supports
    return list(found.values())


def _share(holds: Iterable[bool]) -> float:
    held = list(holds)
    return sum(held) / len(held) if held else 0.0


def _is_run_of(words: Sequence[str], sentences: Sequence[Sequence[str]]) -> bool:
    """Tell whether the words are those of whole sentences that follow one another."""
    for first in range(len(sentences)):
        run: list[str] = []
        for sentence in sentences[first:]:
            run += sentence
            if run == words:
                return True
    return False


@cache
def _scorers() -> tuple[Any, Any, Any, Any]:
    from nltk.translate.meteor_score import single_meteor_score  # pyright: ignore[reportMissingTypeStubs]
    from rouge_score.rouge_scorer import RougeScorer  # pyright: ignore[reportMissingTypeStubs]
    from rouge_score.tokenizers import DefaultTokenizer  # pyright: ignore[reportMissingTypeStubs]
    from sacrebleu.metrics.bleu import BLEU

    tokenizer: Any = DefaultTokenizer(use_stemmer=False)
    return RougeScorer(["rougeL"]), BLEU(effective_order=True), single_meteor_score, tokenizer.tokenize
