"""A recipe says what is wrong with it; templates run in a sandbox."""

from __future__ import annotations

import pytest

from ingest.errors import InputError
from ingest.subsets.prompts import read_template
from ingest.subsets.recipe import EXAMPLE, Format, Kind, parse_recipe

PLAIN = 'name = "a"\nkind = "image"\n'


def test_the_example_is_a_recipe():
    recipe = parse_recipe(EXAMPLE.read_text())
    assert recipe.kind is Kind.IMAGE
    assert recipe.formats == (Format.FOLDER,)
    assert recipe.splits.shares == {"train": 0.8, "dev": 0.1, "test": 0.1}
    assert recipe.where == "(region=Head) (age_years=18..)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "the recipe is no TOML"),
        ('name = "a"', "'kind' cannot be used: Field required"),
        ('name = "../a"\nkind = "image"', "'name' cannot be used"),
        ('name = "a"\nkind = "picture"', "'kind' cannot be used: Input should be 'text', 'image'"),
        (PLAIN + "wher = 1", "'wher' cannot be used: Extra inputs"),
        (PLAIN + "formats = []", "'formats' cannot be used"),
        (PLAIN + 'formats = ["tar"]', "'formats.0' cannot be used: Input should be 'folder'"),
        (PLAIN + "[splits]\ntrain = 0.8", "are 0.8 together. Give fractions that add up to 1"),
        (PLAIN + "[splits]\ntrain = 1.5\ntest = -0.5", "add up to 1"),
        (PLAIN + '[splits]\ntrain = "all"', "split 'train' is no fraction"),
        (PLAIN + '[splits]\n"../x" = 1.0', "split '../x' is no fraction by a plain name"),
        (PLAIN + '[splits]\nby = "luck"', "'splits.by' is 'luck', expected 'source'"),
        (PLAIN + '[splits]\nby = "source"\ntrain = 1.0', "not both"),
        (PLAIN + '[classes]\na = "modality=CT"', "belong to the kind classification"),
        ('name = "a"\nkind = "classification"', "belong to the kind classification"),
        ('name = "a"\nkind = "text"\nformats = ["llava"]', "texts alone are written as 'folder' or 'prompts'"),
        ('name = "a"\nkind = "multimodal"\nformats = ["open_clip"]', "open_clip reads pairs of one image"),
    ],
)
def test_a_recipe_that_is_wrong_says_where(text, message):
    with pytest.raises(InputError, match=message):
        parse_recipe(text)


def test_a_template_of_a_name_or_a_file_is_read(tmp_path):
    (tmp_path / "own.toml").write_text('version = 3\nprompt = "{{ item_id }}"\nanswer = "x"')
    assert read_template("own.toml", tmp_path).version == 3
    assert read_template("caption").name == "caption"
    with pytest.raises(InputError, match=r"there is no template 'captoin'\. Templates: caption, class, diagnosis"):
        read_template("captoin")
    with pytest.raises(InputError, match="is no template"):
        read_template("none.toml", tmp_path)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{{ ''.__class__.__mro__ }}", "access to attribute '__class__' of 'str' object is unsafe"),
        ("{{ image.update(a=1) }}", "is not safely callable|unsafe"),
        ("{% for i in range(99999999) %}{% endfor %}", "OverflowError"),
    ],
)
def test_a_template_can_do_nothing_but_speak_of_its_item(prompt, message, making, tmp_path):
    (tmp_path / "bad.toml").write_text(f'version = 1\nprompt = """{prompt}"""\nanswer = "x"')
    recipe = f'name = "a"\nkind = "image"\nformats = ["prompts"]\ntemplate = "{tmp_path}/bad.toml"'
    with pytest.raises(InputError, match=message):
        making.make(recipe, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_template_that_is_no_jinja_is_refused_when_it_is_read(tmp_path):
    (tmp_path / "bad.toml").write_text('version = 1\nprompt = "{% if %}"\nanswer = "x"')
    with pytest.raises(InputError, match="the template 'bad' cannot be read"):
        read_template("bad.toml", tmp_path)
