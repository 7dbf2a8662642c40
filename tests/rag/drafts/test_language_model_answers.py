"""Language models as they answer, over HTTP and the real clients: around the answer, and where they refuse."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from scripted_model import at_once, evidence_table, scripted_model, statements

from ingest.errors import EngineError, EngineRefused, EngineUnreachable, InputError
from ingest.notices import Notice, NoticeCode
from ingest.store.filters import OneOf
from rag.chat.chat import ATTEMPTS
from rag.chat.limits import Limits
from rag.drafts.draft import write_draft
from rag.drafts.evidence import DraftRequest
from rag.drafts.language_model import open_language_model

pytest.importorskip("langchain_openai")
pytest.importorskip("langchain_ollama")

FINDINGS = "Ring enhancing lesion in the right parietal lobe."
REQUEST = DraftRequest(findings=FINDINGS)
SECRET = "sk-do-not-show"
SERVERS = ("openai", "ollama")
SAID = "4 of 5 similar cases report edema."
FALSE = statements(("Findings", "similar cases", "A thought that is no answer.", []))


@pytest.fixture
def hits(search):
    return search.search(replace(REQUEST.query(k=5), where=OneOf("region", ("Head",)))).hits


def draft_by(script, hits, store, *, server="openai", name="scripted", key=SECRET):
    with scripted_model(script) as model:
        url = model.url if server == "openai" else model.url.removesuffix("/v1")
        chat = open_language_model(f"{server}:{name}", url=url, key=key, limits=Limits(20))
        return write_draft(REQUEST, hits, store, language_model=chat), model


def honest(asked):
    edema = [row["id"] for row in evidence_table(asked)["evidence"] if row["name"] == "edema"]
    return statements(("Findings", "similar cases", SAID, edema))


def said(draft):
    """Return what a draft says after what the user wrote."""
    first, *others = draft.statements
    assert first.text == FINDINGS
    return [statement.text for statement in others]


def sends(asked, name):
    return asked.get(name) is not None and asked[name] is not False


def refusing(status, **error):
    return status, json.dumps({"error": {"type": "invalid_request_error", "param": None, "code": None, **error}})


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    "around",
    [
        "```json\n{}\n```",
        "```\r\n{}\r\n```\r\n",
        "~~~json\n{}\n~~~",
        f"<think>Perhaps {FALSE}?</think>\n\n{{}}",
        f"<thinking>\n{FALSE}\n</thinking>{{}}",
        f"Perhaps {FALSE}?\n</think>\n```json\n{{}}\n```",
        f"◁think▷{FALSE}◁/think▷{{}}",
        f"<|channel|>analysis<|message|>{FALSE}<|end|><|channel|>final<|message|>{{}}",
        "<think>I had better answer.\n{}",
        'Here is the {{JSON}} of form {{"statements": ...}}:\n\n{}',
        "{}\n\nI hope that this helps {{you}}. [Done]",
        "\ufeff{}",
    ],
)
def test_a_right_answer_is_used_whatever_stands_around_it(hits, store, server, around):
    def script(asked):
        return around.replace("{}", honest(asked))

    draft, model = draft_by(script, hits, store, server=server)
    assert said(draft) == [SAID] and draft.dropped == ()
    assert draft.author == f"{server}:scripted" and len(model.requests) == 1


def test_two_answers_that_differ_are_none(hits, store):
    with pytest.raises(EngineError, match="several answers that differ"):
        draft_by(lambda asked: f"{honest(asked)} or {FALSE}", hits, store)


def test_a_damaged_answer_keeps_the_statements_that_can_be_read_and_says_so(hits, store):
    draft, _ = draft_by(lambda asked: f'{honest(asked)[:-2]}, {{"section": oops]}}', hits, store)
    assert said(draft) == [SAID]
    assert any("answer is damaged" in notice.text for notice in draft.notices)


@pytest.mark.parametrize(
    ("field", "named", "refusal"),
    [
        (
            "temperature",
            "temperature",
            refusing(
                400,
                message="Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) "
                "value is supported.",
                param="temperature",
                code="unsupported_value",
            ),
        ),
        ("temperature", "temperature", refusing(400, message="invalid temperature: only 1 is allowed for this model")),
        ("response_format", "response_format", refusing(400, message="This response_format type is unavailable now")),
        ("response_format", "response_format", refusing(501, message="structured outputs are not implemented")),
        (
            "max_completion_tokens",
            "max_tokens",
            (422, '{"detail": [{"loc": ["body", "max_completion_tokens"], "msg": "Extra inputs are not permitted"}]}'),
        ),
        (
            "max_completion_tokens",
            "max_tokens",
            refusing(400, message="max_tokens is too large: 8000", param="max_tokens"),
        ),
        (
            "stream",
            "stream",
            refusing(400, message="Your organization must be verified to stream this model.", param="stream"),
        ),
    ],
)
def test_what_a_model_does_not_take_is_left_out_and_that_is_said(hits, store, field, named, refusal):
    draft, model = draft_by(lambda asked: refusal if sends(asked, field) else honest(asked), hits, store)
    first, second = model.requests
    left_out = {name for name in first if sends(first, name) and not sends(second, name)}
    assert left_out == {field}  # and nothing else
    assert said(draft) == [SAID]
    left = f"The language model does not take '{named}': it was asked again without."
    assert Notice(NoticeCode.MODEL, left) in draft.notices


def test_several_that_a_model_does_not_take_are_left_out_one_by_one(hits, store):
    def script(asked):
        for name in ("temperature", "response_format", "stream"):
            if sends(asked, name):
                return refusing(400, message=f"Unsupported parameter: '{name}'", param=name)
        if any(message["role"] == "system" for message in asked["messages"]):
            return refusing(400, message="System role not supported")
        assert "JSON schema" in asked["messages"][0]["content"]  # the form is told in words instead
        return f"```json\n{honest(asked)}\n```"

    draft, model = draft_by(script, hits, store)
    assert said(draft) == [SAID] and len(model.requests) == 5


def test_a_model_that_refuses_all_and_everything_is_asked_a_few_times_only(hits, store):
    with pytest.raises(EngineRefused, match="Unsupported value: 'temperature'"):
        draft_by(lambda asked: refusing(400, message="Unsupported value: 'temperature'"), hits, store)
    asked = []
    refusal = refusing(400, message="temperature, response_format, max_tokens, stream, system role: all unsupported")
    with pytest.raises(EngineRefused, match=r"refused the request \(HTTP 400: temperature, response_format"):
        draft_by(lambda request: (asked.append(1), refusal)[1], hits, store)
    assert len(asked) == 6


def test_a_server_that_does_not_stream_though_asked_to_is_heard(hits, store):
    draft, model = draft_by(lambda asked: (200, at_once(honest(asked))), hits, store)
    assert said(draft) == [SAID] and len(model.requests) == 2
    assert any("'stream'" in notice.text for notice in draft.notices)


def test_an_old_ollama_that_takes_no_schema_is_asked_in_words(hits, store):
    refusal = '{"error": "json: cannot unmarshal object into Go struct field ChatRequest.format of type string"}'
    draft, model = draft_by(
        lambda asked: (400, refusal) if asked.get("format") else honest(asked), hits, store, server="ollama"
    )
    assert said(draft) == [SAID] and len(model.requests) == 2


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            refusing(
                400,
                message="This model's maximum context length is 4096 tokens. However, you requested 12000 tokens.",
                code="context_length_exceeded",
            ),
            "4096 tokens.*12000 tokens.*CASEGRAPH_LANGUAGE_MODEL_PROMPT_TOKENS",
        ),
        (
            refusing(404, message="The model `gpt-9` does not exist", code="model_not_found"),
            "gpt-9.*name of the model: CASEGRAPH_LANGUAGE_MODEL",
        ),
        ((404, '{"detail": "Not Found"}'), "Not Found.*address.*/v1"),
        ((404, "<html><head><title>404</title></head><body>nginx</body></html>"), "HTTP 404: 404 nginx.*address"),
        (refusing(401, message=f"Incorrect API key provided: {SECRET}."), r"key provided: \[key\].*MODEL_KEY"),
        (refusing(402, message="Insufficient Balance"), "Insufficient Balance.*top it up"),
        (refusing(413, message="Request too large"), "too long for it: use fewer cases"),
        ((400, '{"object": "error", "message": "no such thing", "code": 400}'), "HTTP 400: no such thing"),
        ((400, "\x1b[31mplain\nwords"), "HTTP 400: .*plain words"),
    ],
)
def test_a_refusal_gives_the_servers_own_reason_and_the_remedy(hits, store, answer, told):
    with pytest.raises(EngineRefused, match=told) as caught:
        draft_by(lambda asked: answer, hits, store)
    assert SECRET not in str(caught.value) and not {"\n", "\x1b", "<"} & set(str(caught.value))


def test_an_account_without_quota_is_not_asked_again(hits, store):
    asked = []
    refusal = refusing(429, message="You exceeded your current quota", code="insufficient_quota")
    with pytest.raises(EngineRefused, match=r"exceeded your current quota.*top it up"):
        draft_by(lambda request: (asked.append(1), refusal)[1], hits, store)
    assert len(asked) == 1 < ATTEMPTS


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_reason_shows_nothing_of_the_question_and_no_key(hits, store, status):
    def echoing(asked):
        return status, json.dumps({"error": {"message": f"Bad request: {json.dumps(asked)} {SECRET}", "code": None}})

    with pytest.raises(EngineError, match="Bad request") as caught:
        draft_by(echoing, hits, store)
    told = str(caught.value).casefold()
    assert not [word for word in ("ring", "enhanc", "parietal", "lobe", "edema", SECRET) if word in told]
    assert len(told) < 600


@pytest.mark.parametrize("key", [f"{SECRET}\n", f"{SECRET}\r\n", f"\ufeff {SECRET}\t"])
def test_a_key_is_trimmed(hits, store, key):
    draft, model = draft_by(honest, hits, store, key=key)
    assert model.requests[0]["authorization"] == f"Bearer {SECRET}" and said(draft) == [SAID]


def test_the_providers_own_key_is_trimmed_too(hits, store, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", f"{SECRET}\n")
    _, model = draft_by(honest, hits, store, key="\n")
    assert model.requests[0]["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("key", ["sk-do\nnot-show", "sk-do\u200bnot-show", "sk-dö-not-show"])
def test_a_key_that_no_header_takes_is_refused_by_the_name_of_its_setting(key):
    with pytest.raises(InputError, match="CASEGRAPH_LANGUAGE_MODEL_KEY") as caught:
        open_language_model("openai:x", url="http://127.0.0.1:9", key=key)
    assert "show" not in str(caught.value)


def test_an_address_is_trimmed_or_refused_by_the_name_of_its_setting():
    assert open_language_model(" openai:x\n", url=" http://127.0.0.1:9/v1\n", key="x").name == "openai:x"
    for url in ("http://127.0.0.1:9/\nv1", "127.0.0.1:9/v1"):
        with pytest.raises(InputError, match="CASEGRAPH_LANGUAGE_MODEL_URL"):
            open_language_model("openai:x", url=url, key="x")


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:1", "does not listen there"),
        ("http://no-such-host.invalid", "no such host"),
    ],
)
def test_a_server_that_is_not_reached_says_why(hits, store, server, url, told):
    chat = open_language_model(f"{server}:x", url=url, key=SECRET, limits=Limits(10))
    with pytest.raises(EngineUnreachable, match=f"{told}.*CASEGRAPH_LANGUAGE_MODEL_URL"):
        write_draft(REQUEST, hits, store, language_model=chat)


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_without_tls_says_so(hits, store, server):
    with scripted_model(honest) as model:
        url = model.url.replace("http://", "https://")
        chat = open_language_model(f"{server}:x", url=url, key=SECRET, limits=Limits(10))
        with pytest.raises(EngineUnreachable, match="does not speak TLS"):
            write_draft(REQUEST, hits, store, language_model=chat)


def test_a_model_that_declines_is_told_as_such(hits, store):
    piece = {"index": 0, "delta": {"role": "assistant", "refusal": "I will not."}, "finish_reason": "stop"}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [piece]}
    with pytest.raises(EngineError, match=r"declined to answer"):
        draft_by(lambda asked: (200, f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n"), hits, store)
