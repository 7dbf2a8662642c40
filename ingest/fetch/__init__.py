"""Fetch cases from the net: from named hosts only, at the rate that each asks for, and on from where it stopped."""
