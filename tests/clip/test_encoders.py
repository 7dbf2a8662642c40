import numpy as np
import pytest

from clip.encoders import load_image_encoder, load_text_encoder, require_vectors, unit_vectors
from ingest.errors import InputError, StaleProjection
from ingest.remedies import Remedy, RemedyAction


def unit_rows(n=4, d=8):
    return unit_vectors(np.random.default_rng(0).standard_normal((n, d)))


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


def test_unit_vectors_pass_unchanged():
    rows = unit_rows()
    np.testing.assert_array_equal(require_vectors(rows, dimension=8), rows)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_t26_a_vector_with_nan_or_infinity_is_refused_and_its_row_named(value):
    rows = unit_rows()
    rows[2, 5] = value
    with pytest.raises(InputError, match="row 2"):
        require_vectors(rows)


@pytest.mark.parametrize(("factor", "length"), [(0.0, "0.00"), (2.0, "2.00"), (0.99, "0.99")])
def test_t26_a_vector_of_another_length_than_one_is_refused_and_its_case_named(factor, length):
    rows = unit_rows()
    rows[1] *= factor
    with pytest.raises(InputError, match=f"'MPX7' \\(row 1\\) has length {length}, expected 1"):
        require_vectors(rows, ["MPX6", "MPX7", "MPX8", "MPX9"])


def test_t26_vectors_of_another_type_shape_or_dimension_are_refused():
    with pytest.raises(InputError, match="float64"):
        require_vectors(unit_rows().astype(np.float64))
    with pytest.raises(InputError, match="shape"):
        require_vectors(unit_rows()[0])
    with pytest.raises(InputError, match="8 dimensions, expected 9"):
        require_vectors(unit_rows(), dimension=9)
