"""Command lines drawn from the program's own tree of commands: new commands and options are drawn from without a word.

A value fits its option in most lines, so that the line comes far; else it is anything. What a name stands for is said
in `FITTING`; a parameter that is not named there is drawn by its type alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from random import Random
from typing import Any

import typer
from hostile_strings import hostile_strings
from odd_files import FILES, NEW_FILES, WORKSPACES

from ingest.sources.registry import views_of
from ingest.store.filters import FIELDS
from ui.cli.program import app

CASES = ["MPX9001", "MPX9002", "medpix2:MPX9003", "MPX9004"]
NODES = [*CASES, "Case:medpix2:MPX9001", "Region:Head", "Modality:MR"]
IMAGES = ["MPX9001_synpic90001", "MPX9002_synpic90003", "medpix2:MPX9001_synpic90001", "MPX9003_synpic90005"]
WORDS = ["mass", "Ring-enhancing mass with edema, no hydrocephalus.", "headache for two weeks", "fracture"]
FILTERS = ["modality=MR", "modality=MR age_years=30..50", 'title~"a" or not region=Head', "finding:mass", "split=train"]
MODELS = ["compact", "hog-pca", "tfidf-svd", "nothing", "open_clip:RN50:x", "sentence-transformers:folder"]
CLOSED = ["mongodb://127.0.0.1:9/d", "mongodb://u:p@127.0.0.1:9/d?authSource=admin", "bolt://127.0.0.1:9"]
ADDRESSES = [
    *CLOSED,
    *("sqlite", "embedded", "mongodb://", "mongodb://[::1/d", "mongodb://127.0.0.1:99999/d", "mongodb:///tmp/x.sock"),
    *("bolt://[", "bolt://127.0.0.1:x", "neo4j+s://127.0.0.1:9", "x:y:z", "http://127.0.0.1:9", "://", "%zz"),
]
NUMBERS = [
    "-1",
    "0",
    "1",
    "3",
    "0.5",
    "1e3",
    "1e999",
    "-1e999",
    "nan",
    "inf",
    "99999999999999999999",
    "0x10",
    "1_0",
    "٣",
]
TEXTS = [
    *("", " ", "-", "--", "D1", "D99", "q0123456789", "\udcff\udcfe", "\x1b[31mred", "a\nb", "é" * 400, "\u202eabc"),
    *(
        "MPX9001_",
        ":",
        "Case:",
        "Case:none",
        "Label:x:y",
        "(",
        "not",
        "age_years=..",
        "modality=",
        "title~'",
        "{",
        "[]",
    ),
]
HOSTILE = [text.replace("\0", "") for text in hostile_strings(60)]
ODD = [*TEXTS, *NUMBERS, *FILTERS, *ADDRESSES, *FILES, *NEW_FILES, *HOSTILE]

FITTING: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("case", "case_a", "case_b", "like", "more", "less", "after"), CASES),
    **dict.fromkeys(("node", "start", "end"), NODES),
    **dict.fromkeys(("history", "exam", "findings", "text", "words", "reason", "by", "actor", "name"), WORDS),
    **dict.fromkeys(("image_encoder", "text_encoder", "reranker", "bert_model", "names", "architecture"), MODELS),
    "box": ["0,0,20,20", "10,10,30,28", "5,5,5,5", "-1,0,3,4"],
    "boxes": ["0,0,20,20", "1,1,9,9"],
    "concept": ["finding:mass", "finding:edema"],
    "cases": CASES,
    "concepts": ["finding:mass", "finding:edema"],
    "decision": ["D1", "D2"],
    "documents": ["sqlite", *CLOSED],
    "draft_id": ["D1", "D2"],
    "email": ["nobody"],
    "facet": list(FIELDS),
    "field": [*FIELDS, "laterality"],
    "first": ["2020-01-01", "2020-02-30"],
    "folder": NEW_FILES,
    "graph": ["embedded", *CLOSED],
    "held_out": ["train", "dev", "test"],
    "item": ["q0123456789"],
    "labels": ["CT,MR", "CT of the chest, MR of the brain"],
    "last": ["2020-12-31", "1999-01-01"],
    "licence": ["CC BY", "cc0", "other", "GPL"],
    "language": ["language", "folder"],
    "model": ["nothing:x", "openai:x", "ollama:x", "x"],
    "named": [*CASES, *IMAGES],
    "pages": ["http://127.0.0.1:9/case", "https://medpix.nlm.nih.gov.invalid/case", "x"],
    "recipe": ["tiny.json", "compact"],
    "save": ["mine"],
    "saved": ["mine"],
    "source": ["release", "bare release", *CLOSED],
    "release": ["release"],
    "data": ["release"],
    "split": ["train", "dev", "mine"],
    "split_file": ["splits.json"],
    "task": ["region", "modality"],
    "value": ["MR", "45", "axial", "a; b", ""],
    "view": [view.name for view in views_of()],
    "where": FILTERS,
}
IMAGE_FILES = [file for file in FILES if file.startswith(("scan", "cut"))]


def commands() -> dict[tuple[str, ...], list[Any]]:
    """Return the words of each command and group, the program itself included, with its parameters."""
    found: dict[tuple[str, ...], list[Any]] = {}

    def walk(command: Any, words: tuple[str, ...]) -> None:
        found[words] = command.params
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, (*words, name))

    walk(typer.main.get_command(app), ())
    return found


COMMANDS = commands()
NO_NET = dict.fromkeys(
    ("CASEGRAPH_NCBI_EUTILS_URL", "CASEGRAPH_PMC_CLOUD_URL", "CASEGRAPH_PMC_OA_URL", "CASEGRAPH_ORIGINALS_URLS"),
    "http://127.0.0.1:9",
)
"""Where nothing answers: no drawn line may ask a real host."""
SECONDS_EACH = {"train", "evaluate", "demo"}  # the others take some hundredths of a second


def _weighed() -> list[tuple[str, ...]]:
    """Return every command, more than once where it has many options and is quick."""
    shares = {words: 1 if {*words} & SECONDS_EACH else 2 + 2 * len(COMMANDS[words]) for words in sorted(COMMANDS)}
    return [words for words, share in shares.items() for _ in range(share)]


WEIGHED = _weighed()


def fitting(parameter: Any) -> Sequence[str]:
    """Return values that a parameter may take."""
    kind = parameter.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(member.value) for member in kind]
    if kind in (int, float):
        return sorted({str(number) for number in (parameter.min, 1, 2, 3, 54, parameter.max) if number is not None})
    if kind is Path and parameter.name not in FITTING:
        return [*IMAGE_FILES, *NEW_FILES] if parameter.name in ("image", "image", "images") else [*FILES, *NEW_FILES]
    if parameter.name == "image":
        return IMAGES
    return FITTING.get(parameter.name, [*TEXTS, *WORDS])


def drawn_line(chance: Random) -> list[str]:
    """Return the words of a command line."""
    words = chance.choice(WEIGHED)
    line: list[str] = []
    for parameter in COMMANDS[words]:
        if parameter.name == "workspace":
            line += ["-w", "full" if chance.random() < 0.6 else chance.choice(WORKSPACES)]
        elif chance.random() < (0.95 if parameter.required else 0.25):
            for _ in range(chance.randint(1, 2) if parameter.multiple or parameter.nargs < 0 else 1):
                line += _given(chance, parameter)
    return [*words, *(_broken(chance, line) if chance.random() < 0.1 else line)]


def _given(chance: Random, parameter: Any) -> list[str]:
    """Return the words that give a parameter its value, in one of the ways to write it."""
    value = chance.choice(fitting(parameter) if chance.random() < 0.8 else ODD)
    if parameter.param_type_name == "argument":
        return [value]
    name = chance.choice([*parameter.opts, *parameter.secondary_opts])
    if parameter.is_flag:
        return [name]
    return [f"{name}={value}"] if name.startswith("--") and chance.random() < 0.5 else [name, value]


def _broken(chance: Random, line: list[str]) -> list[str]:
    """Return what a slip of the hand makes of the words after a command."""
    place = chance.randint(0, len(line))
    before, after = line[:place], line[place:]
    slips = (
        [],
        ["--help"],
        ["--no-such-option", *after],
        [chance.choice(ODD), *after],
        ["--", *after],
        [*after, *line],
    )
    return [*before, *chance.choice(slips)]
