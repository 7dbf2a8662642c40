"""A recipe as the text of its file, for those who fill in a form and type no TOML."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from ingest.store.filters import AllOf, Filter
from ingest.store.query_text import format_filter, parse_filter
from ingest.subsets.recipe import BY_SOURCE, SECTIONS, Mentions, Recipe, Splits, parse_recipe


def format_recipe(recipe: Recipe) -> str:
    """Return the text that `parse_recipe` reads as this recipe, without what came of it; defaults are left out."""
    tables = (("splits", _splits(recipe.splits)), ("classes", recipe.classes))
    lines = [*_lines(_keys(recipe))]
    for name, table in tables:
        if table:
            lines += ["", f"[{name}]", *_lines(table)]
    return "\n".join(lines) + "\n"


def says_the_same(text: str, other: str) -> bool:
    """Tell whether two recipes ask for the same data set, however they are written.

    Raises
    ------
    InputError
        If one of them is no recipe, or has a filter that cannot be read.
    """
    return _meaning(parse_recipe(text)) == _meaning(parse_recipe(other))


def conjuncts(where: str) -> list[Filter]:
    """Return what must all hold by a filter as people type it, piece by piece."""
    return [*_parts(parse_filter(where))] if where.strip() else []


def _parts(where: Filter) -> Iterator[Filter]:
    if isinstance(where, AllOf):
        for part in where.parts:
            yield from _parts(part)
    else:
        yield where


def _meaning(recipe: Recipe) -> tuple[object, ...]:
    filters = (recipe.where, recipe.images, *(recipe.classes[name] for name in sorted(recipe.classes)))
    return (
        recipe.name,
        recipe.kind,
        tuple(frozenset(map(format_filter, conjuncts(where))) for where in filters),
        tuple(sorted(recipe.classes)),
        frozenset(recipe.formats),
        recipe.licences if recipe.licences is None else frozenset(recipe.licences),
        recipe.free_only,
        dict(recipe.splits.shares),
        recipe.splits.seed if recipe.splits.shares else None,
        recipe.splits.by_source,
        recipe.sections,
        recipe.mentions,
        recipe.template,
    )


def _keys(recipe: Recipe) -> dict[str, object]:
    named = list(recipe.licences) if recipe.licences is not None else "free" if recipe.free_only else "any"
    keys: dict[str, object] = {
        "name": recipe.name,
        "kind": str(recipe.kind),
        "where": recipe.where,
        "images": recipe.images,
        "licences": named,
        "formats": [str(one) for one in recipe.formats],
        "sections": [str(one) for one in recipe.sections],
        "mentions": str(recipe.mentions),
        "template": recipe.template,
    }
    left_out = {
        "where": "",
        "images": "",
        "sections": [str(one) for one in SECTIONS],
        "mentions": str(Mentions.MARK),
        "template": recipe.kind.template,
    }
    return {name: value for name, value in keys.items() if left_out.get(name) != value}


def _splits(splits: Splits) -> Mapping[str, object]:
    if splits.by_source:
        return {"by": BY_SOURCE}
    return {"seed": splits.seed, **splits.shares} if splits.shares else {}


def _lines(table: Mapping[str, object]) -> Iterator[str]:
    yield from (f"{_key(name)} = {_value(value)}" for name, value in table.items())


def _key(name: str) -> str:
    return name if name.isascii() and name.isidentifier() else _value(name)


def _value(value: object) -> str:
    """Return a value in TOML: a text as JSON writes it, but for the one sign more that TOML wants escaped."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(_value(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
