"""A question is the longest of those offered that the model takes, and the answer has what is left of its context."""

from __future__ import annotations

import pytest
from scripted_model import TOKENIZE, scripted_model

from ingest.errors import InputError
from rag.chat.fitting import BYTES_PER_TOKEN, MESSAGE_TOKENS, fit_question
from rag.chat.limits import Limits
from rag.chat.serving import Server


def of(words):
    """Return a question of so many words, ten letters each with their space."""
    return [("human", " ".join(["neoplasia"] * words))]


def offered(*lengths):
    return [of(words) for words in lengths]


@pytest.fixture
def server():
    """Return a function that asks as a server of such a context would have it, and counts words."""

    def fit(questions, limits, **told):
        props = {"/props": {"default_generation_settings": told}} if told else {}
        with scripted_model(lambda request: "", told={**props, TOKENIZE: {}}) as model:
            return fit_question(questions, limits, Server(model.url, "m"), "model 'm'")

    return fit


def test_without_a_count_a_question_is_rather_thought_longer_than_it_is():
    limits = Limits(prompt_tokens=300)
    found = fit_question(offered(100, 50, 10), limits, None, "model 'm'")
    assert found.place == 1 and found.messages == tuple(of(50))
    assert found.length.estimated and found.length.tokens == MESSAGE_TOKENS + 500 // BYTES_PER_TOKEN
    assert found.answer_tokens == limits.answer_tokens


def test_what_the_estimate_finds_too_long_is_counted_where_the_server_counts(server):
    found = server(offered(100, 50), Limits(prompt_tokens=300))
    assert (found.place, found.length.tokens, found.length.estimated) == (0, MESSAGE_TOKENS + 100, False)


def test_a_question_fits_into_the_context_and_the_answer_has_the_rest(server):
    found = server(offered(100, 50, 10), Limits(prompt_tokens=300), n_ctx=120)
    assert found.place == 1
    assert found.length.tokens + found.answer_tokens == 120
    long = server(offered(100, 50, 10), Limits(prompt_tokens=300, answer_tokens=400), n_ctx=4096)
    assert (long.place, long.answer_tokens) == (0, 400)


def test_where_nothing_fits_the_figures_and_the_remedy_are_told(server):
    with pytest.raises(InputError, match=r"about \d+ tokens \(estimated.*may be given 20\..*raise CASEGRAPH_.*PROMPT"):
        fit_question(offered(100, 50), Limits(prompt_tokens=20), None, "model 'm'")
    with pytest.raises(InputError, match=r"has 66 tokens even.*given 30 in its context of 40\..*a longer context"):
        server(offered(100, 50), Limits(prompt_tokens=300), n_ctx=40)
