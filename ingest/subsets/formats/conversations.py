"""Filled prompt templates: as conversations of LLaVA, or a line for each with prompt, answer and images."""

from __future__ import annotations

import json
from pathlib import Path

from ingest.subsets.formats.writer import SplitTexts
from ingest.subsets.item import Item
from ingest.subsets.mentions import IMAGE_MARK
from ingest.subsets.prompts import PromptTemplate


class Llava:
    """``llava/<split>.json``: a list of conversations; an item whose template has no answer has none.

    One image stands under ``image`` as its file, several as a list, in the order of the marks in the text.
    """

    def __init__(self, folder: Path, template: PromptTemplate) -> None:
        self._template = template
        self._files = SplitTexts(lambda split: folder / "llava" / f"{split}.json")
        self.left_out = 0

    def write(self, item: Item) -> None:
        """Write a conversation."""
        example = self._template.fill(item)
        if example is None:
            self.left_out += 1
            return
        missing = len(item.images) - example.prompt.count(IMAGE_MARK)
        prompt = f"{IMAGE_MARK * missing}\n{example.prompt}" if missing > 0 else example.prompt
        files = [image.file for image in item.images]
        conversation = {
            "id": item.item_id,
            **({"image": files[0] if len(files) == 1 else files} if files else {}),
            "conversations": [{"from": "human", "value": prompt}, {"from": "gpt", "value": example.answer}],
            "licence": item.licence,
            "citation": item.citation,
        }
        file, is_new = self._files.of(item.split)
        file.write(("[\n" if is_new else ",\n") + json.dumps(conversation, ensure_ascii=False))

    def close(self) -> None:
        """End the lists."""
        for _, file in self._files.items():
            file.write("\n]\n")
        self._files.close()


class Prompts:
    """``prompts/<split>.jsonl``: a line for each item with the template's name and version."""

    def __init__(self, folder: Path, template: PromptTemplate) -> None:
        self._template = template
        self._files = SplitTexts(lambda split: folder / "prompts" / f"{split}.jsonl")
        self.left_out = 0

    def write(self, item: Item) -> None:
        """Write a line."""
        example = self._template.fill(item)
        if example is None:
            self.left_out += 1
            return
        row = {
            "id": item.item_id,
            "prompt": example.prompt,
            "answer": example.answer,
            "images": [image.file for image in item.images],
            "template": f"{self._template.name}/{self._template.version}",
            "licence": item.licence,
            "citation": item.citation,
        }
        file, _ = self._files.of(item.split)
        file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """End the files."""
        self._files.close()
