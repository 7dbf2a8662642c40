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
from rag.chat.limits import Limits


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
    """Where things are and who acts. Each field is read from ``CASEGRAPH_`` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="CASEGRAPH_", frozen=True, extra="ignore")

    workspace: Path = Path("workspace")
    """Folder of the workspace."""
    documents: SecretStr | None = None
    """Where the documents are: ``sqlite`` (in the workspace), or ``mongodb://host/database``, which may carry a
    password."""
    graph: str | None = None
    """Where the graph is: ``embedded``, or ``bolt://host:7687``, ``bolt://host:7687/database``, ``neo4j://...``."""
    graph_database: str | None = None
    """Which of the server's databases, where the address of the graph does not say so."""
    graph_user: str = "neo4j"
    """User of the graph server."""
    graph_password: SecretStr = SecretStr("")
    """Password of that user."""
    vectors: str | None = None
    """What keeps and searches the vectors: ``faiss``, or another engine of `rag.index.opening`."""
    image_encoder: str | None = None
    """Encoder of images: a name as `clip.encoders` accepts it."""
    text_encoder: str | None = None
    """Encoder of texts: a name as `clip.encoders` accepts it."""
    reranker: str | None = None
    """A cross-encoder by name or folder; without one, search ends with the fusion."""
    language_model: str | None = None
    """Any chat model that LangChain's ``init_chat_model`` accepts, for example ``openai:gpt-4o-mini``; without one,
    drafts are composed from the evidence itself."""
    language_model_url: str | None = None
    """Address of the model's server; without it, the provider's own."""
    language_model_key: SecretStr | None = None
    """Key for that server."""
    language_model_timeout_s: PositiveFloat | None = None
    """Seconds that the whole answer may take, repeats included; without it, more the longer question and answer are."""
    language_model_prompt_tokens: PositiveInt = Limits.prompt_tokens
    """How much the model may be given; evidence longer than this is shortened, and the draft says so."""
    language_model_answer_tokens: PositiveInt = Limits.answer_tokens
    """How much the model may write; of an answer that does not end within it the finished statements are used."""
    actor: str = ""
    """Who is written down beside every change; without it, the login name."""

    manage: bool | None = None
    """Whether visitors of the app may fill, index and curate the workspace; without it, only on the machine that
    serves it."""

    ncbi_email: str = ""
    """Your e-mail address, which NCBI asks of everybody who fetches."""
    ncbi_api_key: SecretStr | None = None
    """Your key for NCBI's E-utilities: with one they take 10 requests a second, without 3."""
    ncbi_eutils_url: str = "https://eutils.ncbi.nlm.nih.gov"
    """Where the E-utilities are, or a mirror of them."""
    pmc_cloud_url: str = "https://pmc-oa-opendata.s3.amazonaws.com"
    """Where the cloud service of PubMed Central is, or a mirror of it."""
    pmc_oa_url: str = "https://www.ncbi.nlm.nih.gov"
    """Where the OA Web Service is, or a mirror of it."""
    pmc_packages_url: str = "https://ftp.ncbi.nlm.nih.gov"
    """Where the packages are that the OA Web Service links."""
    originals_urls: str = "https://openi.nlm.nih.gov https://medpix.nlm.nih.gov"
    """Hosts of which full-size images and pages of cases may be fetched, divided by blanks; links to others are not
    asked."""

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
