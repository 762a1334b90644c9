"""Options that the commands share."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import tyro

if TYPE_CHECKING:
    from avatar.export import ExportOptions

Outputs = Annotated[tuple[str, ...], tyro.conf.arg(aliases=["-o"], metavar="OUT...")]


@dataclass(frozen=True, kw_only=True)
class Look:
    """How the head looks in pictures, videos and GLB files.

    Args:
        size: Width and height of pictures in pixels (even).
        supersample: Samples across and down each pixel, 1 to 4: 2 smooths the edges, 1 is fastest.
        identity: Whose head: a whole number draws a person, name=value pairs such as age=0.5 shape one.
        at: The second that a single picture shows.
    """

    size: int = 512
    supersample: int = 2
    identity: Annotated[tuple[str, ...], tyro.conf.arg(metavar="SEED|NAME=VALUE...")] = ()
    at: float = 0.0

    def options(self) -> "ExportOptions":
        """The same for the exporters.

        Raises:
            KeyError: the head has no such identity axis.
            ValueError: an option is out of range, or does not read as NAME=VALUE.
        """
        from avatar.export import ExportOptions

        return ExportOptions(_identity(self.identity), self.size, self.supersample, at=self.at)


def _identity(words: tuple[str, ...]) -> dict[str, float]:
    if not words:
        return {}
    from avatar.export.head import drawn_identity, identity_vector, shipped_head

    head = shipped_head()
    values: dict[str, float] = {}
    for word in words:
        name, equals, value = word.partition("=")
        try:
            if equals:
                values[name] = float(value)
            else:
                values |= drawn_identity(head, int(word))
        except (ValueError, RuntimeError):
            raise ValueError(f"--identity takes a whole number or NAME=VALUE, got {word!r}") from None
    identity_vector(head, values)
    return values
