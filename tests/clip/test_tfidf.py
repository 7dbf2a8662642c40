import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from clip import tfidf
from clip.tfidf import fit_tfidf_svd, load_tfidf_svd
from ingest.errors import InputError

TEXTS = [
    "Ring-enhancing lesion in the left parietal lobe with surrounding edema.",
    "Ring enhancing mass of the right frontal lobe, surrounding edema and midline shift.",
    "Simple cyst of the left kidney without enhancement.",
    "Enlarged kidney with several cysts; the liver shows cysts too.",
    "Pleural effusion and consolidation of the right lower lung.",
    "Consolidation in the lingula with air bronchograms, thick pleura.",
]


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoder")
    return fit_tfidf_svd(TEXTS, folder), folder


def test_the_encoder_that_was_saved_gives_the_vectors_of_the_one_that_was_fitted(fitted):
    encoder, folder = fitted
    loaded = load_tfidf_svd(folder)
    questions = [*TEXTS, "cyst of the kidney", "zebra"]
    assert loaded.fingerprint == encoder.fingerprint
    np.testing.assert_array_equal(loaded.embed_texts(questions), encoder.embed_texts(questions))


def test_with_all_dimensions_similarities_are_those_of_the_word_weights(fitted):
    weights = TfidfVectorizer(
        sublinear_tf=True, ngram_range=(1, 2), strip_accents="unicode", stop_words=tfidf._stop_words()
    ).fit_transform(TEXTS)
    vectors = fitted[0].embed_texts(TEXTS)
    np.testing.assert_allclose(vectors @ vectors.T, (weights @ weights.T).toarray(), atol=1e-4)


def test_a_question_is_nearest_to_the_texts_that_share_its_words(fitted):
    texts, questions = fitted[0].embed_texts(TEXTS), fitted[0].embed_texts(["renal cysts, kidney", "enhancing edema"])
    assert (questions @ texts.T).argmax(axis=1).tolist()[0] in (2, 3)
    assert (questions @ texts.T).argmax(axis=1).tolist()[1] in (0, 1)


def test_words_that_say_something_in_a_report_are_no_stop_words(fitted):
    assert "thick" in fitted[0].vectorizer.vocabulary_
    assert "the" not in fitted[0].vectorizer.vocabulary_


def test_t26_a_text_without_a_known_word_resembles_only_itself(tmp_path):
    many = fit_tfidf_svd([f"{text} {word}" for text in TEXTS for word in ["alpha", "beta", "gamma", "delta"]], tmp_path)
    vectors = many.embed_texts(["zebra", "zebra", "quagga", "", "12 \n"])
    similarities = vectors @ vectors.T - np.eye(5)
    assert similarities[0, 1] == pytest.approx(1, abs=1e-5)
    similarities[0, 1] = similarities[1, 0] = 0
    assert np.abs(similarities).max() < 0.8


def test_vectors_have_length_one_and_the_promised_dimension(fitted):
    vectors = fitted[0].embed_texts(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (6, fitted[0].dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert fitted[0].embed_texts([]).shape == (0, fitted[0].dimension)


def test_a_vector_does_not_depend_on_the_texts_beside_it(fitted):
    alone = np.concatenate([fitted[0].embed_texts([text]) for text in TEXTS])
    np.testing.assert_allclose(fitted[0].embed_texts(TEXTS[::-1])[::-1], alone, atol=1e-6)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_corpus_of_few_texts_gives_few_dimensions(tmp_path, count):
    encoder = fit_tfidf_svd(TEXTS[:count], tmp_path)
    assert encoder.dimension <= count
    encoder.embed_texts(TEXTS)


def test_a_corpus_of_one_word_can_be_encoded(tmp_path):
    assert fit_tfidf_svd(["mass", "mass"], tmp_path).embed_texts(["mass"]).shape == (1, 1)


def test_the_dimension_is_what_was_asked_for_where_there_are_enough_texts(tmp_path):
    assert fit_tfidf_svd(TEXTS, tmp_path, dimension=4).dimension == 4


@pytest.mark.parametrize("texts", [[], ["", " "], ["the of and"]])
def test_a_corpus_without_words_is_refused(tmp_path, texts):
    with pytest.raises(InputError, match="texts with words"):
        fit_tfidf_svd(texts, tmp_path)


def test_the_fingerprint_is_that_of_the_corpus_and_changes_with_it(fitted, tmp_path):
    assert fit_tfidf_svd(TEXTS, tmp_path).fingerprint == fitted[0].fingerprint
    assert fit_tfidf_svd(TEXTS[1:], tmp_path).fingerprint != fitted[0].fingerprint


def test_t41_nothing_is_saved_as_a_pickle(fitted):
    assert {path.suffix for path in fitted[1].iterdir()} == {".json", ".safetensors"}
