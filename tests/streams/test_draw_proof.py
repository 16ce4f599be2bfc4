"""Anyone can check a draw: with the documented script, in a browser, from the public page alone."""

import hashlib
import json
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from py_arkworks_bls12381 import G1Point, G2Point, Scalar

from streams.domain import draw_beacon, draw_proof, draws
from streams.models import Draw, DrawEntry, DrawWinner
from tests.factories import make_user
from tests.streams.draws import enter, finish, make_draw, move_times, open_now, over_now
from tests.streams.test_snapshot import _node

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(settings.BASE_DIR)
SCRIPT = ROOT / "static" / "draws" / "verify_draw.py"
BROWSER = """
import { readFileSync } from "node:fs";
globalThis.HTMLElement = class {};
globalThis.customElements = { define() {} };
const { check } = await import(process.argv[1]);
const proof = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(await check(proof, process.argv[2])));
"""


@pytest.fixture
def drawn():
    draw = open_now(make_draw(places=2))
    for _ in range(7):
        enter(draw)
    return finish(draw)


def public(client, draw):
    answer = client.get(f"/draws/{draw.public_id}/proof.json")
    assert answer.status_code == 200
    return answer.json()


def script(proof, tmp_path, source=SCRIPT):
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof), "utf-8")
    command = [sys.executable, "-W", "ignore", str(source), str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def browser(proof, mine=""):
    module = (ROOT / "static/js/elements/draw-proof.js").as_uri()
    told = subprocess.run(
        [_node(), "--input-type=module", "-e", BROWSER, module, mine],
        input=json.dumps(proof),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(told.stdout)


def documented(tmp_path):
    """The fifteen lines of the docs, as somebody would copy them."""
    text = (ROOT / "docs" / "draws.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    file = tmp_path / "copied.py"
    file.write_text(code, "utf-8")
    return file


def test_everyone_comes_to_the_same_winners(client, drawn, tmp_path):
    proof = public(client, drawn)
    won = [one.entry.mark for one in DrawWinner.objects.order_by("rank")]
    assert [one["mark"] for one in proof["winners"]] == won
    told = script(proof, tmp_path)
    assert told.returncode == 0, told.stdout
    assert "NO" not in told.stdout
    copied = script(proof, tmp_path, documented(tmp_path))
    assert copied.stdout.split() == won, copied.stderr
    assert set(browser(proof, won[0]).values()) == {True}
    assert proof["entries_hash"] == draw_proof.list_hash(
        DrawEntry.objects.values_list("mark", flat=True)
    )


def _other_list(proof):
    proof["entries"][3] = "0" * 64


def _one_missing(proof):
    del proof["entries"][0]


def _one_more(proof):
    proof["entries"].append("f" * 64)


def _other_seed(proof):
    proof["seed"] = "1" + proof["seed"][1:] if proof["seed"][0] != "1" else "2" + proof["seed"][1:]


def _other_terms(proof):
    proof["terms"] = proof["terms"].replace('"places":2', '"places":1')


def _other_winner(proof):
    won = {one["mark"] for one in proof["winners"]}
    proof["winners"][0]["mark"] = next(mark for mark in proof["entries"] if mark not in won)


def _swapped(proof):
    first, second = proof["winners"]
    first["mark"], second["mark"] = second["mark"], first["mark"]


CHANGES = [_other_list, _one_missing, _one_more, _other_seed, _other_terms, _other_winner, _swapped]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_changed_does_not_fit_any_more(client, drawn, tmp_path, change):
    proof = public(client, drawn)
    change(proof)
    assert script(proof, tmp_path).returncode == 1
    assert script(proof, tmp_path, documented(tmp_path)).returncode == 1
    assert False in browser(proof).values()


def test_a_changed_entry_changes_the_order():
    marks = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(20)]
    draw = Draw(public_id="d", terms_hash="t", entries_hash=draw_proof.list_hash(marks))
    order = draw_proof.order_of(draw, marks, seed="s", beacon="")
    marks[0] = "0" * 64
    draw.entries_hash = draw_proof.list_hash(marks)
    others = draw_proof.order_of(draw, marks, seed="s", beacon="")
    assert [one for one in order if one in others] != [one for one in others if one in order]


def test_nothing_is_told_before_its_time(client):
    draw = open_now(make_draw())
    entry = enter(draw)
    proof = public(client, draw)
    assert (proof["seed"], proof["entries"], proof["winners"]) == ("", [], [])
    assert proof["seed_hash"] == draw.seed_hash
    over_now(draw)
    draws._close(Draw.objects.select_related("broadcast").get())
    proof = public(client, draw)
    assert (proof["seed"], proof["entries"]) == ("", [entry.mark])
    assert json.loads(proof["terms"])["prize_fen"] == 9900


def test_a_draw_that_was_never_opened_is_nobodys_business(client):
    draw = make_draw()
    for address in ("", "proof.json"):
        assert client.get(f"/draws/{draw.public_id}/{address}").status_code == 404


# --- the public number


class Relay(BaseHTTPRequestHandler):
    """A drand relay: `/<chain>/public/<round>`."""

    answers: dict[int, dict] = {}

    def do_GET(self):
        _, chain, _public, number = self.path.split("/")
        told = self.answers.get(int(number)) if chain == draw_beacon.CHAIN else None
        self.send_response(200 if told else 404)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def relay(settings):
    Relay.answers = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.DRAW_BEACON_URL = f"http://127.0.0.1:{server.server_port}"
    yield Relay.answers
    server.shutdown()
    server.server_close()
    thread.join()


SECRET = Scalar(20261123)
"""Of a drand of our own: quicknet has signed no round of a test's time."""
REAL = {
    "round": 657413,
    "signature": "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56"
    "e91a6b85b89cd97b",
    "randomness": "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587",
}
"""A round of quicknet, as its relays tell it and as the readme of drand-verify 0.2.1 has it."""


@pytest.fixture
def own_drand(monkeypatch):
    key = (G2Point() * SECRET).to_compressed_bytes().hex()
    monkeypatch.setattr(draw_beacon, "PUBLIC_KEY", key)
    return key


def value_of(number, secret=SECRET):
    message = hashlib.sha256(number.to_bytes(8, "big")).digest()
    signed = G1Point.hash_to_curve(message, draw_beacon.DOMAIN) * secret
    signature = signed.to_compressed_bytes()
    randomness = hashlib.sha256(signature).hexdigest()
    return {"round": number, "randomness": randomness, "signature": signature.hex()}


def test_rounds_follow_drands_clock():
    genesis = draw_beacon.time_of(1)
    assert genesis.timestamp() == draw_beacon.GENESIS
    closes_at = timezone.now()
    number = draw_beacon.round_after(closes_at)
    wait = (draw_beacon.time_of(number) - closes_at).total_seconds()
    assert 12 <= wait < 15


def test_the_public_number_is_waited_for_and_decides(client, relay, own_drand, tmp_path):
    draw = open_now(make_draw())
    assert draw.beacon_round == draw_beacon.round_after(draw.closes_at)
    for _ in range(5):
        enter(draw)
    over_now(draw)
    draws.run_due()
    draw.refresh_from_db()
    assert draw.state == "closed", "its round is still to come"
    past = int((timezone.now().timestamp() - draw_beacon.GENESIS) / 3) - 20
    move_times(draw, beacon_round=past)
    draws.run_due()
    draw.refresh_from_db()
    assert draw.state == "closed", "the relay does not know it yet"
    relay[past] = value_of(past, secret=Scalar(1))
    forget_pauses(draw)
    draws.run_due()
    draw.refresh_from_db()
    assert (draw.state, draw.seed) == ("closed", ""), "a number that drand did not sign"
    relay[past] = value_of(past)
    forget_pauses(draw)
    draws.run_due()
    draw.refresh_from_db()
    assert (draw.state, draw.beacon_value) == ("drawn", relay[past]["randomness"])
    proof = public(client, draw)
    assert (proof["beacon"]["public_key"], proof["beacon"]["scheme"]) == (own_drand, SCHEME)
    move_times(draw, closes_at=draw_beacon.time_of(past - 9))
    told = script(public(client, draw), tmp_path, with_key(tmp_path, own_drand))
    assert told.returncode == 0, told.stdout
    assert "ok   the signature is drand's" in told.stdout
    assert browser(proof)["beacon"]
    proof["beacon"]["signature"] = "cd" * 48
    assert not browser(proof)["beacon"]


SCHEME = "bls-unchained-g1-rfc9380"


def with_key(tmp_path, key):
    """The script, trusting another drand than quicknet."""
    file = tmp_path / "verify_other.py"
    text = SCRIPT.read_text("utf-8")
    file.write_text(text.replace("\n\ndef sha256", f"\nKEY = {key!r}\n\n\ndef sha256", 1), "utf-8")
    return file


def test_quicknets_own_signature_is_known_and_no_other():
    signature = bytes.fromhex(REAL["signature"])
    assert draw_beacon.is_signed(REAL["round"], signature)
    assert not draw_beacon.is_signed(REAL["round"] + 1, signature)
    forged = bytes.fromhex(value_of(REAL["round"])["signature"])
    infinity = bytes([0xC0]) + bytes(47)
    for other in (forged, infinity, signature[:-1], b"", bytes(48)):
        assert not draw_beacon.is_signed(REAL["round"], other)


def test_a_relay_is_believed_for_its_signature_alone(relay):
    relay[REAL["round"]] = REAL
    told = draw_beacon.fetch(REAL["round"])
    assert (told.value, told.signature) == (REAL["randomness"], REAL["signature"])
    relay[7] = value_of(7)
    assert draw_beacon.fetch(7) is None


def _proof_with(number, closes_at):
    """A draw nobody entered, decided by a round of quicknet."""
    none = hashlib.sha256(b"").hexdigest()
    terms = json.dumps({"draw": "d", "places": 1})
    seed = "5" * 64
    return {
        "version": "draw-v1",
        "draw": "d",
        "state": "drawn",
        "terms": terms,
        "terms_hash": hashlib.sha256(terms.encode()).hexdigest(),
        "seed": seed,
        "seed_hash": hashlib.sha256(seed.encode()).hexdigest(),
        "closes_at": closes_at,
        "beacon": {"chain": draw_beacon.CHAIN, "value": number["randomness"], **number},
        "entries": [],
        "entries_hash": none,
        "winners": [],
    }


def test_the_script_checks_drands_signature_and_says_when_it_cannot(tmp_path):
    came_at = int(draw_beacon.time_of(REAL["round"]).timestamp() * 1000)
    fine = _proof_with(REAL, came_at - 12_000)
    told = script(fine, tmp_path)
    assert told.returncode == 0, told.stdout
    assert "ok   the signature is drand's" in told.stdout

    forged = _proof_with(value_of(REAL["round"]), came_at - 12_000)
    told = script(forged, tmp_path)
    assert (told.returncode, told.stdout.count("NO ")) == (1, 1)
    assert "NO   the signature is drand's" in told.stdout

    early = script(_proof_with(REAL, came_at + 1), tmp_path)
    assert early.returncode == 1
    assert "NO   it came after entries were closed" in early.stdout

    bare = tmp_path / "bare.py"
    bare.write_text(
        f"import sys; sys.modules['py_arkworks_bls12381'] = None\n{SCRIPT.read_text('utf-8')}"
    )
    told = script(fine, tmp_path, bare)
    assert told.returncode == 0, told.stderr
    assert "?    the signature is drand's: not checked" in told.stdout


def forget_pauses(draw):
    from livecommerce import redis_client

    redis_client.sync().delete(redis_client.key("limit", f"beacon:{draw.pk}"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"round": 8, "randomness": "0" * 64, "signature": "ab"},
        {"round": 7, "randomness": "0" * 64, "signature": "ab"},
        {"round": 7, "randomness": "zz", "signature": "ab"},
        {"round": 7},
        ["no"],
    ],
)
def test_a_relay_that_makes_no_sense_is_not_believed(relay, wrong):
    relay[7] = wrong
    assert draw_beacon.fetch(7) is None


def test_a_relay_that_is_away_is_asked_again(settings):
    settings.DRAW_BEACON_URL = "http://127.0.0.1:1"
    assert draw_beacon.fetch(7) is None


# --- the page


def test_the_page_proves_to_everyone_and_greets_who_won(client, drawn):
    winner = DrawWinner.objects.select_related("entry__user").get(rank=1)
    page = client.get(f"/draws/{drawn.public_id}/").text
    for figure in (drawn.seed, drawn.seed_hash, drawn.terms_hash, drawn.entries_hash):
        assert figure in page
    assert "覃*" in page
    assert winner.entry.user.display_name not in page
    client.force_login(winner.entry.user)
    page = client.get(f"/draws/{drawn.public_id}/").text
    assert f"/draws/{drawn.public_id}/claim/" in page
    assert winner.entry.nonce in page


@pytest.mark.parametrize("entries", [1, 30])
def test_the_page_asks_as_often_for_one_as_for_many(client, django_assert_num_queries, entries):
    draw = open_now(make_draw(places=30))
    for _ in range(entries):
        enter(draw)
    finish(draw)
    client.force_login(make_user())
    client.get(f"/draws/{draw.public_id}/")
    with django_assert_num_queries(8):
        client.get(f"/draws/{draw.public_id}/")
    with django_assert_num_queries(4):  # the person among them, for their second factor
        client.get(f"/draws/{draw.public_id}/proof.json")


def test_entering_from_the_page_and_from_a_script(client):
    draw, viewer = open_now(make_draw()), make_user()
    address = f"/draws/{draw.public_id}/enter"
    assert client.post(address, {"nonce": "0" * 32}).status_code == 302
    assert client.get(address).status_code == 405
    client.force_login(viewer)
    told = client.post(address, {"nonce": "zz"}, headers={"accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (422, "draw_nonce")
    told = client.post(address, {"nonce": "0" * 32}, headers={"accept": "application/json"})
    assert told.status_code == 201
    assert told.json() == {"mark": DrawEntry.objects.get().mark}
    page = client.post(address, {"nonce": "1" * 32}, headers={"accept": "text/html"}, follow=True)
    assert told.json()["mark"] in page.text
    assert client.post("/draws/nothing/enter", {"nonce": "0" * 32}).status_code == 404
    assert DrawEntry.objects.count() == 1


def test_a_condition_that_is_missing_is_named(client):
    draw = open_now(make_draw(must_follow=True))
    client.force_login(make_user())
    address = f"/draws/{draw.public_id}/enter"
    told = client.post(
        address, {"nonce": "0" * 32}, headers={"accept": "*/*", "accept-language": "en"}
    )
    assert told.status_code == 422
    assert told.json()["missing"] == ["follow"]
    assert told.json()["message"] == "Still to do: follow the host"
