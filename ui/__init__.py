"""The faces of CaseGraph: command line and app. The only package in which the parts are joined."""

import rag  # noqa: F401  first: it sets OPENBLAS_NUM_THREADS, which numpy reads when it is imported
