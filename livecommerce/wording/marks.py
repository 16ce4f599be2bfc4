"""Show a text with its findings marked, without a line of HTML in Python."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Span(Protocol):
    """A Hit, a Contact, a Finding."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


SpanT = TypeVar("SpanT", bound=Span)


@dataclass(frozen=True, slots=True)
class Piece(Generic[SpanT]):
    """Some of the text, and the finding it is, or None."""

    text: str
    finding: SpanT | None = None


def pieces(text: str, findings: Iterable[SpanT]) -> list[Piece[SpanT]]:
    """The text in order, cut at its findings: joined, the pieces are the text again.

    `findings` from several checks may overlap: the one that starts first is shown whole, what
    starts inside it is left out.
    """
    cut: list[Piece[SpanT]] = []
    done = 0
    for finding in sorted(findings, key=lambda one: (one.start, -one.end)):
        if finding.start < done:
            continue
        if finding.start > done:
            cut.append(Piece(text[done : finding.start]))
        cut.append(Piece(text[finding.start : finding.end], finding))
        done = finding.end
    if done < len(text):
        cut.append(Piece(text[done:]))
    return cut
