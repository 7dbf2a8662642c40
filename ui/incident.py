"""An error that nobody foresaw, written down so that it can be mended: where it happened, and no text of a case.

The file names places in the program, types of errors and versions. Messages of errors, values of variables and of
options, and names of folders stay out: each of them can quote a patient, a path or a password (T42, T43).
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import tempfile
import traceback
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType

OWN_PACKAGES = ("ingest", "kg", "clip", "rag", "ui", "casegraph")
LIBRARIES = ("numpy", "torch", "faiss-cpu", "pillow", "pydicom", "pymongo", "neo4j", "typer", "streamlit")
TRACEBACK = "CASEGRAPH_TRACEBACK"
MAX_FILES = 20
MAX_FRAMES = 60  # of one error: the outermost and the innermost half; a recursion has a thousand
MAX_CHAIN = 8
_ROOT = Path(__file__).parents[1]
_FILES = "unforeseen-*.txt"
_VALUE = "VALUE"


@dataclass(frozen=True)
class Incident:
    """An unforeseen error that was written down; `file` is None where no folder takes the file."""

    code: str
    kind: str
    file: Path | None

    def __str__(self) -> str:
        begin = f"unforeseen error {self.code} ({self.kind})"
        if self.file is None:
            return f"{begin}: details could not be written down. Please report the code."
        return f"{begin}: details in {self.file}. Please report it with that file; it holds no text of cases."


def write_incident(
    error: BaseException, workspace: Path | None = None, *, argv: Sequence[str] = (), words: Set[str] = frozenset()
) -> Incident:
    """Write an error down in the workspace's ``logs``, or in a private folder where there is no workspace.

    Parameters
    ----------
    argv : sequence of str
        The command line.
    words : set of str
        The names of commands and options; whatever else the command line says is masked.
    """
    code = code_of(error)
    text = "\n".join([*_about(argv, words), f"error: {code}", *_chain(error)]) + "\n"
    for folder in _folders(workspace):
        try:
            return Incident(code, type(error).__name__, _written(folder, code, text))
        except OSError:
            continue  # the next folder may take it; that none did is said by the sentence
    return Incident(code, type(error).__name__, None)


def code_of(error: BaseException) -> str:
    """Return the code of an error: the same for the same type at the same function, whatever the input."""
    frames = [(module, function) for module, _, _, function in _frames(error.__traceback__)]
    own = [frame for frame in frames if frame[0].partition(".")[0] in OWN_PACKAGES and "." in frame[0]]
    place = (own or frames or [("", "")])[-1]
    digest = hashlib.sha256(":".join((_kind(error), *place)).encode()).digest()
    return f"E-UNF-{int.from_bytes(digest[:4]) % 1000:03d}"


def _about(argv: Sequence[str], words: Set[str]) -> Iterator[str]:
    yield f"written: {datetime.now(UTC).isoformat(timespec='seconds')}"
    yield f"casegraph {_version('casegraph')}, Python {platform.python_version()}, {platform.platform()}"
    yield "libraries: " + ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    yield " ".join(["command: casegraph", *(_masked(word, words) for word in argv)])


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


def _masked(word: str, words: Set[str]) -> str:
    if word in words:
        return word
    name, equals, _ = word.partition("=")
    return f"{name}={_VALUE}" if equals and name in words else _VALUE


def _chain(error: BaseException) -> Iterator[str]:
    """Yield the error and what caused it: types and places, no messages."""
    seen: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in seen and len(seen) < MAX_CHAIN:
        number = errno.errorcode.get(link.errno or 0, "") if isinstance(link, OSError) else ""
        yield f"{'caused by' if seen else 'type'}: {_kind(link)} {number}".rstrip()
        lines = [f"  {file}:{line} {function}" for _, file, line, function in _frames(link.__traceback__)]
        if len(lines) > MAX_FRAMES:
            half = MAX_FRAMES // 2
            lines[half:-half] = [f"  ... {len(lines) - MAX_FRAMES} more ..."]
        yield from lines
        seen.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _frames(trace: TracebackType | None) -> Iterator[tuple[str, str, int, str]]:
    """Yield module, file, line and function of each frame, the outermost first."""
    for frame, line in traceback.walk_tb(trace):
        code = frame.f_code
        yield str(frame.f_globals.get("__name__", "")), _short(code.co_filename), line, code.co_qualname


def _short(filename: str) -> str:
    """Return a file's path inside its library; of any other file only the name, since folders bear names of people."""
    path = Path(filename)
    if path.is_relative_to(_ROOT) and path.relative_to(_ROOT).parts[0].removesuffix(".py") in OWN_PACKAGES:
        return str(path.relative_to(_ROOT))
    _, found, inside = filename.rpartition("site-packages" + os.sep)
    return inside if found else path.name


def _folders(workspace: Path | None) -> Iterator[Path]:
    """Yield where the file may go, the best place first."""
    from casegraph.file import is_workspace

    if workspace is not None and is_workspace(workspace):
        yield workspace / "logs"
    with suppress(RuntimeError):  # this user has no home
        state = Path(os.environ.get("XDG_STATE_HOME") or Path("~/.local/state").expanduser())
        if state.is_absolute():
            yield state / "casegraph" / "logs"
    with suppress(OSError):  # no folder for temporary files can be written to
        yield Path(tempfile.mkdtemp(prefix="casegraph-"))


def _written(folder: Path, code: str, text: str) -> Path:
    """Write the file for its owner alone, and let go of the oldest ones."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    name = f"unforeseen-{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{code}-{os.getpid()}.txt"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(folder / name, flags, 0o600), "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(text)
    for old in sorted(folder.glob(_FILES))[:-MAX_FILES]:
        old.unlink(missing_ok=True)
    return (folder / name).absolute()
