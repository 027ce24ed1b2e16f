"""The cache in which throttles count requests."""

import time
from contextlib import suppress
from pathlib import Path

from django.core.cache.backends.filebased import FileBasedCache

REMOVAL_SECONDS = 600


class CountsCache(FileBasedCache):
    """A file-based cache that keeps every entry until it expires.

    Django's removes entries at random from 300 on, so that a client with 300 addresses could lift the limits of all;
    and it lists all entries at each write, which takes 32 ms of CPU for 10,000 of them.
    """

    next_removal = 0.0

    def _cull(self) -> None:
        """Removes expired entries, every ten minutes. Django calls this before each write.

        The three names used here are private in Django, which has no setting for this and no public list of entries.
        """
        if time.time() < self.next_removal:
            return
        self.next_removal = time.time() + REMOVAL_SECONDS
        for name in self._list_cache_files():  # type: ignore[attr-defined]
            with suppress(FileNotFoundError), Path(name).open("rb") as entry:
                self._is_expired(entry)  # type: ignore[attr-defined]  # which removes it
