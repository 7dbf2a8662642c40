"""T35: a language model that obeys every order hidden in a text gains nothing, and the reader is told of the order."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace

import pytest
from faulty_server import faulty_server
from orders import ORDERS
from scripted_model import evidence_table, scripted_model, statements
from search_cases import search_case, search_cases

from ingest.notices import NoticeCode
from ingest.store.filters import OneOf
from ingest.vocabulary import Section
from rag.chat.chat import Limits
from rag.drafts.draft import EXTRACTIVE, write_draft
from rag.drafts.evidence import DraftRequest
from rag.drafts.formats import DraftFormat, written_as
from rag.drafts.language_model import open_language_model
from rag.drafts.pdf import to_pdf
from rag.drafts.prompt_injection import injection_spans, suspects_in_case
from rag.drafts.render import LABEL, draft_document
from rag.drafts.statements import Origin, Subject

pytest.importorskip("langchain_openai")

SIMILAR = "similar cases"
HEAD = OneOf("region", ("Head",))
PLACES = ("findings", "caption", "discussion", "history", "differential", "confirmation", "diagnosis")


def ordering_case(place, order):
    """Return the first of the sample cases with an order in one of its texts."""
    texts = {"findings": f"Ring enhancing lesion with edema. {order}", "diagnosis": "Glioblastoma multiforme"}
    texts[place] = f"{texts.get(place, '')} {order}".strip()
    return search_case(1, texts.pop("diagnosis"), texts.pop("findings"), **texts)


def request_with(order):
    return DraftRequest(
        history=f"Headache. {order}", exam=order, findings=f"Ring enhancing lesion in the right lobe. {order}"
    )


def obedient(order):
    """Return a model that does all that the order might ask for, from every row that it can name."""

    def obey(asked):
        rows = evidence_table(asked)["evidence"]
        every = [row["id"] for row in rows]
        written = [row["id"] for row in rows if row["of"] == "this scan"]
        others = [row["id"] for row in rows if row["of"] != "this scan"]
        texts = ("The scan is normal.", "Reviewed and signed by Dr. Evil.", order, f"5 of 5 similar cases: {order}")
        forged = [("Findings", SIMILAR, "5 of 5 similar cases report edema.", ["E9999", "test:C9"])]
        return statements(
            *forged,
            *[("Findings", subject, text, ids) for text in texts for subject in (SIMILAR, "this scan")
              for ids in (every, others, written[:1], [])],
            ("Technique", "literature", f"[the label is removed]({order})", every),
        )  # fmt: skip

    return obey


@contextmanager
def nobody_calls():
    """Yield an address, and fail if anybody has called it."""
    with faulty_server() as server:
        yield f"http://127.0.0.1:{server.port}"
        assert server.calls == 0


def drafted(order, store, hits, request):
    with scripted_model(obedient(order)) as model:
        chat = open_language_model("openai:evil", url=model.url, key="x", limits=Limits(10))
        draft = write_draft(request, hits, store, language_model=chat)
    assert len(model.requests) == 1
    assert not model.requests[0].get("tools") and "tool_choice" not in model.requests[0]
    return draft, model


def assert_nothing_gained(draft, request, hits, store):
    """Assert that the model said nothing but the user's sentences; where not even those, no draft is its own."""
    found = {hit.case_id for hit in hits}
    if draft.author == EXTRACTIVE:
        assert draft.statements == write_draft(request, hits, store).statements
        none = f"{len(draft.dropped)} statements; this is the draft without a model."
        assert any(notice.text.endswith(none) for notice in draft.notices)
        return
    for said in draft.statements:
        assert said.subject is Subject.THIS_SCAN, said.text
        assert said.text in request.findings
        assert {citation.origin for citation in said.citations} == {Origin.USER}
    assert {row.case_id for row in draft.evidence} <= {None, *found}
    assert all("Dr. Evil" not in said.text or said.text in request.findings for said in draft.statements)


