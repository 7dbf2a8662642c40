"""What mends an error or a notice, as the command line says it: a command or an option."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping

from casegraph.errors import Advice, CaseGraphError, Remedy, RemedyAction
from casegraph.notice import Notice

_ENCODERS = ("image_encoder", "text_encoder")


def in_words(remedy: Remedy) -> str:
    """Return what a remedy asks for: a command, an option, or else what to do."""
    return _WORDS[remedy.action](remedy)


def advised(said: Advice | Notice) -> str:
    """Return a sentence with its remedy in words: "Rebuild it." becomes "Rebuild it: casegraph index --rebuild."."""
    if said.remedy is None:
        return said.text
    end = "." if said.text.endswith(".") else ""
    return f"{said.text.removesuffix('.')}: {in_words(said.remedy)}{end}"


def error_in_words(error: CaseGraphError) -> str:
    """Return the message of an error with its remedies in words."""
    return " ".join(map(advised, error.said))


def _always(words: str) -> Callable[[Remedy], str]:
    return lambda remedy: words


def _of_subject(words: str, placeholder: str) -> Callable[[Remedy], str]:
    """Put the subject into the words, quoted for a shell, or a placeholder where there is none."""
    return lambda remedy: words.format(placeholder if remedy.subject is None else shlex.quote(remedy.subject))


def _index_with(remedy: Remedy) -> str:
    options = [f"--{name.replace('_', '-')} {_value(value, 'NAME')}" for name, value in _encoders(remedy)]
    others = [setting for setting in remedy.settings if setting not in _encoders(remedy)]
    variables = [f"CASEGRAPH_{name.upper()}={_value(value, 'ADDRESS')}" for name, value in others]
    return " ".join([*variables, "casegraph index", *options])


def _encoders(remedy: Remedy) -> list[tuple[str, str | None]]:
    return [setting for setting in remedy.settings if setting[0] in _ENCODERS]


def _value(value: str | None, placeholder: str) -> str:
    return placeholder if value is None else shlex.quote(value)


def _correct(remedy: Remedy) -> str:
    image = f" --image {shlex.quote(remedy.image_id)}" if remedy.image_id else ""
    return f"casegraph curate correct {_value(remedy.subject, 'CASE')} {remedy.field or 'FIELD'} VALUE{image}"


def _queue(remedy: Remedy) -> str:
    kind = f" --kind {shlex.quote(remedy.subject)}" if remedy.subject else ""
    field = f" --field {remedy.field}" if remedy.field else ""
    return f"casegraph curate queue{kind}{field}"


_WORDS: Mapping[RemedyAction, Callable[[Remedy], str]] = {
    RemedyAction.INDEX: _always("casegraph index"),
    RemedyAction.REBUILD_INDEX: _always("casegraph index --rebuild"),
    RemedyAction.USE_SETTINGS: _index_with,
    RemedyAction.INGEST: _always("casegraph ingest SOURCE"),
    RemedyAction.DELETE_AND_INGEST: _of_subject("casegraph delete {} --yes && casegraph ingest SOURCE", "CASE"),
    RemedyAction.REMOVE_FILE: _of_subject("rm {}", "FILE"),
    RemedyAction.CLEAR_LEFTOVERS: _always("casegraph doctor --fix"),
    RemedyAction.USE_ITS_VERSION: _always("use the CaseGraph that wrote it"),
    RemedyAction.MAKE_WORKSPACE: _always("casegraph demo, or casegraph ingest SOURCE"),
    RemedyAction.OTHER_WORKSPACE: _always("--workspace FOLDER"),
    RemedyAction.LIST_CASES: _always("casegraph query"),
    RemedyAction.FIND_NODE: _of_subject("casegraph graph find {}", "TEXT"),
    RemedyAction.FIND_DUPLICATES: _always("casegraph curate duplicates --across"),
    RemedyAction.SHOW_QUEUE: _queue,
    RemedyAction.SHOW_DECISIONS: _always("casegraph curate decisions"),
    RemedyAction.ACCEPT_ITEM: _of_subject("casegraph curate accept {}", "ITEM"),
    RemedyAction.CORRECT_VALUE: _correct,
    RemedyAction.MARK_TEXT: _of_subject("casegraph curate mark-text {} BOX", "IMAGE"),
    RemedyAction.REJECT: _of_subject("casegraph curate reject {} --reason TEXT", "CASE|IMAGE"),
    RemedyAction.MEND_SOURCE: _always("correct the source and ingest it again"),
    RemedyAction.WITHDRAW_DECISION: _of_subject("casegraph curate withdraw {}", "DECISION"),
    RemedyAction.GIVE_REASON: _always("--reason TEXT"),
    RemedyAction.NAME_IMAGE: lambda remedy: f"--image {remedy.subject or 'IMAGE'}",
    RemedyAction.NAME_IMAGES_FOLDER: _always("--images FOLDER"),
    RemedyAction.NAME_SPLIT: _always("--split NAME"),
    RemedyAction.NAME_FORMAT: _always("--format FORMAT"),
    RemedyAction.NAME_ARCHITECTURE: _always("--architecture NAME"),
    RemedyAction.NAME_TEXT_FOLDER: _always("--text FOLDER"),
    RemedyAction.NAME_TRUNK: _always("--trunk FILE"),
    RemedyAction.ADD_MODEL: _of_subject("casegraph models add {} FILE", "NAME"),
    RemedyAction.LIST_MODELS: _always("casegraph models list"),
    RemedyAction.TRAIN_LANGUAGE: _always("casegraph train language"),
    RemedyAction.LIST_DRAFTS: _always("casegraph draft list"),
    RemedyAction.SHOW_DRAFT: _of_subject("casegraph draft show {}", "DRAFT"),
    RemedyAction.REVIEW_DRAFT: _of_subject("casegraph draft review {}", "DRAFT"),
    RemedyAction.EDIT_DRAFT: _of_subject("casegraph draft edit {}", "DRAFT"),
    RemedyAction.SIGN_BY_NAME: _always("--by 'NAME'"),
    RemedyAction.ASK_IN_WORDS: _always("casegraph search TEXT"),
}
