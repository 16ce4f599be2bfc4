"""The book names people by number; what somebody did for the shop stays in it."""

from livecommerce.accounts.holdings import Fate, Holding

HOLDINGS = (Holding("audit.AuditEntry.actor", Fate.UNNAMED),)
