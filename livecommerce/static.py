"""Static files: hashed names, compressed, cached for ever; native ES modules rewritten."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Rewrites `import … from "./x.js";` too; only relative imports that end with a semicolon."""

    support_js_module_import_aggregation = True
