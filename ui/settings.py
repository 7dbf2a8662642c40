"""The settings of one run, read once at the edge from the environment (``CASEGRAPH_...``) and the command line.

A workspace remembers its addresses in ``casegraph.json``, never a password; what is set here goes before what the
workspace remembers.
"""

from __future__ import annotations

import getpass
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where things are and who acts.

    Attributes
    ----------
    workspace : Path
        Folder of the workspace.
    documents : SecretStr or None
        ``sqlite``, or ``mongodb://host/database``; may carry a password.
    graph : str or None
        ``embedded``, or ``bolt://host:7687``, ``neo4j://...``.
    image_encoder, text_encoder : str or None
        Names as `clip.encoders` accepts them.
    language_model : str or None
        Any chat model that LangChain's ``init_chat_model`` accepts, for example ``openai:gpt-4o-mini``.
    actor : str
        Who is written down beside every change.
    """

    model_config = SettingsConfigDict(env_prefix="CASEGRAPH_", frozen=True, extra="ignore")

    workspace: Path = Path("workspace")
    documents: SecretStr | None = None
    graph: str | None = None
    graph_user: str = "neo4j"
    graph_password: SecretStr = SecretStr("")
    image_encoder: str | None = None
    text_encoder: str | None = None
    language_model: str | None = None
    language_model_url: str | None = None
    language_model_key: SecretStr | None = None
    actor: str = ""

    @property
    def actor_name(self) -> str:
        """The acting person: as set, else the login name."""
        return self.actor.strip() or getpass.getuser()
