"""The faces of CaseGraph: command line and app. They parse, ask `casegraph` and show what it answers."""

import casegraph  # noqa: F401  first: before numpy is imported, the number of its threads has to be set
