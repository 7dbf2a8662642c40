"""How good classifiers and encoders of pictures are, on cases that they have not seen."""
