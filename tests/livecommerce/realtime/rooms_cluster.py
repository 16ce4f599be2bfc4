"""A real cluster of three Valkeys, small enough for a test."""

import contextlib
import signal
import subprocess
import time

import redis

from livecommerce.embedded.tether import dies_with_parent
from livecommerce.embedded.valkey import _find_binary
from tests.stripe_server import free_port

SLOTS = 16384
PASSWORD = "only-for-this-cluster"


class Node:
    def __init__(self, folder, port, bus_port):
        self.port = port
        folder.mkdir()
        settings = {
            "bind": "127.0.0.1",
            "port": port,
            "cluster-enabled": "yes",
            "cluster-port": bus_port,
            "cluster-config-file": "nodes.conf",
            "cluster-node-timeout": 1000,
            "cluster-require-full-coverage": "no",  # the rooms of the other nodes go on
            "requirepass": PASSWORD,
            "dir": f'"{folder}"',
            "appendonly": "yes",
            "appendfsync": "always",  # what a node said before it is killed, it must still know
            "save": '""',
            "loglevel": "warning",
        }
        self._conf = folder / "valkey.conf"
        self._conf.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [str(_find_binary()[0]), str(self._conf)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
        self.until(lambda client: client.ping())

    def kill(self):
        self.process.kill()
        self.process.wait()

    @contextlib.contextmanager
    def client(self):
        client = redis.Redis(port=self.port, password=PASSWORD, decode_responses=True)
        with contextlib.closing(client):
            yield client

    def say(self, *command):
        with self.client() as client:
            return client.execute_command(*command)

    def until(self, claim, seconds=20):
        give_up = time.monotonic() + seconds
        with self.client() as client:
            while True:
                with contextlib.suppress(redis.RedisError):
                    if claim(client):
                        return
                assert time.monotonic() < give_up
                time.sleep(0.02)


class Cluster:
    """Three nodes, a third of the slots each."""

    def __init__(self, folder):
        self.nodes = [Node(folder / f"node{n}", free_port(), free_port()) for n in range(3)]
        third = SLOTS // 3 + 1
        for number, node in enumerate(self.nodes):
            first, last = number * third, min((number + 1) * third, SLOTS) - 1
            node.say("CLUSTER", "ADDSLOTSRANGE", first, last)
            node.say("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for other in self.nodes[1:]:
            bus = other.say("CLUSTER", "NODES").split()[1].split("@")[1].split(",")[0]
            self.nodes[0].say("CLUSTER", "MEET", "127.0.0.1", other.port, bus)
        for node in self.nodes:
            node.until(lambda client: len(client.execute_command("CLUSTER", "SLOTS")) == 3)
            node.until(lambda client: client.cluster("INFO")["cluster_state"] == "ok")

    @property
    def url(self):
        nodes = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"redis+cluster://:{PASSWORD}@{nodes}"

    def node_of(self, key):
        slot = self.nodes[0].say("CLUSTER", "KEYSLOT", key)
        ports = self._ports_by_slot(slot)
        return next(node for node in self.nodes if node.port == ports)

    def _ports_by_slot(self, slot):
        for first, last, owner, *_replicas in self.nodes[0].say("CLUSTER", "SLOTS"):
            if first <= slot <= last:
                return owner[1]
        raise AssertionError(slot)

    def move(self, key, *, to):
        """The key's slot and all in it, to another node, as a resharding does."""
        source = self.node_of(key)
        slot = source.say("CLUSTER", "KEYSLOT", key)
        there, here = (node.say("CLUSTER", "MYID") for node in (to, source))
        to.say("CLUSTER", "SETSLOT", slot, "IMPORTING", here)
        source.say("CLUSTER", "SETSLOT", slot, "MIGRATING", there)
        while names := source.say("CLUSTER", "GETKEYSINSLOT", slot, 100):
            source.say(
                *("MIGRATE", "127.0.0.1", to.port, "", 0, 1000, "AUTH", PASSWORD, "KEYS", *names)
            )
        for node in (to, source, *self.nodes):
            node.say("CLUSTER", "SETSLOT", slot, "NODE", there)

    def close(self):
        for node in self.nodes:
            node.kill()
