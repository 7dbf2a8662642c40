"""Drafts of findings reports, from similar cases, and their life: kept, reviewed, signed, edited, verified.

Beside them `Drafts.ask`: the same request, answered by a ranking of diagnoses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from casegraph.engines import Engines
from casegraph.filters import resolved
from casegraph.models import Models
from casegraph.search import Search
from ingest.images.decoding import DecodedImage
from ingest.notices import Notice
from ingest.store.filters import AllOf, Filter, OneOf
from ingest.vocabulary import Modality, Region
from kg.questions.telling_apart import Discriminator, telling_apart
from rag.ask import AskAnswer, RankedDiagnosis, ask_archive, asking_of
from rag.ask_reasons import Reason
from rag.drafting import DraftArchive, ask_graph_among, draft_from, in_its_region
from rag.drafts.draft import Draft
from rag.drafts.evidence import MAX_CASES, DraftRequest
from rag.drafts.formats import DraftFormat, written_as
from rag.drafts.language_model import LanguageModel, StatementProgress, ignore_statements, open_language_model
from rag.drafts.life_cycle import (
    KeptDraft,
    State,
    accept_statement,
    change_state,
    document_of,
    edit_draft,
    keep_draft,
    kept_drafts,
    require_draft,
)
from rag.drafts.numbered import NumberedDraft, NumberedStatement, numbered
from rag.drafts.render import LABEL, draft_document, label_of, nothing_said, to_text
from rag.drafts.statements import Citation, DraftSection, Origin, Statement, Subject
from rag.drafts.titles import title_of
from rag.drafts.verify import MAX_FILE_BYTES, Verification, verify_file
from rag.search.search import DEPTH

__all__ = [
    "LABEL",
    "MAX_CASES",
    "MAX_FILE_BYTES",
    "AskAnswer",
    "Citation",
    "Discriminator",
    "Draft",
    "DraftFormat",
    "DraftRequest",
    "DraftSection",
    "Drafts",
    "KeptDraft",
    "NumberedDraft",
    "NumberedStatement",
    "Origin",
    "RankedDiagnosis",
    "Reason",
    "State",
    "Statement",
    "Subject",
    "Verification",
    "document_of",
    "draft_document",
    "label_of",
    "nothing_said",
    "numbered",
    "title_of",
    "to_text",
    "written_as",
]


@dataclass(frozen=True)
class Drafts:
    """The drafts of one workspace."""

    _engines: Engines
    _search: Search
    _models: Models

    def write(
        self,
        request: DraftRequest,
        *,
        image: DecodedImage | None = None,
        where: str | Filter | None = None,
        cases: int = MAX_CASES,
        on_progress: StatementProgress = ignore_statements,
    ) -> Draft:
        """Draft a report from what is known of a scan and from similar cases.

        Parameters
        ----------
        image : DecodedImage, optional
            Classified for the section Technique, and compared with the images of the workspace.
        where : str or Filter, optional
            Only these cases may be stood on.
        cases : int
            How many similar cases it stands on, where so many are found.
        on_progress : callable
            Takes, while a language model writes, how many statements it has begun; none of them is checked yet.

        Raises
        ------
        InputError
            If `cases` is not 1 to `MAX_CASES`, or there is nothing to go by.
        """
        if image is not None:
            request = replace(self._classified(request, image), image_sha256=image.source_sha256)
        archive = DraftArchive(self._engines.store, self._search.cases, lambda: self._engines.graph)
        return draft_from(
            archive,
            request,
            images=(image.png,) if image else (),
            where=resolved(self._engines, where),
            cases=cases,
            language_model=self.language_model,
            on_progress=on_progress,
        )

    def _classified(self, request: DraftRequest, image: DecodedImage) -> DraftRequest:
        """Return the request with what the classifier says of its image."""
        predictions = {answer.task: answer for answer in self._models.classify(image).predictions}
        return replace(request, predictions=predictions)

    def ask(
        self,
        request: DraftRequest,
        *,
        image: DecodedImage | None = None,
        modality: Modality | None = None,
        region: Region | None = None,
        where: str | Filter | None = None,
        k: int = 10,
    ) -> AskAnswer:
        """Rank the diagnoses of cases like this one, from similar cases and from the graph.

        Parameters
        ----------
        modality, region : optional
            Only cases with an image of it are asked.
        where : str or Filter, optional
            Only these cases are asked.
        """
        engines, asked = self._engines, resolved(self._engines, where)
        said: tuple[Notice, ...] = ()
        if region is None:
            request = self._classified(request, image) if image is not None else request
            asked, said = in_its_region(engines.store, request, asked)
        named = [OneOf(name, (value,)) for name, value in (("modality", modality), ("region", region)) if value]
        parts = (*([asked] if asked else []), *named)
        condition = AllOf(parts) if parts else None
        query = request.query((image.png,) if image else (), k=DEPTH)
        found = self._search.cases(replace(query, where=condition))
        among = frozenset(engines.store.case_ids(condition))
        answer = ask_archive(
            asking_of(request),
            found.hits,
            engines.store,
            ask_graph_among(lambda: engines.graph, engines.store, condition),
            lambda leading, known: telling_apart(engines.graph, leading, known=known, among=among),
            k=k,
            cases=len(among),
        )
        return replace(answer, notices=(*said, *found.notices, *answer.notices))

    @property
    def language_model(self) -> LanguageModel | None:
        """The language model that the settings name, if any."""
        settings = self._engines.settings
        if settings.language_model is None:
            return None
        key = settings.language_model_key
        return open_language_model(
            settings.language_model,
            url=settings.language_model_url,
            key=key.get_secret_value() if key else None,
            limits=settings.language_model_limits,
        )

    def keep(self, document: Mapping[str, Any]) -> KeptDraft:
        """Keep a draft, given as `draft_document` writes it, to review and sign it."""
        return keep_draft(self._engines.store, document, actor=self._engines.settings.actor_name)

    def kept(self) -> list[KeptDraft]:
        """Return the kept drafts."""
        return kept_drafts(self._engines.store)

    def get(self, draft_id: str) -> KeptDraft:
        """Return one kept draft. Raises InputError where there is none."""
        return require_draft(self._engines.store, draft_id)

    def change_state(self, draft_id: str, state: State, *, name: str, reason: str | None = None) -> KeptDraft:
        """Review, sign or reject a draft in a person's name; see `rag.drafts.life_cycle.change_state`."""
        actor = self._engines.settings.actor_name
        return change_state(self._engines.store, draft_id, state, name=name, actor=actor, reason=reason)

    def accept(self, draft_id: str, statement: int, *, name: str, accepted: bool = True) -> KeptDraft:
        """Say that a statement may stand, or take that back; see `rag.drafts.life_cycle.accept_statement`."""
        actor = self._engines.settings.actor_name
        return accept_statement(self._engines.store, draft_id, statement, accepted=accepted, name=name, actor=actor)

    def edit(
        self, draft_id: str, statement: int, text: str | None, *, name: str, reason: str | None = None
    ) -> KeptDraft:
        """Make a new version with one statement reworded, or left out where `text` is None."""
        actor = self._engines.settings.actor_name
        return edit_draft(self._engines.store, draft_id, statement, text, name=name, actor=actor, reason=reason)

    def verify(self, data: bytes) -> Verification:
        """Tell whether the bytes of a file are a kept draft as it was written."""
        return verify_file(data, self._engines.store)
