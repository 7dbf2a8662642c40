"""Prompt templates: versioned TOML files with a question and its answer, filled in Jinja2's sandbox.

Sandboxed, as a template may come from elsewhere: it sees an item's values and can call nothing of ours.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import InputError
from ingest.subsets.item import Item
from ingest.subsets.mentions import IMAGE_MARK

if TYPE_CHECKING:
    from jinja2 import Template as Compiled

FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Example:
    """A filled template."""

    prompt: str
    answer: str


@dataclass(frozen=True)
class PromptTemplate:
    """A template: `prompt` and `answer` are Jinja2, `name` and `version` say which it is."""

    name: str
    version: int
    prompt: str
    answer: str
    digest: str

    def fill(self, item: Item) -> Example | None:
        """Return the template filled with an item; None where the item lacks the answer.

        Raises
        ------
        InputError
            If the template names what an item does not have, or does what the sandbox forbids.
        """
        from jinja2 import TemplateError

        values = _values(item)
        prompt, answer = self.compiled
        try:
            said = Example(prompt.render(values).strip(), answer.render(values).strip())
        except (TemplateError, TypeError, ArithmeticError) as error:
            raise InputError(f"the template '{self.name}' cannot be filled: {_shown(error)}. Correct it.") from error
        return said if said.answer else None

    @cached_property
    def compiled(self) -> tuple[Compiled, Compiled]:
        """Its two parts, ready to be filled. Raises InputError where one is no Jinja2."""
        from jinja2 import StrictUndefined, TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        # Nothing is escaped: what comes out is text for a model, no page
        environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, autoescape=False)
        try:
            return environment.from_string(self.prompt), environment.from_string(self.answer)
        except TemplateError as error:
            raise InputError(f"the template '{self.name}' cannot be read: {_shown(error)}. Correct it.") from error


def read_template(named: str, beside: Path | None = None) -> PromptTemplate:
    """Return a template that comes with CaseGraph, by name, or one of a TOML file.

    Parameters
    ----------
    beside : Path, optional
        The folder from which the path of a file counts.

    Raises
    ------
    InputError
        If there is none of this name, or it lacks a key.
    """
    path = (beside or Path()) / named if named.endswith(".toml") else FOLDER / f"{named}.toml"
    known = template_names()
    if not named.endswith(".toml") and named not in known:
        raise InputError(f"there is no template '{named}'. Templates: {', '.join(known)}, or a .toml file.")
    try:
        text = path.read_text(encoding="utf-8")
        said = tomllib.loads(text)
        parts = str(said["prompt"]), str(said["answer"])
        template = PromptTemplate(path.stem, int(said["version"]), *parts, hashlib.sha256(text.encode()).hexdigest())
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"'{path}' is no template: expected TOML with version, prompt, answer. Correct it.") from error
    _ = template.compiled  # a faulty one is refused before anything is written
    return template


def template_names() -> list[str]:
    """Return the names of the templates that come with CaseGraph."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


def _values(item: Item) -> Mapping[str, Any]:
    values = item.plain
    image = values["images"][0] if values["images"] else None
    return {**values, "image": image, "image_marks": IMAGE_MARK * len(item.images)}


def _shown(error: Exception) -> str:
    """Return what Jinja2 says of a template, which holds nothing of an item; of other errors their kind alone."""
    from jinja2 import TemplateSyntaxError, UndefinedError
    from jinja2.exceptions import SecurityError

    told = isinstance(error, (UndefinedError, TemplateSyntaxError, SecurityError))
    return str(error).rstrip(".") if told else type(error).__name__
