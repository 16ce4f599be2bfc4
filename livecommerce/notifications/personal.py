"""What notifications hold about a person; see `livecommerce.accounts.holdings`."""

from livecommerce.accounts.holdings import Fate, Holding

MESSAGE = ("kind", "title", "body", "url", "created_at", "read_at")
HOLDINGS = (
    Holding("notifications.Notification.user", Fate.DELETED, MESSAGE),
    Holding("notifications.Choice.user", Fate.DELETED, ("kind", "channel", "is_on")),
    Holding("notifications.QuietHours.user", Fate.DELETED, ("begins", "ends")),
    Holding(
        "notifications.PushSubscription.user", Fate.DELETED, ("browser", "created_at", "used_at")
    ),
)
