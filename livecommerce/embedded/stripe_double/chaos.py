"""What tests may ask to go wrong. Nothing does until they ask, and a restart forgets it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from livecommerce.embedded.stripe_double.problems import invalid

LONGEST_SHUFFLE_SECONDS = 60


@dataclass(slots=True)
class Chaos:
    """Likelihoods are from 0 to 1.

    Webhooks: `drop` loses one for good, `duplicate` sends it twice, `delay` (seconds, least and
    most) holds each back, `shuffle` (seconds) mixes the order of those within that time.
    API: `refuse` answers 503 and does nothing, `lose_answers` does the work and then says 500.
    """

    drop: float = 0.0
    duplicate: float = 0.0
    delay: tuple[float, float] = (0.0, 0.0)
    shuffle: float = 0.0
    refuse: float = 0.0
    lose_answers: float = 0.0
    dice: random.Random = field(default_factory=random.Random)

    def set(self, wanted: Mapping[str, Any]) -> None:
        """Take over what is given; the rest goes back to calm. `seed` makes it repeatable."""
        calm = Chaos()
        for name in ("drop", "duplicate", "shuffle", "refuse", "lose_answers"):
            value = wanted.get(name, getattr(calm, name))
            if not isinstance(value, int | float) or not 0 <= value <= (
                60 if name == "shuffle" else 1
            ):
                raise invalid(f"Invalid {name}", param=name)
            setattr(self, name, float(value))
        delay = wanted.get("delay", [0, 0])
        if not isinstance(delay, list) or len(delay) != 2 or not 0 <= delay[0] <= delay[1] <= 600:
            raise invalid("Invalid delay: [least, most] in seconds", param="delay")
        self.delay = (float(delay[0]), float(delay[1]))
        if unknown := set(wanted) - {*calm.shown(), "seed"}:
            raise invalid(f"Unknown chaos: {min(unknown)}")
        # Dice, not a secret.
        self.dice = random.Random(wanted.get("seed"))  # nosec B311

    def shown(self) -> dict[str, Any]:
        return {
            "drop": self.drop,
            "duplicate": self.duplicate,
            "delay": list(self.delay),
            "shuffle": self.shuffle,
            "refuse": self.refuse,
            "lose_answers": self.lose_answers,
        }

    def happens(self, likelihood: float) -> bool:
        return likelihood > 0 and self.dice.random() < likelihood

    def copies(self) -> int:
        """How often to send a webhook: 0, 1 or 2 times."""
        if self.happens(self.drop):
            return 0
        return 2 if self.happens(self.duplicate) else 1

    def hold_back_seconds(self) -> float:
        return self.dice.uniform(*self.delay) + self.dice.uniform(0, self.shuffle)
