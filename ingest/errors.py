"""Every error that CaseGraph raises on purpose.

CaseGraphError
├── InputError                 what the user gave cannot be used
│   ├── SourceError            a folder, file or database to read from is missing, truncated or of another form
│   ├── RejectedRecord         one record does not fit the case model; goes to quarantine
│   ├── RejectedFile           one uploaded or ingested file is not an image that we accept
│   ├── UnfitModel             a model cannot be used as it is: files missing, another vocabulary, unlike the texts
│   ├── UnknownCase            no case or image of that id
│   └── InvalidFilter          a filter names an unknown field or a value outside the vocabulary
├── WorkspaceError             the workspace cannot be opened: not one, or of another version
├── StorageError               a write failed (disk full, read-only); the previous state is intact
├── BusyError                  another process writes
├── EngineError                a database or model server
│   ├── EngineUnreachable      it does not answer
│   └── EngineRefused          it answers and declines: wrong password, missing right, unsupported version
├── StaleProjection            graph or vectors lag the documents, or were made by another model
├── DamagedFile                a stored file does not have the digest that was written down for it
└── MissingExtra               an optional library is not installed

The library raises these; the command line and the pages translate them into one sentence.
A message says what is wrong, what is expected, and what to do; it names no command. A remedy beside it says what each
face offers for it. A message never carries text of a patient.
"""

from __future__ import annotations

from ingest.remedies import Advice, Remedy


class CaseGraphError(Exception):
    """Base of every error that CaseGraph raises on purpose.

    Parameters
    ----------
    sentence : str
        What is wrong, what is expected and what to do.
    remedy : Remedy, optional
        What its last sentence asks for.

    Attributes
    ----------
    code : str
        Stable, listed in ``docs/reference/errors.md``.
    way_back : Advice or None
        How to get on without what failed; its words end the message.
    """

    code: str = "E-CASEGRAPH"

    def __init__(self, sentence: str = "", *, remedy: Remedy | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy
        self.way_back: Advice | None = None

    def __str__(self) -> str:
        return " ".join(advice.text for advice in self.said)

    @property
    def said(self) -> tuple[Advice, ...]:
        """The message, each part with what it asks for."""
        return Advice(self.sentence, self.remedy), *([self.way_back] if self.way_back else [])

    @property
    def advice(self) -> Advice:
        """The whole message, with what its last part asks for."""
        return Advice(str(self), self.said[-1].remedy)


class InputError(CaseGraphError):
    """What the user gave cannot be used."""

    code = "E-INPUT"


class SourceError(InputError):
    """A source to read from is missing, truncated or of another form."""

    code = "E-SOURCE"


class RejectedRecord(InputError):
    """One record does not fit the case model.

    Parameters
    ----------
    place : str
        Where the record stands, for example ``Case_topic.json[17]``.
    reason : str
        What is wrong with it, in one sentence.
    """

    code = "E-RECORD"

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


class RejectedFile(InputError):
    """One file is not an image that we accept.

    Parameters
    ----------
    code : str
        Stable reason code such as ``E-PIC-003``, listed in ``docs/reference/errors.md``.
    reason : str
        What is wrong with it, in one sentence.
    """

    code = "E-PIC"

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class UnfitModel(InputError):
    """A model cannot be used as it is: a file is missing, or its vocabulary is another model's or unlike the texts."""

    code = "E-MODEL"


class UnknownCase(InputError):
    """No case or image of that id."""

    code = "E-CASE"


class InvalidFilter(InputError):
    """A filter names an unknown field or a value outside the vocabulary."""

    code = "E-FILTER"


class WorkspaceError(CaseGraphError):
    """The workspace cannot be opened: it is not one, or of another version."""

    code = "E-WORKSPACE"


class StorageError(CaseGraphError):
    """A write failed; the previous state is intact."""

    code = "E-STORAGE"


class BusyError(CaseGraphError):
    """Another process writes to the same workspace."""

    code = "E-BUSY"


class EngineError(CaseGraphError):
    """A database or model server failed."""

    code = "E-ENGINE"


class EngineUnreachable(EngineError):
    """The server does not answer."""

    code = "E-UNREACHABLE"


class EngineRefused(EngineError):
    """The server answers and declines."""

    code = "E-REFUSED"


class StaleProjection(CaseGraphError):
    """Graph or vectors lag the documents, or were made by another model."""

    code = "E-STALE"


class DamagedFile(CaseGraphError):
    """A stored file does not have the digest that was written down for it."""

    code = "E-DAMAGED"


class MissingExtra(CaseGraphError):
    """An optional library is not installed.

    Parameters
    ----------
    purpose : str
        What needs it, for example ``drafting with an OpenAI-compatible model``.
    extra : str
        Name of the extra of this package that brings it.
    """

    code = "E-EXTRA"

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(f"{purpose} needs an optional library. Install it: pip install 'casegraph[{extra}]'.")
        self.extra = extra
