"""Images that are no scans, asked of the sample cases: search, draft and ask say so, and go by no case."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import casegraph
from casegraph import DraftRequest, Query
from casegraph.notice import NoticeCode
from casegraph.workspace import Workspace
from clip.question_views import whole_image
from rag.search.fusion import Channel


@pytest.fixture(scope="module")
def space(demo_workspace: Path) -> Iterator[Workspace]:
    """Open the sample cases."""
    with casegraph.open(demo_workspace) as space:
        yield space


def png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def landscape() -> bytes:
    """Draw a sky, a sun, hills and a house, in colours."""
    random = np.random.default_rng(2)
    down = np.linspace(0, 1, 256)[:, None, None]
    pixels = (1 - down) * (90, 150, 240) + down * (240, 220, 180) + random.normal(0, 6, (256, 320, 3))
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    pen.ellipse((230, 20, 280, 70), fill=(255, 230, 60))
    pen.polygon([(0, 256), (0, 170), (90, 120), (200, 200), (320, 140), (320, 256)], fill=(40, 130, 50))
    pen.rectangle((120, 150, 190, 220), fill=(170, 60, 40))
    return png(image)


def page_of_text() -> bytes:
    image = Image.new("L", (360, 480), 255)
    pen = ImageDraw.Draw(image)
    for top in range(20, 460, 18):
        pen.text((24, top), "This is a letter, and no scan of anybody at all.", fill=10)
    return png(image)


def noise() -> bytes:
    return png(Image.fromarray(np.random.default_rng(1).integers(0, 256, (192, 192, 3)).astype(np.uint8)))


STRANGE = {"landscape": landscape(), "page": page_of_text(), "noise": noise()}


@pytest.mark.parametrize("name", STRANGE)
def test_by_an_image_that_is_no_scan_no_case_is_found_and_it_is_said(space, name):
    decoded = space.decode(STRANGE[name])
    answer = space.search.explained(Query(images=(decoded.png,), k=5))
    assert answer.hits == ()
    assert [notice.code for notice in answer.notices] == [NoticeCode.NO_SCAN]
    words = space.search.cases(Query(text="pneumothorax", images=(decoded.png,), k=5))
    assert words.hits == space.search.by_text("pneumothorax", k=5).hits
    assert NoticeCode.NO_SCAN in {notice.code for notice in words.notices}


def test_draft_and_ask_say_it_and_go_by_no_case(space):
    image = space.decode(STRANGE["landscape"])
    draft = space.drafts.write(DraftRequest(), image=image)
    assert draft.similar_cases == ()
    assert NoticeCode.NO_SCAN in {notice.code for notice in draft.notices}
    answer = space.drafts.ask(DraftRequest(), image=image)
    assert answer.diagnoses == ()
    assert NoticeCode.NO_SCAN in {notice.code for notice in answer.notices}


def test_every_image_of_the_archive_asks(space):
    """All sample images; some are drawn as no scan is that the encoder was trained on."""
    finder = replace(space.engines.finder, views=whole_image)
    for case in space.documents.cases():
        for image in case.stored_images:
            answer = finder.similar_to_image(space.documents.png(image), k=1)
            assert NoticeCode.NO_SCAN not in {notice.code for notice in answer.notices}, image.image_id
            assert {part.channel for hit in answer.hits for part in hit.channels} == {Channel.IMAGE}
