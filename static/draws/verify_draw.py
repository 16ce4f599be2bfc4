"""Checks a lucky draw from its public figures: python3 verify_draw.py proof.json

Needs nothing but Python 3. `proof.json` is what the draw's page offers as "All figures (JSON)".
Prints each step and who won; the exit status is 0 only if everything fits.

A draw with a public number rests on drand's signature, too. To check that one as well:
python3 -m pip install py-arkworks-bls12381
Without it the script says that it was not checked; another relay of drand tells the same number.
"""

import hashlib
import json
import sys

try:
    from py_arkworks_bls12381 import GT, G1Point, G2Point
except ImportError:
    GT = None

# drand's "quicknet", as its members publish it; nothing of it is taken from the file.
CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
KEY = (
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
FIRST_ROUND, SECONDS = 1692803367, 3
DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"


def sha256(data):
    if isinstance(data, str):
        data = data.encode("utf-8")
    return hashlib.sha256(data).hexdigest()


def key_of(proof, mark):
    """The smallest key is first."""
    beacon = proof["beacon"]["value"] if proof["beacon"] else ""
    parts = (
        *(proof["version"], proof["seed"], proof["draw"], proof["terms_hash"]),
        *(proof["entries_hash"], beacon, mark),
    )
    return sha256("|".join(parts))


def is_signed(beacon):
    """drand's scheme bls-unchained-g1-rfc9380; None if the library for it is not here."""
    if GT is None:
        return None
    message = hashlib.sha256(beacon["round"].to_bytes(8, "big")).digest()
    try:
        signature = G1Point.from_compressed_bytes(bytes.fromhex(beacon["signature"]))
    except ValueError:
        return False
    expected = G1Point.hash_to_curve(message, DOMAIN)
    key = G2Point.from_compressed_bytes(bytes.fromhex(KEY))
    return GT.pairing_check([signature, -expected], [G2Point(), key])


def check_number(proof):
    """The public number: drand's, of a round that came after the list was closed."""
    beacon = proof["beacon"]
    if not beacon:
        return []
    came_at = (FIRST_ROUND + (beacon["round"] - 1) * SECONDS) * 1000
    return [
        ("the public number is of drand's quicknet", beacon["chain"] == CHAIN),
        ("it came after entries were closed", came_at > proof["closes_at"]),
        ("it fits its signature", sha256(bytes.fromhex(beacon["signature"])) == beacon["value"]),
        ("the signature is drand's", is_signed(beacon)),
    ]


def check(proof):
    """[(what, whether it holds, None where it was not checked)], in the order of the docs."""
    marks = sorted(proof["entries"])
    order = sorted(marks, key=lambda mark: key_of(proof, mark))
    terms = json.loads(proof["terms"])
    winners = [(one["rank"], one["mark"]) for one in proof["winners"]]
    return [
        ("the draw is over", proof["state"] == "drawn"),
        ("the secret fits its fingerprint", sha256(proof["seed"]) == proof["seed_hash"]),
        ("the rules fit their fingerprint", sha256(proof["terms"]) == proof["terms_hash"]),
        ("the rules are of this draw", terms["draw"] == proof["draw"]),
        ("the list fits its fingerprint", sha256("\n".join(marks)) == proof["entries_hash"]),
        ("nobody is on the list twice", len(set(marks)) == len(marks)),
        *check_number(proof),
        ("every prize has a winner", len(winners) >= min(terms["places"], len(marks))),
        ("the winners are the first", winners == list(enumerate(order, 1))[: len(winners)]),
    ]


def main(arguments):
    if len(arguments) != 1:
        sys.stderr.write(__doc__)
        return 2
    with open(arguments[0], encoding="utf-8") as file:
        proof = json.load(file)
    steps = check(proof)
    for what, holds in steps:
        word = {True: "ok  ", False: "NO  ", None: "?   "}[holds]
        without = ": not checked, needs py-arkworks-bls12381" if holds is None else ""
        sys.stdout.write(f"{word} {what}{without}\n")
    for one in proof["winners"]:
        sys.stdout.write(f"{one['rank']:>4}. {one['mark']} {one['name']} ({one['state']})\n")
    return 1 if any(holds is False for _what, holds in steps) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
