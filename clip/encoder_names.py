"""The names of the encoders that come with CaseGraph; it imports nothing, for who needs no more than a name."""

COMPACT = "compact"
HOG_PCA = "hog-pca"
TFIDF_SVD = "tfidf-svd"
MINILM = "all-minilm-l6-v2"
