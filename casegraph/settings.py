"""The settings of one run, read once at the edge from the environment (``CASEGRAPH_...``) and the command line.

A workspace remembers its addresses in ``casegraph.json``, never a password; what is set here goes before what the
workspace remembers.
"""

from __future__ import annotations

import getpass
from pathlib import Path

from pydantic import PositiveFloat, PositiveInt, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.errors import InputError
from rag.chat.chat import Limits


def read_settings(**given: object) -> Settings:
    """Return the settings of the environment, with what is given instead.

    Raises
    ------
    InputError
        If one is not of its kind; the message names the setting and not its value, which may be secret.
    """
    try:
        return Settings(**given)  # pyright: ignore[reportArgumentType]
    except ValidationError as error:
        faults = "; ".join(
            f"CASEGRAPH_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors()
        )
        raise InputError(f"a setting cannot be used. {faults}.") from error


class Settings(BaseSettings):
    """Where things are and who acts.

    Attributes
    ----------
    workspace : Path
        Folder of the workspace.
    documents : SecretStr or None
        ``sqlite``, or ``mongodb://host/database``; may carry a password.
    graph : str or None
        ``embedded``, or ``bolt://host:7687``, ``bolt://host:7687/database``, ``neo4j://...``.
    graph_database : str or None
        Which of the server's databases, where the address of the graph does not say so.
    vectors : str or None
        ``faiss``, or another engine of `rag.index.opening`.
    image_encoder, text_encoder : str or None
        Names as `clip.encoders` accepts them.
    reranker : str or None
        A cross-encoder by name or folder; without one, search ends with the fusion.
    language_model : str or None
        Any chat model that LangChain's ``init_chat_model`` accepts, for example ``openai:gpt-4o-mini``.
    language_model_timeout_s, language_model_prompt_tokens, language_model_answer_tokens
        How long it may take in all, and how much it may be given and write.
    actor : str
        Who is written down beside every change.
    """

    model_config = SettingsConfigDict(env_prefix="CASEGRAPH_", frozen=True, extra="ignore")

    workspace: Path = Path("workspace")
    documents: SecretStr | None = None
    graph: str | None = None
    graph_database: str | None = None
    graph_user: str = "neo4j"
    graph_password: SecretStr = SecretStr("")
    vectors: str | None = None
    image_encoder: str | None = None
    reranker: str | None = None
    text_encoder: str | None = None
    language_model: str | None = None
    language_model_url: str | None = None
    language_model_key: SecretStr | None = None
    language_model_timeout_s: PositiveFloat = Limits.time_s
    language_model_prompt_tokens: PositiveInt = Limits.prompt_tokens
    language_model_answer_tokens: PositiveInt = Limits.answer_tokens
    actor: str = ""

    @property
    def language_model_limits(self) -> Limits:
        """What a language model may take."""
        return Limits(
            self.language_model_timeout_s, self.language_model_prompt_tokens, self.language_model_answer_tokens
        )

    @property
    def actor_name(self) -> str:
        """The acting person: as set, else the login name."""
        return self.actor.strip() or getpass.getuser()
