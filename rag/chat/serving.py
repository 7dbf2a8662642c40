"""What a server tells beside its chat: how long its context is, and how many tokens a text has.

llama-server tells its context at ``/props`` and vLLM at ``/v1/models``; both count at ``/tokenize``. A server that does
neither is none the worse: its tokens are estimated.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rag.chat.json_values import is_array, is_object
from rag.chat.listening import listen

TOLD_S = 2.0  # a server tells such things at once, or is busy with another question


@dataclass(frozen=True)
class Server:
    """A server by its address, which may end in ``/v1``."""

    url: str
    model: str
    key: str | None = field(default=None, repr=False)

    def context_tokens(self) -> int | None:
        """Return how many tokens question and answer may have together, if the server tells."""
        told = self._told("GET", "/props")
        settings = told.get("default_generation_settings") if told else None
        if is_object(settings) and (tokens := _number(settings.get("n_ctx"))):
            return tokens
        models = (self._told("GET", "/v1/models") or {}).get("data") if told is not None else None
        found = [one for one in models if is_object(one)] if is_array(models) else []
        named = [one for one in found if one.get("id") == self.model] or found
        return _number(named[0].get("max_model_len")) if named else None

    def count(self, text: str) -> int | None:
        """Return how many tokens a text has, if the server counts."""
        told = self._told("POST", "/tokenize", {"model": self.model, "prompt": text, "content": text})
        if not told:
            return None
        tokens = told.get("tokens")
        return _number(told.get("count")) or (len(tokens) if is_array(tokens) and tokens else None)

    def _told(self, method: str, path: str, body: Mapping[str, str] | None = None) -> Mapping[str, Any] | None:
        """Return what a server answers there: nothing where it knows no such place, None where it does not answer."""
        import httpx

        address = f"{self.url.rstrip('/').removesuffix('/v1')}{path}"
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            (answer,) = listen(
                lambda: iter([httpx.request(method, address, json=body, headers=headers, timeout=TOLD_S)]),
                time.monotonic() + TOLD_S,
            )
            told: Any = answer.json() if answer.is_success else None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError):
            return None
        except (ValueError, RecursionError):
            return {}
        return told if is_object(told) else {}


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
