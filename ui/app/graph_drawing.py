"""How what is shown of the graph looks: a colour and a symbol for each label, a line for each kind of saying."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from casegraph.cases import age_in_words
from casegraph.graph import KINDS_IN_WORDS, WORDS, Group, Label, Node, RelationshipType
from ui.app.graph_exploring import Explored
from ui.app.graph_steps import Steps, group_key

# Hues after Okabe and Ito's palette for colour-blind readers, with lighter ones between for fourteen labels.
COLOURS: Mapping[Label, str] = {
    Label.CASE: "#0072B2",
    Label.PATIENT: "#7FB8D9",
    Label.IMAGE: "#56B4E9",
    Label.DIAGNOSIS: "#D55E00",
    Label.FINDING: "#E69F00",
    Label.CLINICAL_FINDING: "#C9A227",
    Label.ANATOMICAL_LOCATION: "#009E73",
    Label.REGION: "#66C5AB",
    Label.MODALITY: "#8C8C8C",
    Label.PATHOLOGY_CATEGORY: "#CC79A7",
    Label.ACR_CODE: "#B8A9C9",
    Label.TOPIC: "#A0527F",
    Label.TREATMENT: "#6A51A3",
    Label.EXAM: "#9E9AC8",
    Label.ARTICLE: "#525252",
}
# What is told apart by colour is told apart by a symbol too; their font comes with Streamlit.
SYMBOLS: Mapping[Label, str] = {
    Label.CASE: "folder_open",
    Label.PATIENT: "person",
    Label.IMAGE: "image",
    Label.DIAGNOSIS: "stethoscope",
    Label.FINDING: "visibility",
    Label.CLINICAL_FINDING: "thermometer",
    Label.ANATOMICAL_LOCATION: "accessibility_new",
    Label.REGION: "my_location",
    Label.MODALITY: "radiology",
    Label.PATHOLOGY_CATEGORY: "category",
    Label.ACR_CODE: "tag",
    Label.TOPIC: "menu_book",
    Label.TREATMENT: "medication",
    Label.EXAM: "labs",
    Label.ARTICLE: "article",
}
# What is not there must not look as if it were.
LINES: Mapping[RelationshipType, str] = {
    RelationshipType.RULES_OUT: "dashed",
    RelationshipType.DENIES: "dashed",
    RelationshipType.MAY_SHOW: "dotted",
    RelationshipType.HAD: "dotted",
    RelationshipType.DESCRIBES: "dotted",
}
LINES_IN_WORDS = "Dashed lines: said to be absent. Dotted: uncertain, earlier or of the disease in general."
INK, DARK_INK = "#1b2733", "#dde6ec"  # of the text of a page, as in theme.toml
_WIDTH, _LINES = 18, 2  # letters and lines of a name below its node
Thing = Node | Group
Titles = Mapping[str, str]  # of cases, by their ids


def name_of(thing: Thing, titles: Titles = {}) -> str:  # noqa: B006  nobody writes into it
    """Return what to call a node: an image by what it shows, a patient by age and sex, a group by its count."""
    if isinstance(thing, Group):
        return f"{KINDS_IN_WORDS[thing.label][1]} ({thing.count:,})"
    if thing.label is Label.PATIENT:
        age, sex = thing.properties.get("age_years"), thing.properties.get("sex")
        return ", ".join(("patient", *([age_in_words(age)] if age is not None else []), *([sex] if sex else [])))
    if thing.label is Label.CASE and (title := titles.get(thing.properties["case_id"])):
        return f"{thing.name} {title}"
    if thing.label is not Label.IMAGE:
        return thing.name
    facts = (thing.properties.get(name) for name in ("modality", "plane", "view"))
    shown = " ".join(str(fact) for fact in facts if fact)
    return f"{shown or 'image'} {thing.name.rpartition('_')[2].removeprefix('synpic')}"


def key_of(thing: Thing) -> str:
    """Return the key by which the picture and the address name a node or group."""
    return thing.key if isinstance(thing, Node) else group_key(thing.node_key, thing.name)


def node_kind(thing: Thing) -> str:
    """Return what a thing is, in a word."""
    return KINDS_IN_WORDS[thing.label][isinstance(thing, Group)]


def relations_in_words(explored: Explored, titles: Titles) -> dict[str, list[str]]:
    """Return what each thing shown has to do with the others shown, by its key."""
    things: dict[str, Thing] = {**explored.nodes, **explored.groups}
    said: dict[str, list[str]] = {key: [] for key in things}
    for one in explored.relationships:
        forwards, backwards = WORDS[one.type]
        said[one.source].append(f"{forwards} {name_of(things[one.target], titles)}")
        said[one.target].append(f"{backwards} {name_of(things[one.source], titles)}")
    for at, key in explored.ties:
        if key in explored.groups:
            said[key].append(f"{name_of(things[at], titles)} {explored.groups[key].words}")
        else:
            node = things[explored.groups[at].node_key] if explored.groups[at].node_key in things else things[at]
            said[key].append(f"one of the {name_of(things[at])} at {name_of(node, titles)}")
    return said


def picture_of(
    explored: Explored,
    steps: Steps,
    *,
    chosen: str,
    titles: Titles,
    thumbnail: Callable[[Node], str | None],
    path: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Return what the picture of the graph draws and reads out.

    Parameters
    ----------
    thumbnail : callable
        Returns the address of the image that a case or image is drawn with.
    path : sequence of tuple of str
        The pairs of keys between which the lines are drawn bold.
    """
    said = relations_in_words(explored, titles)
    on_path = {frozenset(pair) for pair in path}
    things: dict[str, Thing] = {**explored.nodes, **explored.groups}
    lines = [
        *(
            _line(at, key, explored.groups[key].type if key in explored.groups else explored.groups[at].type, on_path)
            for at, key in explored.ties
        ),
        *(_line(one.source, one.target, one.type, on_path) for one in explored.relationships),
    ]
    return {
        "start": steps.node,
        "chosen": chosen,
        "nodes": [
            {
                **_drawn(thing, steps, titles, explored.left.get(key)),
                "key": key,
                "x": explored.places[key][0],
                "y": explored.places[key][1],
                "says": said[key],
                "image": thumbnail(thing) if isinstance(thing, Node) else None,
            }
            for key, thing in things.items()
        ],
        "lines": lines,
    }


