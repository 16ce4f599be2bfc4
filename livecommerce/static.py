"""Static files: hashed names, compressed, cached for ever; native ES modules rewritten."""

import re
from collections.abc import Iterable, Iterator

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage

_HASHED = re.compile(r"\.[0-9a-f]{12}(\.|$)")


class ManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Rewrites `import … from "./x.js";` too; only relative imports that end with a semicolon."""

    support_js_module_import_aggregation = True

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compressed once: a name that holds its content's hash never needs it again.

        Plain names are left as they are, as no page asks for them.
        """
        new = [path for path in paths if _HASHED.search(path) and not self.exists(f"{path}.br")]
        yield from super().compress_files(new)


class CollectedFiles(StaticFilesConfig):
    """Leaves out what no page loads: one of these imports a path that no hashing can follow."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx/ext/*"]
