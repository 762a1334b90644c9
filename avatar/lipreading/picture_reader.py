"""What all nets that read grey pictures of a face share: even light, and files of weights."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from avatar.files import replacing

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound=nn.Module)

_LEAST = 1e-2  # of the spread of a clip's grey values, so that an empty clip stays finite


def evened(pictures: Tensor, size: int, *, drawn_with: str) -> Tensor:
    """Clips whose grey values have mean 0 and deviation 1, so that their light and contrast hardly matter.

    Args:
        pictures: [B, T, size, size] grey, about 0..1.
        size: of the pictures that the net reads.
        drawn_with: what draws such pictures.

    Raises:
        ValueError: a shape does not fit.
    """
    if pictures.ndim != 4 or pictures.shape[2:] != (size, size):
        raise ValueError(
            f"pictures must be [B, T, {size}, {size}] grey, got {list(pictures.shape)}; draw them with {drawn_with}"
        )
    mean = pictures.mean((1, 2, 3), keepdim=True)
    spread = (pictures - mean).square().mean((1, 2, 3), keepdim=True).add(_LEAST**2).sqrt()
    return (pictures - mean) / spread


@dataclass(frozen=True)
class ReaderFiles:
    """The files of one kind of reader: weights in half precision, the configuration in the header.

    Args:
        key: of the configuration in the header, and the shipped file's name.
        package: that ships one, in its folder `data`.
        kind: what is in it, with its article: "an emotion reader".
        command: makes such a file.
    """

    key: str
    package: str
    kind: str
    command: str

    def save(self, reader: nn.Module, config: "DataclassInstance", path: str | Path) -> None:
        """Write a reader.

        Args:
            reader: the net.
            config: of it, plain values and tuples.
            path: the file.
        """
        tensors = {name: value.detach().half().contiguous() for name, value in reader.state_dict().items()}
        with replacing(path) as temporary:
            save_file(tensors, temporary, {self.key: json.dumps(asdict(config))})

    def load(self, make: Callable[[dict[str, Any]], R], path: str | Path | None) -> R:
        """Read what `save` wrote, or the reader that ships.

        Args:
            make: gives the net of a configuration's values by name.
            path: the file; the one that ships when left out.

        Returns:
            The net with its weights, in single precision, ready to read.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: something else is in it.
        """
        if path is None:
            with as_file(files(self.package) / "data" / f"{self.key}.safetensors") as shipped:
                return self.load(make, shipped)
        if not Path(path).is_file():
            name = self.kind.partition(" ")[2]
            raise FileNotFoundError(f"no {name} at {path}; train one: {self.command}")
        try:
            with safe_open(path, framework="pt") as file:
                header = (file.metadata() or {}).get(self.key)
                tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
        except SafetensorError as error:
            raise ValueError(
                f"{path} must be {self.kind} in a .safetensors file, got something else ({error})"
            ) from None
        if header is None:
            raise ValueError(f"{path} must be {self.kind}, got a .safetensors file of something else")
        try:
            reader = make(_plain(header))
            reader.load_state_dict(tensors)
        except (ValueError, TypeError, RuntimeError, LookupError, ArithmeticError) as error:
            # A mismatch of weights lists every one of them on further lines.
            reason = str(error).partition("\n")[0]
            raise ValueError(
                f"{path} must be {self.kind}, got a damaged one ({reason}); train one: {self.command}"
            ) from error
        return reader.eval()


def _plain(header: str) -> dict[str, Any]:
    """A configuration's values by name, out of a file's header."""
    values = json.loads(header)
    if not isinstance(values, dict):
        raise ValueError(f"its configuration must be values by name, got {type(values).__name__}")
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
