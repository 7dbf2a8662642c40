"""From the vector of a picture to its labels: heads, calibration, "not sure", and what the model looked at."""
