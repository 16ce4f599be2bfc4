"""How many orders a second one hot product gives: `python -m tests.bench.flash [--quick]`.

The real pages role with real sessions, CSRF, keys, rate limits and price checks; PostgreSQL with
fsync on. Every round it takes turns with pgbench's hot-row transaction of the same shape on the
same PostgreSQL, and with the `select_for_update` checkout of reference.py in the same pages role,
so that a machine that slows down slows all three. The last line is one JSON object.
"""

import argparse
import json
from statistics import median
from typing import Any

from tests.bench.flash import client, hot_row, world

CLIENTS = 64
BUYERS = 4000
LIMIT = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--workers", type=int, default=2, help="processes of the pages role")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 1, 3
    with world.servers() as postgres:
        shop = world.World(units=1_000_000, limit=LIMIT, buyers=BUYERS)
        hot_row.prepare()
        rounds = []
        for number in range(options.rounds + 1):
            rounds.append(_round(shop, postgres, options))
            told = {name: round(value, 2) for name, value in rounds[-1].items()}
            print(f"round {number or 'to warm up'}: {json.dumps(told)}", flush=True)
        # A server's first minute touches memory and makes files that it has ever after. For all
        # three contenders the first round is not counted, but for what was damaged in it.
        warm_up = rounds.pop(0)
    print(json.dumps(_sum_up(rounds, warm_up)))


def _round(shop: world.World, postgres: Any, options: argparse.Namespace) -> dict[str, float]:
    ours = _orders(shop, postgres, "livecommerce.wsgi:application", options)
    world.settle()
    pgbench = hot_row.run(postgres, clients=CLIENTS, seconds=options.seconds, buyers=BUYERS)
    world.settle()
    tutorial = _orders(shop, postgres, "tests.bench.flash.reference:application", options)
    world.settle()
    return ours | {
        "pgbench_per_s": pgbench,
        "select_for_update_per_s": tutorial["orders_per_s"],
    }


def _orders(
    shop: world.World, postgres: Any, application: str, options: argparse.Namespace
) -> dict[str, float]:
    shop.empty()
    with world.pages(
        application, workers=options.workers, threads=CLIENTS // options.workers
    ) as pids:
        requests = shop.requests()
        client.run(requests, port=world.PORT, connections=CLIENTS, seconds=1)  # warm up
        shop.empty()
        server = postgres.process.pid
        began = world.cpu_seconds(pids), world.cpu_seconds(world.family(server))
        outcome = client.run(
            requests, port=world.PORT, connections=CLIENTS, seconds=options.seconds
        )
        cpu_pages = world.cpu_since(began[0], pids)
        cpu_database = world.cpu_since(began[1], world.family(server))
    if outcome.broken or set(outcome.statuses) != {200}:
        print(f"{application}: {dict(outcome.statuses)}, {outcome.broken} broken", flush=True)
    orders = max(len(outcome.acked), 1)
    return {
        "orders_per_s": outcome.orders_per_s,
        "p50_ms": outcome.percentile_ms(50),
        "p99_ms": outcome.percentile_ms(99),
        "cpu_ms_pages": 1000 * cpu_pages / orders,
        "cpu_ms_postgres": 1000 * cpu_database / orders,
        **shop.damage(outcome.acked),
    }


def _sum_up(rounds: list[dict[str, float]], warm_up: dict[str, float]) -> dict[str, float]:
    """Ratios within each round, then the median of the rounds; damage is summed over all."""

    def middle(name: str) -> float:
        return round(median(one[name] for one in rounds), 2)

    def over(name: str) -> float:
        return round(median(one["orders_per_s"] / one[name] for one in rounds), 2)

    cpu = median(one["cpu_ms_pages"] + one["cpu_ms_postgres"] for one in rounds)
    return {
        "orders_per_s": middle("orders_per_s"),
        "p99_ms": middle("p99_ms"),
        "cpu_ms_per_order": round(cpu, 3),
        "over_pgbench_hot_row": over("pgbench_per_s"),
        "over_select_for_update": over("select_for_update_per_s"),
        "oversold": sum(int(one["oversold"]) for one in [warm_up, *rounds]),
        "limit_breaches": sum(int(one["limit_breaches"]) for one in [warm_up, *rounds]),
        "acked_lost": sum(int(one["acked_lost"]) for one in [warm_up, *rounds]),
        "p50_ms": middle("p50_ms"),
        "cpu_ms_pages": middle("cpu_ms_pages"),
        "cpu_ms_postgres": middle("cpu_ms_postgres"),
        "pgbench_per_s": middle("pgbench_per_s"),
        "select_for_update_per_s": middle("select_for_update_per_s"),
    }
