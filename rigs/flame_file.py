"""FLAME's data, and the file that it is converted into."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from avatar.files import replacing
from avatar.rigs.flame_landmarks import Embedding, FlameLandmarks

PARENTS = (-1, 0, 1, 1, 1)
"""Parents of FLAME's joints: root, neck, jaw, left eye, right eye."""

_KEY = "flame"
_VERSION = 1
_CURE = "convert the original with: avatar rig import FLAME.pkl -o flame.safetensors"

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FlameFile:
    """What a FLAME model is made of: metres, +y up, facing +z.

    Args:
        template: the average head [V, 3].
        faces: triangles [F, 3].
        identities: [S, V, 3], what each identity coefficient adds at 1.
        expressions: [E, V, 3], what each expression coefficient adds at 1.
        pose_correctives: [36, V, 3], what each entry of the rotation matrices of neck, jaw and eyes, less those of the
            rest pose, adds at 1.
        joint_regressor: [5, V], the joints' places as weighted vertices.
        skinning_weights: [V, 5], rows adding up to 1.
        edition: "2019", "2020", "2023", "2023 Open" or "unknown".
        gender: "generic", "female", "male" or "unknown".
        regions: vertex indices by name, from FLAME's masks.
        landmarks: where the 68 landmarks lie.
        eyelids: [2, V, 3], what closing the left and the right lid adds, where the user has such shapes.

    Raises:
        ValueError: the arrays do not belong together, or hold numbers that are not finite.
    """

    template: Floats
    faces: Integers
    identities: Floats
    expressions: Floats
    pose_correctives: Floats
    joint_regressor: Floats
    skinning_weights: Floats
    edition: str = "unknown"
    gender: str = "unknown"
    regions: Mapping[str, Integers] = field(default_factory=dict)
    landmarks: FlameLandmarks | None = None
    eyelids: Floats | None = None

    def __post_init__(self) -> None:
        count = len(self.template)
        wanted: dict[str, tuple[int, ...]] = {
            "template": (count, 3),
            "faces": (len(self.faces), 3),
            "identities": (len(self.identities), count, 3),
            "expressions": (len(self.expressions), count, 3),
            "pose_correctives": (9 * (len(PARENTS) - 1), count, 3),
            "joint_regressor": (len(PARENTS), count),
            "skinning_weights": (count, len(PARENTS)),
        }
        if self.eyelids is not None:
            wanted["eyelids"] = (2, count, 3)
        for name, shape in wanted.items():
            array = getattr(self, name)
            if array.shape != shape:
                raise ValueError(f"FLAME's {name} must be {list(shape)}, got {list(array.shape)}; is it a FLAME file?")
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise ValueError(f"FLAME's {name} must be finite, got NaN or infinity; fetch the file again")
        if not len(self.expressions):
            raise ValueError("FLAME's expressions must be at least one, got none")
        self._check_sums()
        self._check_indices()

    @classmethod
    def load(cls, path: str | Path) -> "FlameFile":
        """Read a file that `save` wrote.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file isn't a converted FLAME model, or of a later version.
        """
        if not Path(path).is_file():
            raise FileNotFoundError(f"no FLAME rig at {path}; {_CURE}")
        try:
            with safe_open(path, framework="numpy") as file:
                metadata = file.metadata() or {}
                arrays = {name: file.get_tensor(name) for name in sorted(file.keys())}
        except SafetensorError as error:
            raise ValueError(f"{path} must be a FLAME rig, got a damaged or foreign file ({error}); {_CURE}") from None
        if _KEY not in metadata:
            raise ValueError(f"{path} must be a FLAME rig, got a .safetensors file of something else; {_CURE}")
        header = json.loads(metadata[_KEY])
        if header["version"] != _VERSION:
            raise ValueError(f"{path} must be of version {_VERSION}, got {header['version']}; {_CURE}")
        return cls(
            **{name: arrays[name] for name in _FLOATS},
            faces=arrays["faces"].astype(np.int64),
            edition=header["edition"],
            gender=header["gender"],
            regions={
                name.removeprefix("region."): rows.astype(np.int64)
                for name, rows in arrays.items()
                if name.startswith("region.")
            },
            landmarks=_landmarks(arrays),
            eyelids=arrays.get("eyelids"),
        )

    def save(self, path: str | Path) -> None:
        """Write everything into one .safetensors file, exactly."""
        arrays: dict[str, NDArray[Any]] = {
            **{name: getattr(self, name) for name in _FLOATS},
            "faces": self.faces.astype(np.uint32),
            **{f"region.{name}": rows.astype(np.uint32) for name, rows in self.regions.items()},
        }
        if self.eyelids is not None:
            arrays["eyelids"] = self.eyelids
        if self.landmarks is not None:
            for name in ("inner", "contour"):
                part = getattr(self.landmarks, name)
                if part is not None:
                    arrays |= {f"{name}.faces": part.faces.astype(np.uint32), f"{name}.barycentrics": part.barycentrics}
        header = {"version": _VERSION, "edition": self.edition, "gender": self.gender}
        ordered = {name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}
        with replacing(path) as temporary:
            save_file(ordered, temporary, metadata={_KEY: json.dumps(header, sort_keys=True)})

    @property
    def description(self) -> str:
        """What the model is and what is known of it, in one line."""
        contour = self.landmarks is not None and self.landmarks.contour is not None
        known = {
            f"{len(self.regions)} regions": bool(self.regions),
            "68 landmarks": contour,
            "51 landmarks without the outline": self.landmarks is not None and not contour,
            "lids": self.eyelids is not None,
        }
        beside = ", ".join(name for name, there in known.items() if there)
        return (
            f"FLAME {self.edition}, {self.gender}: {len(self.template)} vertices, {len(self.faces)} triangles, "
            f"{len(self.identities)} identity and {len(self.expressions)} expression coefficients; "
            f"beside it: {beside or 'neither masks nor landmarks nor lids'}"
        )

    @property
    def licence(self) -> str:
        """What whoever converts the file should know about its terms."""
        terms = (
            "This edition is published under CC BY 4.0: name its authors wherever you use it."
            if self.edition == "2023 Open"
            else "The terms that you accepted when you downloaded it hold for the converted file too: "
            "it is the same data, do not pass it on unless they allow it."
        )
        return (
            f"FLAME ({self.edition}, {self.gender}) is the Max Planck Society's (https://flame.is.tue.mpg.de). {terms} "
            "Cite Li, Bolkart, Black, Li and Romero (2017), "
            "Learning a model of facial shape and expression from 4D scans."
        )

    def _check_sums(self) -> None:
        for name, sums in (
            ("skinning_weights", self.skinning_weights.sum(1)),
            ("joint_regressor", self.joint_regressor.sum(1)),
        ):
            if len(sums) and np.abs(sums - 1).max() > 1e-2:
                raise ValueError(
                    f"FLAME's {name} must add up to 1 for each row, got {sums.min():.3g}..{sums.max():.3g}; "
                    "is it a FLAME file?"
                )

    def _check_indices(self) -> None:
        vertices, triangles = len(self.template), len(self.faces)
        named = {"faces": (self.faces, vertices)}
        named |= {f"region {name}": (rows, vertices) for name, rows in self.regions.items()}
        if self.landmarks is not None:
            named["landmarks"] = (self.landmarks.inner.faces, triangles)
            if self.landmarks.contour is not None:
                named["outline's landmarks"] = (self.landmarks.contour.faces, triangles)
        for name, (rows, count) in named.items():
            if rows.size and not 0 <= rows.min() <= rows.max() < count:
                raise ValueError(f"FLAME's {name} must be within 0..{count - 1}, got {rows.min()}..{rows.max()}")


_FLOATS = (
    "template",
    "identities",
    "expressions",
    "pose_correctives",
    "joint_regressor",
    "skinning_weights",
)


def _landmarks(arrays: dict[str, NDArray[Any]]) -> FlameLandmarks | None:
    if "inner.faces" not in arrays:
        return None
    inner, contour = (
        Embedding(arrays[f"{name}.faces"].astype(np.int64), arrays[f"{name}.barycentrics"])
        if f"{name}.faces" in arrays
        else None
        for name in ("inner", "contour")
    )
    assert inner is not None
    return FlameLandmarks(inner, contour)
