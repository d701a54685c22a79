"""The memory bound of a crawl, measured as what this process holds now.

Scrapy asks ``getrusage`` for the peak, and Linux hands a parent's peak down through fork and exec:
under a scheduler that once held 512 MB every crawl would stop at its first look.
"""

from __future__ import annotations

import resource
from pathlib import Path

from scrapy.extensions.memusage import MemoryUsage


class MemoryHeld(MemoryUsage):
    """Scrapy's extension over the resident size of now."""

    def get_virtual_size(self) -> int:
        """Bytes resident in memory; the peak where /proc does not tell."""
        try:
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        except (OSError, ValueError, IndexError):
            return super().get_virtual_size()
        return pages * resource.getpagesize()
