"""Static files: hashed names, compressed, cached for ever; native ES modules rewritten."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Rewrites `import … from "./x.js";` too; only relative imports that end with a semicolon."""

    support_js_module_import_aggregation = True


class CollectedFiles(StaticFilesConfig):
    """Leaves out what no page loads: one of these imports a path that no hashing can follow."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx/ext/*"]
