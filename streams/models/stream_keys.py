"""Keys of encoders that cannot fetch a fresh token themselves (RTMP: OBS, hardware)."""

from django.conf import settings
from django.db import models

from streams.models.broadcasts import Broadcast


class StreamKey(models.Model):
    """Opens one show for one encoder until it is revoked; only a digest of it is kept."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="stream_keys")
    digest = models.CharField(max_length=64, editable=False)
    ending = models.CharField(max_length=4, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stream_keys"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["broadcast"],
                condition=models.Q(revoked_at__isnull=True),
                name="one_stream_key_a_show",
            )
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id} …{self.ending}"
