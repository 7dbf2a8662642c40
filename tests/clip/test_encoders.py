import pytest

from clip.encoders import load_image_encoder, load_text_encoder
from ingest.errors import InputError, StaleProjection
from ingest.remedies import Remedy, RemedyAction


def test_the_package_named_clip_is_ours():
    import clip

    assert clip.__file__ is not None
    assert clip.__file__.replace("\\", "/").endswith("/clip/__init__.py")
    assert not hasattr(clip, "tokenize")  # OpenAI's package of the same name has it
    from clip import encoders

    assert encoders.ImageEncoder is not None


@pytest.mark.parametrize("load", [load_image_encoder, load_text_encoder])
def test_an_unknown_name_is_refused_with_the_names_that_are_accepted(load, tmp_path):
    with pytest.raises(InputError, match=r"'resnet' is unknown\. Use one of: .*open_clip:<model>"):
        load("resnet", tmp_path)


def test_an_image_encoder_is_no_text_encoder(tmp_path):
    with pytest.raises(InputError, match="tfidf-svd"):
        load_text_encoder("hog-pca", tmp_path)
    with pytest.raises(InputError, match="hog-pca"):
        load_image_encoder("tfidf-svd", tmp_path)


@pytest.mark.parametrize(("load", "name"), [(load_image_encoder, "hog-pca"), (load_text_encoder, "tfidf-svd")])
def test_an_encoder_that_was_not_fitted_names_the_command_that_fits_it(load, name, tmp_path):
    with pytest.raises(StaleProjection, match=r"is missing\. Fit it\.$") as refused:
        load(name, tmp_path)
    assert refused.value.remedy == Remedy(RemedyAction.REBUILD_INDEX)
