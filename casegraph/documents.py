"""The documents of a workspace: read sources in, look cases up, page and count them, take subsets out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casegraph.difference import Difference, Foresight
from casegraph.engines import Engines
from casegraph.filters import resolved
from ingest.case import Case, Image
from ingest.curation.understood import FieldCount
from ingest.deletion import DeletionReport, delete_case, unfinished_deletions
from ingest.errors import InputError
from ingest.export import ExportReport, export_cases
from ingest.images.thumbnail import thumbnail
from ingest.load import IngestReport, ingest
from ingest.progress import ProgressCallback, ReadingCallback, ignore_progress, ignore_reading
from ingest.sample.release import write_sample
from ingest.sources.registry import SOURCES
from ingest.store.filters import AllOf, AnyOf, Contains, Filter, Not, OneOf
from ingest.store.interface import Page, StoredCase
from ingest.store.lookup import find_image
from ingest.store.views import view_named
from ingest.subsets.zipped import folder_for, write_zip

__all__ = [
    "CaseSummary",
    "DeletionReport",
    "Difference",
    "Documents",
    "ExportReport",
    "FieldCount",
    "FoundTitles",
    "IngestReport",
    "Page",
    "expected_sources",
    "summary_of",
]

SAVED_QUERY = "query"
ZIP = ".zip"
MAX_TITLE_WORDS = 20  # of those that somebody looks for in titles; more are no title that a person types


@dataclass(frozen=True)
class CaseSummary:
    """One case in short, as a table shows it.

    Attributes
    ----------
    short_id : str
        The id without its source.
    modalities, regions : tuple of str
        Those of its images, sorted.
    images : int
        How many it has.
    status : str
        ``complete`` or ``partial``.
    sequence : int
        The change of the documents that wrote it.
    """

    case_id: str
    short_id: str
    title: str
    age_years: float | None
    sex: str | None
    modalities: tuple[str, ...]
    regions: tuple[str, ...]
    images: int
    diagnosis: str | None
    split: str | None
    status: str
    sequence: int


@dataclass(frozen=True)
class FoundTitles:
    """What the cases are called that somebody looks for: the first of them by id, and how many there are in all."""

    titles: Mapping[str, str]
    total: int


def summary_of(stored: StoredCase) -> CaseSummary:
    """Return one case in short."""
    case = stored.case
    return CaseSummary(
        case_id=case.case_id,
        short_id=case.short_id,
        title=case.title,
        age_years=case.patient.age_years,
        sex=case.patient.sex,
        modalities=_values(case, "modality"),
        regions=_values(case, "region"),
        images=len(case.images),
        diagnosis=case.diagnosis,
        split=case.split,
        status=case.status,
        sequence=stored.sequence,
    )


def _values(case: Case, name: str) -> tuple[str, ...]:
    return tuple(sorted({str(value) for image in case.images if (value := getattr(image, name)) is not None}))


def _titled(words: list[str]) -> Filter:
    """Return the filter of the cases whose titles have all of the words; a case without one is called its diagnosis."""
    in_title, in_diagnosis = (tuple(Contains(name, word) for word in words) for name in ("title", "diagnosis"))
    return AnyOf((AllOf(in_title), AllOf((Not(Contains("title", "")), *in_diagnosis))))


def expected_sources() -> list[str]:
    """Return what each source reads, such as "a folder of case reports, ..."."""
    return [source.expects for source in SOURCES]


@dataclass(frozen=True)
class Documents:
    """The documents of one workspace."""

    _engines: Engines

    def ingest(
        self,
        source: str | Path,
        *,
        images: Path | None = None,
        on_progress: ProgressCallback = ignore_progress,
        on_reading: ReadingCallback = ignore_reading,
    ) -> IngestReport:
        """Read a source into the documents; see `ingest.load.ingest`. Where they are is kept afterwards."""
        engines = self._engines
        report = ingest(
            source,
            engines.store,
            engines.objects,
            actor=engines.settings.actor_name,
            images=images,
            on_progress=on_progress,
            on_reading=on_reading,
        )
        engines.keep()
        return report

    def foresee(
        self, source: str | Path, *, images: Path | None = None, on_progress: ProgressCallback = ignore_progress
    ) -> tuple[IngestReport, Difference]:
        """Say what an ingest of the source would do, and what it would change in documents, graph and vectors."""
        engines, foresight = self._engines, Foresight()
        report = ingest(
            source,
            engines.store,
            engines.objects,
            actor=engines.settings.actor_name,
            images=images,
            dry_run=True,
            foresee=foresight.see,
            on_progress=on_progress,
        )
        return report, foresight.difference(report.vanished, engines.vectors)

    def sample(self) -> Path:
        """Return the release folder of the sample cases, writing it into the workspace the first time."""
        folder = self._engines.folder / "sample"
        if not (folder / "Case_topic.json").is_file():
            write_sample(folder)
        return folder

    def delete(self, case_id: str) -> DeletionReport:
        """Delete a case with the images that no other case has; `indexing.run` brings graph and vectors after.

        Interrupted anywhere, the next `indexing.run` ends it.

        Raises
        ------
        UnknownCase
            If there is no such case.
        """
        engines = self._engines
        if engines.store.has(case_id) or case_id not in unfinished_deletions(engines.store):
            engines.originals.forget(engines.store.get(case_id).case.case_id)
        return delete_case(engines.store, engines.objects, case_id, actor=engines.settings.actor_name)

    def case(self, case_id: str) -> Case:
        """Return one case by its id or short id. Raises UnknownCase."""
        return self._engines.store.get(case_id).case

    def image(self, image_id: str) -> Image:
        """Return one image by its id or short id. Raises UnknownCase."""
        return self.image_with_case(image_id)[1]

    def image_with_case(self, image_id: str) -> tuple[Case, Image]:
        """Return one image and its case, by the id or short id of the image. Raises UnknownCase."""
        return find_image(image_id, self.case)

    def png(self, image: Image) -> bytes | None:
        """Return the stored pixels of an image as PNG; None where there are none."""
        return self._engines.objects.read(image.object_key) if image.object_key else None

    def grey_png(self, image: Image) -> bytes | None:
        """Return the grey values of an image that a DICOM file had, as codes; None where there are none."""
        return self._engines.objects.read(image.grey_values.object_key) if image.grey_values else None

    def thumbnail(self, image: Image, side_px: int) -> bytes | None:
        """Return the stored pixels made small, no side longer than `side_px`; None where there are none."""
        png = self.png(image)
        return thumbnail(png, side_px) if png else None

    def has(self, case_id: str) -> bool:
        """Tell whether there is a case of this id."""
        return self._engines.store.has(case_id)

    def count(self) -> int:
        """Return how many cases there are."""
        return self._engines.store.count()

    def sequence(self) -> int:
        """Return the number of the last change: what was read at one number holds until there is another."""
        return self._engines.store.sequence()

    def cases(self, where: str | Filter | None = None) -> Iterator[Case]:
        """Yield the cases that match, in the order of their ids."""
        yield from (stored.case for stored in self._engines.store.cases(resolved(self._engines, where)))

    def case_ids(self, where: str | Filter | None = None) -> list[str]:
        """Return the ids of the cases that match."""
        return list(self._engines.store.case_ids(resolved(self._engines, where)))

    def titles_of(self, case_ids: Iterable[str] | None = None) -> dict[str, str]:
        """Return the title of each case of these ids that there is; of every case without any."""
        return self._engines.store.titles(None if case_ids is None else OneOf("case_id", tuple(case_ids)))

    def find_titles(self, words: str, limit: int) -> FoundTitles:
        """Find cases by an id, theirs or that of their article, and by words that their titles have, all of them.

        Upper and lower case are alike; the cases of that id come first.

        Raises
        ------
        InvalidFilter
            If a word holds a character that no text of a case can hold.
        """
        said, store = words.strip(), self._engines.store
        if not said:
            return FoundTitles({}, 0)
        spelt = (said, said.upper())
        named = store.case_ids(AnyOf((OneOf("case_id", spelt), OneOf("article", spelt))))
        found = list(dict.fromkeys((*named, *store.case_ids(_titled(said.split()[:MAX_TITLE_WORDS])))))
        titles = self.titles_of(found[:limit])
        return FoundTitles({case_id: titles[case_id] for case_id in found[:limit] if case_id in titles}, len(found))

    def summaries(self, where: str | Filter | None = None) -> Iterator[CaseSummary]:
        """Yield the cases that match in short, in the order of their ids."""
        yield from map(summary_of, self._engines.store.cases(resolved(self._engines, where)))

    def page(self, where: str | Filter | None = None, *, after: str | None = None, limit: int = 25) -> Page:
        """Return a page of the cases that match, and how many match in all."""
        return self._engines.store.page(resolved(self._engines, where), after=after, limit=limit)

    def facets(self, name: str, where: str | Filter | None = None) -> Mapping[str, int]:
        """Count the cases that match by the values of a field."""
        return self._engines.store.facets(name, resolved(self._engines, where))

    def view_names(self) -> tuple[str, ...]:
        """Return the names of the views that sources declare."""
        return tuple(view.name for view in self._engines.store.views)

    def view_count(self, name: str, where: str | Filter | None = None) -> int:
        """Count the rows of a view for the cases that match. Raises InputError if no source declares it."""
        store = self._engines.store
        view = view_named(store.views, name)
        asked = view.of_matching(resolved(self._engines, where))
        return store.image_counts(asked).images if view.per_image else store.count(asked)

    def view(
        self, name: str, where: str | Filter | None = None, *, limit: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows of a view for the cases that match, with the ``file://`` address of each image that has one.

        Raises
        ------
        InputError
            If no source declares a view of this name.
        """
        store = self._engines.store
        files = view_named(store.views, name).file_columns
        for row in store.view(name, resolved(self._engines, where), limit=limit):
            yield {**row, **{column: self._address_of(row[column]) for column in files}}

    def _address_of(self, object_key: str | None) -> str | None:
        return self._engines.objects.path(object_key).absolute().as_uri() if object_key else None

    def export(self, place: Path, *, where: str | Filter | None = None, images: bool = True) -> ExportReport:
        """Write a subset into a new folder, or into one new file where `place` ends in ``.zip``.

        See `ingest.export.export_cases`.
        """
        engines, asked = self._engines, resolved(self._engines, where)
        if place.suffix != ZIP:
            return export_cases(engines.store, engines.objects, place, where=asked, images=images)
        with folder_for(place) as folder:
            report = export_cases(engines.store, engines.objects, folder, where=asked, images=images)
            write_zip(folder, place)
        return report

    def save_query(self, name: str, query: str) -> None:
        """Keep the text of a query under a name."""
        with self._engines.store.writer(self._engines.settings.actor_name) as writer:
            writer.save_record(SAVED_QUERY, name, {"query": query})

    def rename_query(self, name: str, new_name: str) -> None:
        """Give a kept query another name. Raises InputError where none has this name, or one has the new name."""
        said = " ".join(new_name.split())
        with self._engines.store.writer(self._engines.settings.actor_name) as writer:
            query = self.saved_query(name)
            if said == name:
                return
            if not said:
                raise InputError("a saved query needs a name. Give it one.")
            if said in self.saved_queries():
                raise InputError(f"a query is saved as '{said}' already. Choose another name.")
            writer.delete_record(SAVED_QUERY, name)
            writer.save_record(SAVED_QUERY, said, {"query": query})

    def forget_query(self, name: str) -> None:
        """Forget a kept query; the cases that it finds stay. Raises InputError where none has this name."""
        with self._engines.store.writer(self._engines.settings.actor_name) as writer:
            self.saved_query(name)
            writer.delete_record(SAVED_QUERY, name)

    def saved_queries(self) -> dict[str, str]:
        """Return the kept queries by name."""
        return {name: str(record["query"]) for name, record in self._engines.store.records(SAVED_QUERY).items()}

    def saved_query(self, name: str) -> str:
        """Return one kept query. Raises InputError where none has this name."""
        kept = self.saved_queries()
        if name not in kept:
            raise InputError(f"no query is saved as '{name}'. Saved: {', '.join(kept) or 'none'}.")
        return kept[name]
