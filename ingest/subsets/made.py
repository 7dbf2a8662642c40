"""What came of a recipe, kept at its end: made again, it tells whether the same came of it and, if not, why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version

from ingest.subsets.recipe import MADE, Recipe
from ingest.subsets.report import SubsetReport


def recipe_with_made(text: str, report: SubsetReport, recipe: Recipe) -> str:
    """Return the text of a recipe with what came of it now at its end, in place of what came of it before."""
    values = {
        "digest": report.digest,
        "recipe": recipe.digest,
        "archive": report.archive_digest,
        "casegraph": version("casegraph"),
    }
    lines = "".join(f'{name} = "{value}"\n' for name, value in values.items())
    before = re.split(rf"^(?:# What came of it\.\n)?\[{MADE}\]", text, maxsplit=1, flags=re.MULTILINE)[0]
    return f"{before.rstrip()}\n\n# What came of it.\n[{MADE}]\n{lines}archive_sequence = {report.archive_sequence}\n"


def differences(recipe: Recipe, *, digest: str, archive: str, sequence: int) -> Iterator[str]:
    """Yield what is not as it was when the recipe was last made, or that all is; nothing for one that never was."""
    made = recipe.made
    if not made:
        return
    if made.get("recipe") != recipe.digest:
        yield "The recipe was changed since it was last made."
    if made.get("archive") != archive:
        was = made.get("archive_sequence", "unknown")
        yield f"The archive has changed since the recipe was last made: change {was} then, {sequence} now."
    if made.get("digest") == digest:
        yield "It is the same as when the recipe was last made: the digests are equal."
    elif made.get("recipe") == recipe.digest and made.get("archive") == archive:
        yield (
            "Recipe and archive are the same as when it was last made, and the digest is not: it was made by CaseGraph "
            f"{made.get('casegraph', 'of an unknown version')}, this is {version('casegraph')}."
        )
