"""What a newcomer reads once everything runs."""

import json
from collections.abc import Mapping
from pathlib import Path

_LINE = "─" * 72

_TO_TRY = (
    "open the room that is on air, turn the sound on, say something in the chat",
    "sign in as the viewer and buy what is pinned; the test card is filled in for you",
    "sign in as the official, open /host/ and go live with your own camera",
    "sign in as the producer and send what was bought, at /producer/",
    "sign in as the admin and set a deal at /admin/",
)


def greeting(environment: Mapping[str, str], data_dir: Path, *, seconds: float) -> str:
    address = environment["PUBLIC_URL"]
    lines = [
        "",
        _LINE,
        f"  The shop is open:  {address}     (started in {seconds:.1f} s)",
        "",
    ]
    rows = _sign_ins(data_dir) if environment.get("DEMO") == "1" else []
    if rows:
        width = max(len(row["email"]) for row in rows)
        lines.append("  Sign in as")
        for row in rows:
            told = f"{row['role']:<10} {row['email']:<{width}}  {row['password']}"
            lines.append(f"    {told}  {row.get('open', '')}")
        if any(row.get("second_factor") for row in rows):
            lines.append("    (asked for a code? The page shows the one of a demo account)")
        lines.append("")
        lines.append("  Try")
        lines += [f"    · {hint}" for hint in _TO_TRY]
        lines.append("")
    if environment.get("STRIPE_API_BASE"):
        lines.append(f"  Payments go to the Stripe double at {environment['STRIPE_API_BASE']}")
    if not environment.get("EMAIL_URL"):
        lines.append(f"  E-mail is written to {data_dir / 'mail'}")
    lines += ["  Ctrl-C stops everything.", _LINE, ""]
    return "\n".join(lines)


def _sign_ins(data_dir: Path) -> list[dict[str, str]]:
    file = data_dir / "sign-ins.json"
    if not file.is_file():
        return []
    rows: list[dict[str, str]] = json.loads(file.read_text())
    return rows
