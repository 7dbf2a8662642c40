"""The stage 1 model of the tiny recipe, trained once for these tests."""

import pytest
from tiny_recipe import language_texts, write_recipe

from clip.training.masked_language import train_language
from clip.training.recipe import read_recipe


@pytest.fixture(scope="session")
def recipe(tmp_path_factory):
    """The tiny recipe."""
    return read_recipe(write_recipe(tmp_path_factory.mktemp("recipe") / "tiny.json"))


@pytest.fixture(scope="session")
def language_folder(recipe, tmp_path_factory):
    """The tiny language model."""
    folder = tmp_path_factory.mktemp("language")
    train_language(language_texts(), folder, recipe.language)
    return folder
