"""From the vector of an image to its labels: heads, calibration, "not sure", and what the model looked at."""
