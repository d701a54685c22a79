"""What the clock does: a file a job. ``scheduler`` says when."""

from models import driver  # noqa: F401  (first: one SQLite library)
