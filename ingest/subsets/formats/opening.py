"""The writers that a recipe asks for, and what they could not use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ingest.images.objects import ObjectStore
from ingest.subsets.formats.conversations import Llava, Prompts
from ingest.subsets.formats.folder import JsonLines, Parquet
from ingest.subsets.formats.image_files import ImageFiles
from ingest.subsets.formats.open_clip import OpenClip
from ingest.subsets.formats.webdataset import WebDataset
from ingest.subsets.formats.writer import FormatWriter
from ingest.subsets.prompts import PromptTemplate
from ingest.subsets.recipe import Format, Kind
from ingest.subsets.select import Selection


def open_writers(
    folder: Path, objects: ObjectStore, selection: Selection, template: PromptTemplate
) -> list[FormatWriter]:
    """Return the writers of the formats that a recipe names; image files are written once for all that name them."""
    recipe = selection.recipe
    writers: list[FormatWriter] = []
    if recipe.kind is not Kind.TEXT and recipe.formats != (Format.WEBDATASET,):
        writers.append(ImageFiles(objects, folder))
    for one in recipe.formats:
        match one:
            case Format.FOLDER:
                writers += [JsonLines(folder, recipe.kind), Parquet(folder, recipe.kind)]
            case Format.WEBDATASET:
                writers.append(WebDataset(objects, folder, recipe.kind, tuple(selection.classes)))
            case Format.OPEN_CLIP:
                writers.append(OpenClip(folder))
            case Format.LLAVA:
                writers.append(Llava(folder, template))
            case Format.PROMPTS:
                writers.append(Prompts(folder, template))
    return writers


def passed_over(writers: Sequence[FormatWriter]) -> list[str]:
    """Say how many items a format could not hold: without a caption, or without the answer of the template."""
    lacking = {OpenClip: "have no caption, and are not in open_clip", Llava: "have no answer, and are not in llava"}
    lacking[Prompts] = "have no answer, and are not in prompts"
    return [
        f"{writer.left_out} items {lacking[type(writer)]}."
        for writer in writers
        if isinstance(writer, (OpenClip, Llava, Prompts)) and writer.left_out
    ]
