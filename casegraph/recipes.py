"""Recipes of data sets as values and as texts: read, written, compared, and what may stand in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import InputError
from ingest.licences import FREE, NOT_STATED
from ingest.store.query_text import format_filter, parse_filter
from ingest.subsets.prompts import PromptTemplate, read_template, template_names
from ingest.subsets.recipe import FILLED, SECTIONS, Format, Kind, Mentions, Recipe, Splits, checked_name, parse_recipe
from ingest.subsets.recipe_text import conjuncts, format_recipe, says_the_same

__all__ = [
    "FILLED",
    "FREE",
    "NOT_STATED",
    "SECTIONS",
    "Format",
    "Kind",
    "Mentions",
    "Recipe",
    "RecipeText",
    "Splits",
    "checked_name",
    "classes_from_lines",
    "conjuncts",
    "format_recipe",
    "parse_recipe",
    "says_the_same",
    "template_names",
    "template_of",
]


@dataclass(frozen=True)
class RecipeText:
    """The text of a recipe that has no file: it can name templates of CaseGraph, and no file."""

    text: str


def template_of(recipe: Recipe, beside: Path | None) -> PromptTemplate:
    """Return the template of a recipe.

    Parameters
    ----------
    beside : Path or None
        The folder of the recipe's file. None of one that comes from elsewhere, as from a browser: it may name the
        templates of CaseGraph and no file of this machine.

    Raises
    ------
    InputError
        If there is no such template, or it may not be named.
    """
    if beside is None and recipe.template not in template_names():
        raise InputError(
            f"the template '{recipe.template}' does not come with CaseGraph, and this recipe cannot name a file. "
            f"Choose {', '.join(template_names())}."
        )
    return read_template(recipe.template, beside)


def classes_from_lines(text: str) -> dict[str, str]:
    """Return the classes that lines of ``name: filter`` say.

    Raises
    ------
    InputError
        If a line has no name or no filter, or a name stands twice; InvalidFilter if a filter cannot be read.
    """
    classes: dict[str, str] = {}
    for number, line in _numbered(text):
        name, _, where = (part.strip() for part in line.partition(":"))
        if not (name and where):
            raise InputError(f"line {number} of the classes must be 'name: filter', such as 'CT: modality=CT'.")
        if name in classes:
            raise InputError(f"the class '{name}' is given twice. Join its filters with 'or'.")
        classes[name] = format_filter(parse_filter(where))
    return classes


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    yield from ((number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip())
