"""A gentle plucked tune in the pentatonic scale, made of sines; ours, so nobody's rights."""

import math
import random
import wave
from array import array
from pathlib import Path

RATE = 24_000
_BEAT = 0.375  # seconds
_VERSE = 12  # seconds: both phrases once
_SCALE = (261.63, 293.66, 329.63, 392.00, 440.00, 523.25, 587.33, 659.25)
_BASS = (130.81, 98.00, 110.00, 98.00)
_MELODY = (4, 5, 4, 2, 3, 2, 1, -1, 2, 3, 4, -1, 3, 2, 0, -1)
_ANSWER = (5, 6, 5, 4, 5, 4, 2, -1, 3, 4, 2, 1, 0, -1, 0, -1)
_PARTIALS = ((1, 1.0), (2, 0.45), (3, 0.18), (5, 0.05))


def write_tune(target: Path, seconds: int) -> None:
    """A mono WAV file of exactly `seconds`; its end fades into its beginning."""
    verse = _VERSE if seconds % _VERSE == 0 else seconds
    mix = array("f", bytes(4 * verse * RATE))
    chance = random.Random(33)  # nosec B311
    for index in range(int(verse / _BEAT)):
        start = int(index * _BEAT * RATE)
        phrase = _ANSWER if (index // 16) % 2 else _MELODY
        note = phrase[index % 16]
        if note >= 0:
            _pluck(mix, start, _SCALE[note], 0.20 + chance.random() * 0.05)
        if index % 4 == 0:
            _pluck(mix, start, _BASS[(index // 4) % 4], 0.16)
    samples = array("h", (int(max(-1.0, min(1.0, value)) * 26_000) for value in mix))
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes() * (seconds // verse))


def _pluck(mix: "array[float]", start: int, frequency: float, loudness: float) -> None:
    """Notes that run past the end ring on at the beginning, so that the loop has no seam."""
    total = len(mix)
    for offset in range(int(RATE * 1.1)):
        seconds = offset / RATE
        envelope = loudness * math.exp(-4.2 * seconds) * min(1.0, offset / 60)
        angle = math.tau * frequency * seconds
        value = sum(
            strength * math.sin(multiple * angle) * math.exp(-multiple * seconds)
            for multiple, strength in _PARTIALS
        )
        mix[(start + offset) % total] += envelope * value
