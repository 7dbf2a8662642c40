"""The workspace: the only place where the stations of the road are joined.

Its engines are opened by `ui.workspace.engines`, its documents asked by `ui.workspace.documents`; here are the
projections, the search, the drafts and whatever needs more than one station.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.curation.decisions import Box
from ingest.curation.derived import derived_image, require_crop_box
from ingest.deletion import DeletionReport, delete_case, finish_deletions
from ingest.errors import DamagedFile, EngineError, InputError, StaleProjection
from ingest.images.decoding import DecodedImage
from ingest.images.rules import MAX_FILE_BYTES
from ingest.progress import ProgressCallback, ignore_progress
from ingest.store.filters import AllOf, Filter, OneOf
from ingest.store.lock import writer_lock
from ingest.store.stored_form import utc_now, written_at
from ingest.vocabulary import Modality, Region
from kg.projection.project import covered_sequence
from kg.questions.differential import differential
from kg.schema import Label
from rag.ask import MAX_DIAGNOSES, AskAnswer, Asking, ask_archive, findings_asked
from rag.drafts.consistency import consistency_warnings
from rag.drafts.draft import Draft, write_draft
from rag.drafts.evidence import DraftRequest
from rag.drafts.language_model import LanguageModel, StatementProgress, ignore_statements, open_language_model
from rag.index.indexing import index_states
from rag.search.query import Query
from rag.search.search import DEPTH, SearchAnswer
from ui.workspace.classification import Classification, classify_image, names_of_labels, names_of_own_labels
from ui.workspace.doctor import Examination, clear_leftovers, examine
from ui.workspace.documents import WorkspaceDocuments, as_filter
from ui.workspace.indexing import INDEX_LOCK, WorkspaceIndexReport, index_workspace
from ui.workspace.status import GraphState, WorkspaceStatus, workspace_status
from ui.workspace.way_back import ENCODERS

if TYPE_CHECKING:
    from clip.classification.zero_shot import ZeroShotAnswer


class Workspace(WorkspaceDocuments):
    """One workspace, open. Use `Workspace.open`; safe to use from several threads."""

    def index(self, *, rebuild: bool = False, on_progress: ProgressCallback = ignore_progress) -> WorkspaceIndexReport:
        """Bring graph, vectors and classifier up to the documents, and end deletions that were interrupted.

        What the settings name is kept by the workspace once all of it is done.

        Raises
        ------
        BusyError
            If another process does so.
        """
        finish_deletions(self.store, self.objects, actor=self.settings.actor_name)
        cases = self.store.count()
        self._follow_encoders()
        refit = cases >= 2 * self.memory.fitted_on_cases
        models = self._new_models()  # for this run alone: one that fails leaves those of the search as they are
        models.require_loadable()
        with self._lock, writer_lock(self.folder / INDEX_LOCK, since=written_at(utc_now)):
            report = index_workspace(
                self.store,
                self.objects,
                self.graph,
                models,
                self.vectors,
                rebuild=rebuild,
                refit=refit,
                on_progress=on_progress,
            )
        if cases and (rebuild or refit):
            self.memory = replace(self.memory, fitted_on_cases=cases)
        self._opened |= {"documents", "graph", "vectors", *ENCODERS}
        self.keep(fitted_on_cases=self.memory.fitted_on_cases)
        self._models = models
        return report

    def status(self) -> WorkspaceStatus:
        """Say what the workspace holds and how far its projections lag."""
        try:
            state = GraphState(self.memory.graph, covered_sequence(self.graph))
        except EngineError as error:
            state = GraphState(self.memory.graph, None, str(error))
        return workspace_status(self.store, state, index_states(self.vectors))

    def delete(self, case_id: str) -> DeletionReport:
        """Delete a case from the documents, with the images that no other case has; `index` brings the rest after.

        Interrupted anywhere, the next `index` ends it.

        Raises
        ------
        UnknownCase
            If there is no such case.
        """
        return delete_case(self.store, self.objects, case_id, actor=self.settings.actor_name)

    def doctor(self) -> Examination:
        """Look for every disagreement of documents, images, graph and vectors."""
        return examine(
            self.store, self.objects, lambda: self.graph, self.models, vectors=self.vectors, folder=self.folder
        )

    def mend(self, *, on_progress: ProgressCallback = ignore_progress) -> None:
        """Clear away what killed processes left, and rebuild graph and vectors where they disagree.

        Documents and images stay as they are.
        """
        clear_leftovers(self.store, self.vectors, self.folder, actor=self.settings.actor_name)
        finish_deletions(self.store, self.objects, actor=self.settings.actor_name)
        if self.doctor().projections_differ:
            self.index(rebuild=True, on_progress=on_progress)

    def search(self, query: Query) -> SearchAnswer:
        """Find similar cases; what is written of one and its images do not look like is told."""
        answer = self.finder.search(query)
        try:
            doubts = [doubt for hit in answer.hits for doubt in self.consistency_warnings(hit.case_id)]
        except (StaleProjection, DamagedFile) as error:
            doubts = [f"The images of these cases were not judged: {error}"]
        return replace(answer, notices=(*answer.notices, *doubts))

    def consistency_warnings(self, case_id: str) -> list[str]:
        """Return what is written of a case and its images do not look like, in sentences.

        Raises
        ------
        UnknownCase
            If there is no such case.
        StaleProjection, DamagedFile
            If the classifier cannot be used.
        """
        found = self.case(case_id)
        return consistency_warnings(found, self.finder.images.vectors_of(found.case_id), self.models.classifier)

    def similar_to_text(self, text: str, *, k: int = 10, where: str | Filter | None = None) -> SearchAnswer:
        """Find cases by words."""
        return self.search(Query(text=text, k=k, where=as_filter(where)))

    def similar_to_image(self, image: bytes | Path, *, k: int = 10, where: str | Filter | None = None) -> SearchAnswer:
        """Find cases by an image: a PNG, JPEG or DICOM file, or its bytes."""
        return self.search(Query(images=(self.decode(image).png,), k=k, where=as_filter(where)))

    def similar_to_case(self, case_id: str, *, k: int = 10, where: str | Filter | None = None) -> SearchAnswer:
        """Find cases by a case; never the case itself."""
        return self.search(Query(case_id=self.case(case_id).case_id, k=k, where=as_filter(where)))

    def decode(self, image: bytes | Path) -> DecodedImage:
        """Decode an image from outside in a child process.

        Raises
        ------
        InputError
            If there is no such file.
        RejectedFile
            If it is no image that we accept.
        """
        return self.decoder.decode(_read(image) if isinstance(image, Path) else image)

    def _decoded(self, image: bytes | Path | DecodedImage) -> DecodedImage:
        return image if isinstance(image, DecodedImage) else self.decode(image)

    def region_of(self, image: DecodedImage, box_px: Box) -> DecodedImage:
        """Return a region of an image, given as left, top, right, bottom in its pixels. Raises InputError."""
        require_crop_box(box_px, image.width_px, image.height_px)
        return derived_image(image.png, (), box_px)

    def classify(self, image: bytes | Path | DecodedImage, *, neighbours: int = 3) -> Classification:
        """Tell modality, plane, depiction, region and location of an image."""
        decoded = self._decoded(image)
        return classify_image(decoded, self.models, self.finder.images, self.store, neighbours=neighbours)

    def zero_shot(
        self, image: bytes | Path | DecodedImage, *, labels: Sequence[str] | None = None
    ) -> list[ZeroShotAnswer]:
        """Name an image by words alone, without trained heads.

        Parameters
        ----------
        labels : sequence of str, optional
            What to choose from; by default, for each task, the labels of the workspace's own images.

        Raises
        ------
        InputError
            If the image encoder knows no words, or there are fewer than two labels to choose from.
        """
        from clip.classification.zero_shot import open_zero_shot

        decoded = self._decoded(image)
        cases = (stored.case for stored in self.store.cases())
        names = names_of_labels(cases) if labels is None else names_of_own_labels(labels)
        return open_zero_shot(self.models.image_encoder, names).classify(decoded.png)

    def heat_map(self, image: bytes | Path | DecodedImage, task: str) -> bytes:
        """Return the image as PNG, red where hiding a part costs the answer of the task its probability."""
        from clip.classification.heat_map import heat_map, overlay

        decoded = self._decoded(image)
        return overlay(decoded.png, heat_map(self.models.classifier, decoded.png, task))

    def draft(
        self,
        request: DraftRequest,
        *,
        image: DecodedImage | None = None,
        where: Filter | None = None,
        on_progress: StatementProgress = ignore_statements,
    ) -> Draft:
        """Draft a report from what is known of a scan and from similar cases.

        Parameters
        ----------
        image : DecodedImage, optional
            Classified for the section Technique, and compared with the images of the workspace.
        where : Filter, optional
            Only these cases may be stood on.
        on_progress : callable
            Takes, while a language model writes, how many statements it has begun; none of them is checked yet.
        """
        if image is not None:
            predictions = {answer.task: answer for answer in self.classify(image).predictions}
            request = replace(request, predictions=predictions)
        query = request.query(png=image.png if image else None)
        answer = self.search(replace(query, where=where))
        return write_draft(
            request,
            answer.hits,
            self.store,
            language_model=self.language_model,
            on_progress=on_progress,
            notices=answer.notices,
        )

    def ask(
        self,
        request: DraftRequest,
        *,
        image: DecodedImage | None = None,
        modality: Modality | None = None,
        region: Region | None = None,
        where: Filter | None = None,
        k: int = 10,
    ) -> AskAnswer:
        """Rank the diagnoses of cases like this one, from similar cases and from the graph.

        Parameters
        ----------
        modality, region : optional
            Only cases with an image of it are asked.
        where : Filter, optional
            Only these cases are asked.
        """
        named = [OneOf(name, (value,)) for name, value in (("modality", modality), ("region", region)) if value]
        parts = (*([where] if where else []), *named)
        condition = AllOf(parts) if parts else None
        query = request.query(png=image.png if image else None, k=DEPTH)
        found = self.search(replace(query, where=condition))
        allowed = frozenset(self.store.case_ids(condition))
        present, absent = findings_asked(request.findings)
        answer = ask_archive(
            Asking(present, absent, request.age_years, request.sex),
            found.hits,
            self.store,
            lambda yes, no: differential(self.graph, yes, absent=no, among=allowed, limit=MAX_DIAGNOSES),
            k=k,
            cases=len(allowed),
        )
        return replace(answer, notices=(*found.notices, *answer.notices))

    @property
    def language_model(self) -> LanguageModel | None:
        """The language model that the settings name, if any."""
        settings = self.settings
        if settings.language_model is None:
            return None
        key = settings.language_model_key
        return open_language_model(
            settings.language_model,
            url=settings.language_model_url,
            key=key.get_secret_value() if key else None,
            limits=settings.language_model_limits,
        )

    def node_key(self, named: str) -> str:
        """Return the key of the graph's node that a reader named: ``Label:key``, or the id of a case."""
        if named.partition(":")[0] in set(Label):
            return named
        return f"{Label.CASE}:{self.case(named).case_id}"


def _read(path: Path) -> bytes:
    """Return the bytes of a file that the user named, links followed; no more than decoding would take."""
    if not path.is_file():
        raise InputError(f"there is no file '{path}'. Name a PNG, JPEG or DICOM file.")
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror}. Check its permissions.") from error
