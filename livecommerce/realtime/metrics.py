"""What operations can see of the rooms."""

from prometheus_client import Counter, Gauge

SOCKETS = Gauge("livecommerce_room_sockets", "Open room sockets of this process")
REFUSED = Counter("livecommerce_room_refused", "Commands and connections refused", ["reason"])
EVICTED = Counter("livecommerce_room_evicted", "Sockets given up because they could not keep up")
RESYNCS = Counter("livecommerce_room_resyncs", "Times a whole room was told to fetch a snapshot")
