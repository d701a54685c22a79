"""``python -m crawler --config piyao.toml --source NAME``."""

import models.driver  # noqa: F401, I001  (first: one SQLite library)

import sys

from crawler.run import main

if __name__ == "__main__":
    sys.exit(main())
