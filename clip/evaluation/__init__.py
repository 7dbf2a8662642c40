"""How good classifiers and encoders of images are, on cases that they have not seen."""
