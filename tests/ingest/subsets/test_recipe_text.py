"""A recipe written from values is read as the same recipe; two recipes are compared by what they ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import InputError
from ingest.store.filters import Between, OneOf
from ingest.subsets.recipe import EXAMPLE, SECTIONS, Format, Kind, Mentions, Recipe, Splits, checked_name, parse_recipe
from ingest.subsets.recipe_text import conjuncts, format_recipe, says_the_same
from ingest.vocabulary import Section

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=20)
SPLITS = st.one_of(
    st.just(Splits()),
    st.just(Splits(by_source=True)),
    st.builds(Splits, st.just({"train": 0.75, "rest": 0.25}), st.integers(0, 1000)),
)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    """Return a recipe that the reader takes."""
    kind = draw(st.sampled_from(Kind))
    free = draw(st.booleans())
    return Recipe(
        name=draw(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,9}", fullmatch=True)),
        kind=kind,
        where=draw(WORDS).strip(),
        images=draw(WORDS).strip(),
        formats=tuple(draw(st.lists(st.sampled_from(kind.formats), min_size=1, unique=True))),
        licences=None if free else draw(st.none() | st.just(("CC BY", "CC0"))),
        free_only=free,
        splits=draw(SPLITS),
        classes=draw(st.dictionaries(WORDS, WORDS, min_size=1, max_size=3)) if kind is Kind.CLASSIFICATION else {},
        sections=tuple(draw(st.lists(st.sampled_from(Section), unique=True))) or SECTIONS,
        mentions=draw(st.sampled_from(Mentions)),
        template=draw(st.sampled_from(("caption", "class", "diagnosis"))),
    )


@given(recipes())
def test_what_is_written_is_read_as_the_same_recipe(recipe: Recipe):
    read = parse_recipe(format_recipe(recipe))
    assert {**vars(read), "digest": ""} == vars(recipe)


def test_a_recipe_says_the_same_however_it_is_written():
    example = EXAMPLE.read_text(encoding="utf-8")
    assert says_the_same(example, format_recipe(parse_recipe(example)))
    plain = 'name = "a"\nkind = "image"\n'
    assert says_the_same(f'{plain}where = ["sex=male", "region=Head"]', f'{plain}where = "region=Head sex=male"')


@pytest.mark.parametrize(
    "change",
    [
        'where = "region=Thorax"',
        'images = "modality=CT"',
        'licences = "free"',
        'formats = ["llava"]',
        'template = "diagnosis"',
        "[splits]\nseed = 2\ntrain = 0.5\ntest = 0.5",
        '[splits]\nby = "source"',
        '[classes]\na = "modality=CT"',
    ],
)
def test_whatever_is_asked_otherwise_is_another_recipe(change: str):
    kind = "classification" if "classes" in change else "image"
    usual = f'name = "a"\nkind = "{kind}"\n'
    other = '[classes]\na = "modality=MR"\n' if kind == "classification" else ""
    assert not says_the_same(f"{usual}{change}", f"{usual}{other}")


def test_what_must_all_hold_is_told_piece_by_piece():
    pieces = conjuncts("(region=Head sex=male) (age_years=18..)")
    assert pieces == [OneOf("region", ("Head",)), OneOf("sex", ("male",)), Between("age_years", 18, None)]
    assert conjuncts(" ") == []


@pytest.mark.parametrize("name", ["", "Heads", "a b", "../a", "a" * 81])
def test_a_name_that_is_no_folder_is_refused(name: str):
    with pytest.raises(InputError, match="a data set cannot be called"):
        checked_name(name)


def test_only_one_image_and_its_words_are_written_for_open_clip():
    assert [kind for kind in Kind if Format.OPEN_CLIP in kind.formats] == [Kind.IMAGE, Kind.CLASSIFICATION]
    assert Kind.TEXT.formats == (Format.FOLDER, Format.PROMPTS)
