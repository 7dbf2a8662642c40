"""What the page of data sets is asked, as its address holds it, as a recipe; and a recipe's file as such a question."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from casegraph.cases import AllOf, Between, Filter, OneOf, Section, format_filter
from casegraph.recipes import (
    SECTIONS,
    Format,
    Kind,
    Mentions,
    Recipe,
    Splits,
    conjuncts,
    format_recipe,
    parse_recipe,
    says_the_same,
)
from ui.app.address import many, one, put
from ui.app.filtering import CHOICES, NAMES, OLDEST

SETTINGS = (
    *("name", "kind", "query", "images", "format", "licences", "licence", "splits", "share", "seed"),
    *("class", "section", "mentions", "template"),
)
NAME, SEED = "data-set", 1
FRACTIONS, OF_SOURCE, UNDIVIDED = WAYS_OF_SPLITS = ("fractions", "source", "one")
SHARES: Mapping[str, float] = {"train": 0.8, "dev": 0.1, "test": 0.1}
ANY, FREE_ONLY, NAMED = LICENCES = ("any", "free", "named")
_FILE = "recipe-file"


def kind() -> Kind:
    """Return what an item is."""
    return Kind(one("kind")) if one("kind") in set(Kind) else Kind.IMAGE


def formats() -> list[Format]:
    """Return the chosen formats, of those that the kind can be written in."""
    return [one_format for one_format in kind().formats if one_format in many("format")] or [Format.FOLDER]


def licences() -> str:
    """Return which licences are let in: any, only free ones, or those that are named."""
    return one("licences") if one("licences") in LICENCES else ANY


def splits() -> str:
    """Return how the data set is divided."""
    return one("splits") if one("splits") in WAYS_OF_SPLITS else FRACTIONS


def shares() -> dict[str, float]:
    """Return the fractions by the name of their split."""
    pairs = (said.rpartition(" ") for said in many("share"))
    return {name: float(share) for name, _, share in pairs if name and _is_number(share)} or dict(SHARES)


def put_shares(fractions: Mapping[str, float]) -> None:
    """Write fractions into the address."""
    usual = dict(fractions) == dict(SHARES)
    put("share", None if usual else [f"{name} {share!r}" for name, share in fractions.items()])


def seed() -> int:
    """Return the number that deals the splits."""
    return int(one("seed")) if one("seed").isdecimal() else SEED


def sections() -> list[Section]:
    """Return the sections of a case that its text is made of."""
    return [section for section in Section if section in many("section")] or list(SECTIONS)


def mentions() -> Mentions:
    """Return what stands in a text in place of a mention of a figure."""
    return Mentions(one("mentions")) if one("mentions") in set(Mentions) else Mentions.MARK


def template() -> str:
    """Return the template of questions and answers; one that is unknown stays, so that the recipe says so."""
    return one("template") or kind().template


def asked_recipe(where: Filter | None, images: str, classes: Mapping[str, str]) -> Recipe:
    """Return the question as a recipe."""
    way = splits()
    return Recipe(
        name=one("name") or NAME,
        kind=kind(),
        where=format_filter(where) if where else "",
        images=images,
        formats=tuple(formats()),
        licences=tuple(many("licence")) if licences() == NAMED else None,
        free_only=licences() == FREE_ONLY,
        splits=Splits(shares() if way == FRACTIONS else {}, seed(), way == OF_SOURCE),
        classes=classes if kind() is Kind.CLASSIFICATION else {},
        sections=tuple(sections()),
        mentions=mentions(),
        template=template(),
    )


def text_of(recipe: Recipe) -> str:
    """Return the text of a recipe: as the file says it that the reader opened, as long as nothing else is asked."""
    text = format_recipe(recipe)
    opened: str = st.session_state.get(_FILE, "")
    return opened if opened and says_the_same(opened, text) else text


def ask_as(text: str) -> None:
    """Make a recipe the page's question. Raises InputError where it is none, or has a filter that cannot be read."""
    recipe = parse_recipe(text)
    narrowed, rest = _as_fields(conjuncts(recipe.where))
    for name in (*SETTINGS, *NAMES):
        put(name, None)
    put("name", recipe.name)
    put("kind", recipe.kind)
    put("query", format_filter(AllOf(tuple(rest))) if rest else "")
    put("images", recipe.images)
    put("format", [str(one_format) for one_format in recipe.formats])
    put("licences", FREE_ONLY if recipe.free_only else NAMED if recipe.licences is not None else "")
    put("licence", list(recipe.licences or ()))
    _put_splits(recipe.splits)
    put("class", [f"{name}: {said}" for name, said in recipe.classes.items()])
    put("section", [str(section) for section in recipe.sections])
    put("mentions", recipe.mentions)
    put("template", recipe.template)
    for name, values in narrowed.items():
        put(name, values)
    st.session_state[_FILE] = text


def _put_splits(said: Splits) -> None:
    put("splits", OF_SOURCE if said.by_source else FRACTIONS if said.shares else UNDIVIDED)
    if said.shares:
        put_shares({name: float(share) for name, share in said.shares.items()})
        put("seed", str(said.seed))


def _as_fields(parts: list[Filter]) -> tuple[dict[str, list[str]], list[Filter]]:
    """Return the parts that fields of the form can say, by their parameters, and the others."""
    fields: dict[str, list[str]] = {}
    others: list[Filter] = []
    for part in parts:
        match part:
            case OneOf(name, values) if name in CHOICES and name not in fields:
                fields[name] = list(values)
            case Between("age_years", youngest, oldest) if "age" not in fields and _is_on_slider(youngest, oldest):
                fields["age"] = [f"{int(youngest or 0)}-{OLDEST if oldest is None else int(oldest)}"]
            case _:
                others.append(part)
    return fields, others


def _is_on_slider(youngest: float | None, oldest: float | None) -> bool:
    """Tell whether the age slider can say a range; one that is open below it cannot."""
    ends = (youngest, OLDEST if oldest is None else oldest)
    return all(end is not None and end == int(end) and 0 <= end <= OLDEST for end in ends) and oldest != OLDEST


def _is_number(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False
