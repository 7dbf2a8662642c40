"""The tutorial's notebook runs as it is written, on the sample cases."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = json.loads((Path(__file__).parents[1] / "docs" / "tutorial" / "tutorial.ipynb").read_text())
CODE = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Run every cell in one namespace, and return the names that it leaves and the folder that it wrote into."""
    folder = tmp_path_factory.mktemp("tutorial")
    names: dict[str, Any] = {"__name__": "__main__"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        try:
            for cell in CODE:
                exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
        finally:
            if "space" in names:
                names["space"].close()
    return names


def test_every_step_has_an_answer(walked):
    assert walked["report"].cases == 60
    assert walked["page"].total > 0
    assert len(walked["answer"].hits) == 3
    assert walked["path"].words
    assert walked["candidate"].why
    subjects = {statement.subject for statement in walked["draft"].statements}
    assert subjects == {"this scan", "similar cases", "cases with this diagnosis"}


def test_the_subset_is_written(walked):
    assert walked["exported"].cases > 0
    assert len((walked["folder"] / "head-mr" / "cases.jsonl").read_text().splitlines()) == walked["exported"].cases


def test_the_notebook_is_kept_without_outputs_and_in_its_form():
    assert (NOTEBOOK["nbformat"], NOTEBOOK["nbformat_minor"]) == (4, 5)
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in CODE)
    names = [cell["id"] for cell in NOTEBOOK["cells"]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]{1,64}", name) for name in names)
