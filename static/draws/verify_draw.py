"""Checks a lucky draw from its public figures: python3 verify_draw.py proof.json

Needs nothing but Python 3. `proof.json` is what the draw's page offers as "All figures (JSON)".
Prints each step and who won; the exit status is 0 only if everything fits.
"""

import hashlib
import json
import sys


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


def check(proof):
    """[(what, whether it holds)], in the order of the docs."""
    marks = sorted(proof["entries"])
    order = sorted(marks, key=lambda mark: key_of(proof, mark))
    terms = json.loads(proof["terms"])
    winners = [(one["rank"], one["mark"]) for one in proof["winners"]]
    beacon = proof["beacon"]
    return [
        ("the draw is over", proof["state"] == "drawn"),
        ("the secret fits its fingerprint", sha256(proof["seed"]) == proof["seed_hash"]),
        ("the rules fit their fingerprint", sha256(proof["terms"]) == proof["terms_hash"]),
        ("the rules are of this draw", terms["draw"] == proof["draw"]),
        ("the list fits its fingerprint", sha256("\n".join(marks)) == proof["entries_hash"]),
        ("nobody is on the list twice", len(set(marks)) == len(marks)),
        (
            "the public number fits its signature",
            beacon is None or sha256(bytes.fromhex(beacon["signature"])) == beacon["value"],
        ),
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
        sys.stdout.write(f"{'ok  ' if holds else 'NO  '} {what}\n")
    for one in proof["winners"]:
        sys.stdout.write(f"{one['rank']:>4}. {one['mark']} {one['name']} ({one['state']})\n")
    return 0 if all(holds for _what, holds in steps) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
