"""Long work on a workspace in the background, one piece at a time: read a source, index, look for disagreements.

Each run opens the workspace for itself, as another process would: searches of the open one go on meanwhile, and the
locks of the workspace keep other writers out. A run that is stopped keeps what was whole by then; the next goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Thread

from casegraph.backups import Backup
from casegraph.curation import DuplicateReport
from casegraph.documents import IngestReport
from casegraph.errors import BusyError, CaseGraphError
from casegraph.indexing import Examination, WorkspaceIndexReport
from casegraph.settings import Settings
from casegraph.uploaded import lay_down
from casegraph.workspace import Workspace
from ingest.progress import ReadSoFar


class Work(StrEnum):
    """What a run does, as people say it."""

    INGEST = "reading cases"
    INDEX = "indexing"
    CHECK = "checking"
    MEND = "mending"
    COMPARE = "comparing images"
    BACK_UP = "making a backup"


class StoppedByHand(Exception):
    """Ends the work of a run at the next place where it tells how far it is."""


@dataclass
class Run:
    """One piece of work, under way or ended; written by its thread, read by whoever shows it.

    Attributes
    ----------
    work : Work
        What it is doing now; a source that was read is indexed in the same run.
    done, total : int
        How far that is.
    read : ReadSoFar
        What an ingest has read until now.
    ingested, indexed, backup
        What came of its parts, as far as they were ended.
    error : CaseGraphError or None
        Why it ended early.
    fault : str
        The sentence on an error that nobody foresaw.
    """

    work: Work
    done: int = 0
    total: int = 0
    read: ReadSoFar = field(default_factory=ReadSoFar)
    ingested: IngestReport | None = None
    indexed: WorkspaceIndexReport | None = None
    backup: Backup | None = None
    error: CaseGraphError | None = None
    fault: str = ""
    is_under_way: bool = True
    is_stopping: bool = False
    was_stopped: bool = False

    @property
    def share(self) -> float:
        """How much of what it is doing now is done, 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0

    def tell(self, done: int, total: int) -> None:
        """Take note of how far it is. Raises StoppedByHand where it is to stop."""
        self.done, self.total = done, total
        if self.is_stopping:
            raise StoppedByHand

    def tell_read(self, read: ReadSoFar) -> None:
        """Take note of what an ingest has read."""
        self.read = read

    def begin(self, work: Work) -> None:
        """Go on to the next part. Raises StoppedByHand where it is to stop."""
        self.work = work
        self.tell(0, 0)


@dataclass(frozen=True)
class ImagesCompared:
    """What comparing all images found, and the change of the documents by which that holds."""

    sequence: int
    report: DuplicateReport


