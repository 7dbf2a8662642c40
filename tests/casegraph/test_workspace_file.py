"""A workspace's file as anybody may leave it."""

from __future__ import annotations

from pathlib import Path

import pytest

from casegraph.file import FILE_NAME, is_workspace, read_workspace_file
from ingest.errors import WorkspaceError


@pytest.mark.parametrize(
    "content",
    ["{", "[1]", "[" * 100_000, '{"format": 1e999}', '{"format": 1, "graph": [1]}', '{"format": 1, "documents": null}'],
    ids=lambda content: content[:40],
)
def test_a_damaged_workspace_file_is_refused_in_a_sentence(tmp_path: Path, content: str):
    (tmp_path / FILE_NAME).write_text(content)
    with pytest.raises(WorkspaceError, match=FILE_NAME):
        read_workspace_file(tmp_path)


@pytest.mark.parametrize("name", ["n" * 300, "a\0b"], ids=["long", "null"])
def test_an_impossible_name_is_no_workspace(name: str):
    assert not is_workspace(Path(name))
