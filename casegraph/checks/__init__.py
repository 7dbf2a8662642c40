"""The checks of ``casegraph doctor``, one module for each thing that can disagree with the others."""