class Runs:
    """The background work of one workspace. Safe to use from several threads.

    Parameters
    ----------
    settings : Settings
        Of the workspace.
    written_down : callable
        Writes an error down that nobody foresaw, and returns the sentence for whoever looks at the run.

    Attributes
    ----------
    last : Run or None
        What is under way, or ended last.
    examined : Examination or None
        What the last check found.
    compared : ImagesCompared or None
        What was found when all images were compared last.
    """

    def __init__(self, settings: Settings, written_down: Callable[[Exception], str]) -> None:
        self._settings = settings
        self._written_down = written_down
        self._lock = Lock()
        self.last: Run | None = None
        self.examined: Examination | None = None
        self.compared: ImagesCompared | None = None

    def ingest(self, source: str | None, *, images: Path | None = None) -> Run:
        """Begin to read a source, without one the sample cases, and index afterwards.

        Raises
        ------
        BusyError
            If another run is under way.
        """

        def work(space: Workspace, run: Run) -> None:
            _ingest(space, run, source or space.documents.sample(), images)

        return self._begin(Work.INGEST, work)

    def ingest_uploaded(self, files: Iterable[tuple[str, bytes]]) -> Run:
        """Begin to read a folder that somebody uploads (`casegraph.uploaded`), and index afterwards.

        It lies on the disk until the run has ended.

        Raises
        ------
        InputError
            If it cannot be laid there.
        BusyError
            If another run is under way.
        """
        place = TemporaryDirectory(prefix="casegraph-upload-")

        def work(space: Workspace, run: Run) -> None:
            _ingest(space, run, folder)

        try:
            folder = lay_down(files, Path(place.name))
            return self._begin(Work.INGEST, work, at_end=place.cleanup)
        except BaseException:
            place.cleanup()
            raise

    def index(self, *, rebuild: bool = False, image_encoder: str | None = None, text_encoder: str | None = None) -> Run:
        """Begin to bring graph, vectors and classifier up to the documents, with other encoders where they are named.

        Raises
        ------
        BusyError
            If another run is under way.
        """
        named = {"image_encoder": image_encoder, "text_encoder": text_encoder}
        changes = {name: value for name, value in named.items() if value}
        return self._begin(Work.INDEX, lambda space, run: _index(space, run, rebuild=rebuild), changes)

    def check(self) -> Run:
        """Begin to look for every disagreement of documents, images, graph and vectors. Raises BusyError."""

        def work(space: Workspace, run: Run) -> None:
            self.examined = space.indexing.doctor()

        return self._begin(Work.CHECK, work)

    def mend(self) -> Run:
        """Begin to clear away what killed processes left, rebuild what disagrees, and look again. Raises BusyError."""

        def work(space: Workspace, run: Run) -> None:
            space.indexing.fix(on_progress=run.tell)
            run.begin(Work.CHECK)
            self.examined = space.indexing.doctor()

        return self._begin(Work.MEND, work)

    def compare_images(self) -> Run:
        """Begin to compare all images, so that the review queue can name near duplicates at once. Raises BusyError."""

        def work(space: Workspace, run: Run) -> None:
            sequence = space.documents.sequence()
            self.compared = ImagesCompared(sequence, space.curation.near_duplicates(on_progress=run.tell))

        return self._begin(Work.COMPARE, work)

    def back_up(self, file: Path, *, models: bool = True) -> Run:
        """Begin to write a backup to a new file. Raises BusyError."""

        def work(space: Workspace, run: Run) -> None:
            run.backup = space.backups.write(file, models=models, on_progress=run.tell)

        return self._begin(Work.BACK_UP, work)

    def stop(self) -> None:
        """Let the run that is under way end at the next place where that leaves everything whole."""
        if self.last is not None:
            self.last.is_stopping = True

    def _begin(
        self,
        kind: Work,
        work: Callable[[Workspace, Run], None],
        changes: dict[str, str] | None = None,
        *,
        at_end: Callable[[], None] = lambda: None,
    ) -> Run:
        with self._lock:
            if self.last is not None and self.last.is_under_way:
                raise BusyError(f"the app is already {self.last.work}. Wait until that has ended, or stop it.")
            run = self.last = Run(kind)
        settings = self._settings.model_copy(update=changes) if changes else self._settings
        Thread(
            target=self._run, args=(settings, run, work, at_end), name=f"run-{kind.name.casefold()}", daemon=True
        ).start()
        return run

    def _run(
        self, settings: Settings, run: Run, work: Callable[[Workspace, Run], None], at_end: Callable[[], None]
    ) -> None:
        try:
            with Workspace.open(settings) as space:
                work(space, run)
        except StoppedByHand:
            run.was_stopped = True
        except CaseGraphError as error:
            run.error = error
        except Exception as error:  # noqa: BLE001  the boundary of the thread
            run.fault = self._written_down(error)
        finally:
            at_end()
            run.is_under_way = False


def _ingest(space: Workspace, run: Run, source: str | Path, images: Path | None = None) -> None:
    space.try_servers()
    run.ingested = space.documents.ingest(source, images=images, on_progress=run.tell, on_reading=run.tell_read)
    _index(space, run)


def _index(space: Workspace, run: Run, *, rebuild: bool = False) -> None:
    run.begin(Work.INDEX)
    run.indexed = space.indexing.run(rebuild=rebuild, on_progress=run.tell)