def _drawn(thing: Thing, steps: Steps, titles: Titles, left: int | None) -> dict[str, Any]:
    key = key_of(thing)
    return {
        "kind": node_kind(thing),
        "legend": KINDS_IN_WORDS[thing.label][0],
        "name": name_of(thing, titles),
        "lines": _wrapped(thing, titles),
        "colour": COLOURS[thing.label],
        "symbol": SYMBOLS[thing.label],
        "count": thing.count if isinstance(thing, Group) else None,
        "left": left,
        "open": steps.is_open(key),
        "pinned": key in steps.pins(),
        "case": thing.properties.get("case_id") if isinstance(thing, Node) and thing.label is Label.CASE else None,
    }


def _wrapped(thing: Thing, titles: Titles) -> list[str]:
    if isinstance(thing, Group):
        verb = thing.words.rpartition(f" {thing.count:,} ")[0]
        return [verb[:_WIDTH], KINDS_IN_WORDS[thing.label][1]]
    lines = textwrap.wrap(name_of(thing, titles), _WIDTH)
    return lines if len(lines) <= _LINES else [*lines[: _LINES - 1], f"{lines[_LINES - 1][: _WIDTH - 1]}…"]


def _line(source: str, target: str, kind: RelationshipType, on_path: set[frozenset[str]]) -> dict[str, Any]:
    return {
        "source": source,
        "target": target,
        "dash": LINES.get(kind, "solid"),
        "bold": frozenset((source, target)) in on_path,
    }
