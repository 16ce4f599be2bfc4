"""Work done by Celery; sweeps are named in BEAT."""

from typing import Any

BEAT: dict[str, dict[str, Any]] = {}
