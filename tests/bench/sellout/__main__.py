"""1,000 units, 6,000 attempts, two a person: `python -m tests.bench.sellout`.

Everyone presses at once over the real pages role. Exactly the stock is sold, nobody gets more
than two, and what was confirmed is there. The last line is one JSON object.
"""

import argparse
import json
from itertools import islice

from tests.bench.flash import client, world

UNITS, ATTEMPTS, LIMIT, BUYERS, CLIENTS = 1000, 6000, 2, 1500, 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="accepted, and no different")
    parser.add_argument("--workers", type=int, default=2, help="processes of the pages role")
    options = parser.parse_args()
    with world.servers():
        shop = world.World(units=UNITS, limit=LIMIT, buyers=BUYERS)
        threads = CLIENTS // options.workers
        with world.pages("livecommerce.wsgi:application", workers=options.workers, threads=threads):
            requests = islice(shop.requests(), ATTEMPTS)
            outcome = client.run(requests, port=world.PORT, connections=CLIENTS, seconds=120)
        damage = shop.damage(outcome.acked)
        shop.pool.refresh_from_db()
    result = {
        "sold": len(outcome.acked),
        "left": shop.pool.available,
        "attempts": len(outcome.latencies),
        "attempts_per_s": round(len(outcome.latencies) / outcome.seconds, 1),
        "p99_ms": round(outcome.percentile_ms(99), 1),
        "statuses": {str(status): n for status, n in sorted(outcome.statuses.items())},
        **damage,
    }
    print(json.dumps(result))


main()
