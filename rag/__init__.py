"""Find and draft: vector snapshots, similar-case search, evidence, cited drafts.

FAISS and numpy each bring an OpenBLAS of their own, which reads its number of threads once, when it is loaded. With
one thread per core in each, many callers at once start hundreds of threads, so one is set here, before either is
imported; a value that the user set stays. `ui` imports this package first for that reason.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
