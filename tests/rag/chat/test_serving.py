"""What a model's server tells of its context and of the tokens of a text, or does not."""

from __future__ import annotations

import time

import pytest
from faulty_server import Fault, faulty_server
from scripted_model import TOKENIZE, scripted_model

from rag.chat.serving import TOLD_S, Server

LLAMA = {"/props": {"default_generation_settings": {"n_ctx": 4096}}, TOKENIZE: {}}
MODELS = {"/v1/models": {"data": [{"id": "other", "max_model_len": 7}, {"id": "named", "max_model_len": 8192}]}}


def asked(told):
    """Return the context, the count of three words, and the keys sent for them."""
    with scripted_model(lambda request: "", told=told) as model:
        server = Server(model.url, "named", "secret")
        return server.context_tokens(), server.count("one two three"), set(model.keys)


@pytest.mark.parametrize(
    ("told", "context", "count"),
    [
        (LLAMA, 4096, 3),
        (MODELS, 8192, None),
        ({}, None, None),
        ({"/props": {"default_generation_settings": "none"}, "/v1/models": {"data": "none"}}, None, None),
        ({"/props": {"default_generation_settings": {"n_ctx": True}}}, None, None),
        ({"/v1/models": {"data": [{"id": "named", "max_model_len": -1}]}}, None, None),
    ],
)
def test_a_server_tells_its_context_and_counts_or_does_not(told, context, count):
    assert asked(told) == (context, count, {"Bearer secret"})


@pytest.mark.parametrize("fault", Fault)
def test_a_server_that_fails_tells_nothing_and_keeps_nobody_waiting(fault):
    with faulty_server(fault=fault) as faulty:
        begun = time.monotonic()
        assert Server(f"http://127.0.0.1:{faulty.port}/v1", "named").context_tokens() is None
        assert time.monotonic() - begun < TOLD_S + 5  # and what a machine shared with others may stand still
        assert faulty.calls <= 1


def test_the_key_shows_in_no_repr():
    assert "secret" not in repr(Server("http://127.0.0.1:9/v1", "named", "secret"))