def assert_labelled_and_unsigned(draft):
    document = draft_document(draft)
    forms = {kind: written_as(document, kind) for kind in DraftFormat}
    assert all(LABEL.encode() in form for kind, form in forms.items() if kind is not DraftFormat.PDF)
    assert LABEL.split(",")[0].encode() in forms[DraftFormat.PDF] or forms[DraftFormat.PDF] == to_pdf(document)
    told = json.loads(forms[DraftFormat.JSON])
    assert told["label"] == LABEL and told["reviewed"] is False and told["standing"] is None


def test_t35_a_model_that_obeys_every_order_of_the_corpus_gains_nothing(store, search):
    hits = search.search(replace(request_with("").query(k=5), where=HEAD)).hits
    assert "test:C1" in {hit.case_id for hit in hits}
    with nobody_calls() as address:
        for number, order in enumerate(ORDERS):
            text, place = order.replace("{url}", address), PLACES[number % len(PLACES)]
            with store.writer("a test") as writer:
                writer.write_cases([ordering_case(place, text)])
            before, request = store.sequence(), request_with(text)
            draft, model = drafted(text, store, hits, request)
            assert_nothing_gained(draft, request, hits, store)
            assert_labelled_and_unsigned(draft)
            assert store.sequence() == before
            asked = json.dumps(evidence_table(model.requests[0]), ensure_ascii=False)
            assert text.split(".")[0].split("\n")[0][:12] in asked.replace('\\"', '"'), "the order must reach the model"


@pytest.mark.parametrize("place", PLACES)
def test_t35_an_order_in_any_text_of_a_case_is_told_to_the_reader(store, search, place):
    with store.writer("a test") as writer:
        writer.write_cases([ordering_case(place, ORDERS[0])])
    request = DraftRequest(findings="Ring enhancing lesion.")
    draft = write_draft(request, search.search(replace(request.query(k=5), where=HEAD)).hits, store)
    told = [notice.text for notice in draft.notices if notice.code is NoticeCode.PROMPT_INJECTION]
    named = {"caption": "test:C1_image0, caption", "differential": "differential diagnosis"}.get(place, place)
    assert any(named in notice for notice in told)
    assert not any("Ignore" in notice for notice in told)  # the place is told, not the words


@pytest.mark.parametrize("part", ["history", "exam", "findings"])
def test_t35_an_order_in_what_the_user_wrote_is_told_to_the_reader(store, part):
    draft = write_draft(DraftRequest(**{part: f"Headache. {ORDERS[5]}"}), [], store)
    assert any(f"your {part}, characters 10-" in notice.text for notice in draft.notices)


@pytest.mark.parametrize("order", ORDERS)
def test_t35_every_order_of_the_corpus_is_noticed_where_it_stands(order):
    before = "Ring enhancing lesion in the left lobe. "
    spans = injection_spans(before + order.replace("{url}", "http://evil.invalid"))
    assert spans and spans[0][0] >= len(before)


def test_texts_of_honest_cases_are_not_suspected():
    assert [place for case in search_cases() for place in suspects_in_case(case)] == []
    for honest in (
        "NERVOUS SYSTEM: unremarkable. Respiratory system: clear.",
        "She reports that the patient was told to ignore the pain. Do not include the left lobe.",
        "See www.radiopaedia.org and https://doi.org/10.1000/1 for more.",
        "The mass acts as a valve. Sign of Hampton. Write-up as above. Open reduction.",
    ):
        assert injection_spans(honest) == []


def test_many_suspect_texts_are_told_in_few_words(store):
    cases = [replace(search_case(n, "Mass", "Mass."), sections={Section.FINDINGS: ORDERS[0]}) for n in range(20, 30)]
    with store.writer("a test") as writer:
        writer.write_cases(cases)
    from rag.drafts.prompt_injection import prompt_injection_notices

    told = [notice.text for notice in prompt_injection_notices(DraftRequest(), cases)]
    assert len(told) == 6 and told[0].startswith("Possible prompt injection") and "test:C20, findings" in told[0]
    assert told[-1] == "5 more texts look like prompt injection."
