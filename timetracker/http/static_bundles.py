"""Bundles of stylesheets and scripts, which `collectstatic` minifies and concatenates to one file each.

With `DEBUG`, pages refer to the parts themselves, so that each is found by its name.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLES = {
    "css/timetracker.css": (
        "css/tokens.css",
        "css/base.css",
        "css/components.css",
        "css/sessions.css",
        "css/pages.css",
        "css/frame.css",
        "css/timer_bar.css",
    ),
    "css/overview.css": ("css/periods.css", "css/reports.css"),
    "js/timetracker.js": (
        "js/requests.js",
        "js/device.js",
        "js/clock.js",
        "js/editing.js",
        "js/bar.js",
        "js/line.js",
        "js/follow.js",
        "js/unsent.js",
        "js/rows.js",
        "js/keys.js",
    ),
}
"""The parts of each bundle, in order: later CSS rules win. All pages have the two named for the product."""


def minify(content: str, kind: str) -> str:
    """Returns a stylesheet (`css`) or script (`js`) without comments, and without space that means nothing."""
    import rcssmin  # noqa: PLC0415  # only collectstatic needs these; a server saves their memory
    import rjsmin  # noqa: PLC0415

    return str(rcssmin.cssmin(content) if kind == "css" else rjsmin.jsmin(content))


def files_of(bundle: str) -> tuple[str, ...]:
    """Returns the static files to which a page refers for a bundle."""
    return BUNDLES[bundle] if settings.DEBUG else (bundle,)


class BundlingStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # ships no types
    """A storage that makes the bundles before files are hashed and compressed."""

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:  # as Django has it
        """Yields name, hashed name and whether it was processed, for each file, as Django's storages do."""
        for bundle, parts in BUNDLES.items() if not options.get("dry_run") else ():
            self._write(bundle, parts)
            paths[bundle] = (self, bundle)
        yield from super().post_process(paths, **options)

    def _write(self, bundle: str, parts: tuple[str, ...]) -> None:
        contents = []
        for part in parts:
            with self.open(part) as file:
                contents.append(minify(file.read().decode(), part.rpartition(".")[2]))
        self.delete(bundle)
        self._save(bundle, ContentFile("\n".join(contents).encode()))
