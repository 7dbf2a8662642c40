"""Training of image-text models on a user's own cases, stage by stage.

======================  ==========================================================================
`word_pieces`           learn the vocabulary of the small BERT from the texts
`masked_language`       stage 1: teach it the language of the cases by masked words
`contrastive`           stage 2: images and words into one space, with label heads beside
`cross_validation`      stage 2 once per fold: what the model says of images it never saw
`sentences`             tune the stage 1 model to compare texts
======================  ==========================================================================

Every stage runs in epochs (`loop`), keeps a checkpoint after each, and goes on from it after a kill to the same end.
"""
