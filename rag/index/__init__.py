"""Passages and vectors on disk: immutable snapshots, and the queue in front of FAISS."""
