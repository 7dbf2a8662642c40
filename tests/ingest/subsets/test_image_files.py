"""Images are copied by a process of its own; what it cannot copy is an error of the one that asked."""

from __future__ import annotations

import pytest

from ingest.errors import DamagedFile
from ingest.subsets.formats.image_files import ImageFiles
from ingest.subsets.item import chosen_images, items_of
from ingest.subsets.recipe import parse_recipe

RECIPE = parse_recipe('name = "all"\nkind = "image"')


def items(making):
    cases = [stored.case for stored in making.store.cases()]
    return [item for case in cases for item in items_of(case, chosen_images(case, None, {}), RECIPE, "train")]


def written(making, folder):
    files = ImageFiles(making.objects, folder)
    try:
        for item in items(making):
            files.write(item)
    finally:
        files.close()


def test_every_image_is_there_when_it_is_closed(making, tmp_path):
    written(making, tmp_path)
    images = [image for item in items(making) for image in item.images]
    assert len(images) > 5
    for image in images:
        assert (tmp_path / image.file).read_bytes() == making.objects.read(image.object_key)


def test_a_missing_and_a_damaged_image_are_named(making, tmp_path):
    path = making.objects.path(items(making)[0].images[0].object_key)
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(DamagedFile, match=f"{path.name} is damaged"):
        written(making, tmp_path / "one")
    path.unlink()
    with pytest.raises(DamagedFile, match=f"{path.name} cannot be read"):
        written(making, tmp_path / "two")


def test_a_copy_that_cannot_be_written_is_an_error_of_the_system_with_its_path(making, tmp_path):
    place = tmp_path / items(making)[0].images[0].file
    (place).mkdir(parents=True)
    files = ImageFiles(making.objects, tmp_path)
    files._splits.add("train")  # its folder is there
    with pytest.raises(FileExistsError) as raised:
        for item in items(making) * 200:  # more than a pipe holds
            files.write(item)
        files.close()
    assert raised.value.filename == str(place)


def test_without_an_image_there_is_no_process(making, tmp_path):
    files = ImageFiles(making.objects, tmp_path)
    files.close()
    assert files._process is None
