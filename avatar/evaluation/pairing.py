"""Which files belong together: clips, references, sound and phones, by their names without extension."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from avatar.articulation.phone_files import PHONE_EXTENSIONS
from avatar.audio import SOUND_EXTENSIONS
from avatar.export.reading import READERS, reader_of

VERTEX_EXTENSION = ".npy"


@dataclass(frozen=True, slots=True)
class Case:
    """One recording of one system, and what it is judged by.

    Args:
        name: of the recording, the same for all systems.
        clip: the file to judge.
        reference: how it should move.
        audio: its sound.
        phones: what is said when.
        text: what is said.
    """

    name: str
    clip: Path
    reference: Path | None = None
    audio: Path | None = None
    phones: Path | None = None
    text: Path | None = None

    @property
    def scene(self) -> str:
        """Whose it is: with one reference for all, differently named clips are systems on one recording."""
        return self.name if self.reference is None else stem(self.reference)


def pair(
    clips: Sequence[str],
    *,
    references: Sequence[str] = (),
    audio: str | None = None,
    phones: str | None = None,
    text: str | None = None,
) -> dict[str, list[Case]]:
    """Find what belongs to each clip.

    Args:
        clips: files and folders. A folder is a system; so is each file, unless there are several references, when the
            files together are one.
        references: files and folders; a single file belongs to every clip.
        audio: a file that belongs to every clip, or a folder; beside each clip when left out.
        phones: a file that belongs to every clip, or a folder.
        text: the same, instead of phones.

    Returns:
        The cases of each system by its heading.

    Raises:
        OSError: there is no such file or folder.
        ValueError: nothing is named, a clip has no partner, or two files have one name.
    """
    if not clips:
        raise ValueError("name at least one clip, for example: avatar evaluate talk.csv --reference truth.csv")
    partners = _Partners.among(references, is_clip, "reference")
    sounds = _Partners.among([] if audio is None else [audio], _is_sound, "recording of sound")
    labels = _Partners.among([] if phones is None else [phones], _is_phones, "file of phones")
    words = _Partners.among([] if text is None else [text], _is_text, "file of text")
    systems: dict[str, list[Case]] = {}
    for heading, paths in _systems(clips, one_each=partners.same_for_all).items():
        systems[heading] = [
            Case(
                stem(path),
                path,
                partners.of(path),
                _beside(path) if audio is None else sounds.of(path),
                labels.of(path),
                words.of(path),
            )
            for path in paths
        ]
    return systems


def stem(path: Path) -> str:
    """A file's name without its extension, be it ".csv" or ".flame.npz"."""
    known = [extension for extension in READERS if path.name.lower().endswith(extension)]
    return path.name[: -len(max(known, key=len))] if known else path.stem


def is_clip(path: Path) -> bool:
    """Whether a name is that of curves or vertices."""
    return reader_of(path) is not None or path.suffix.lower() == VERTEX_EXTENSION


def _is_sound(path: Path) -> bool:
    return path.suffix.lower() in SOUND_EXTENSIONS


def _is_phones(path: Path) -> bool:
    return path.suffix.lower() in PHONE_EXTENSIONS


def _is_text(path: Path) -> bool:
    return path.suffix.lower() == ".txt"


def _systems(clips: Sequence[str], *, one_each: bool) -> dict[str, list[Path]]:
    folders = {name: _inside(Path(name), is_clip, "clip") for name in clips if Path(name).is_dir()}
    files = [path for name in clips if name not in folders for path in _inside(Path(name), is_clip, "clip")]
    systems = {_short(name, list(folders)): paths for name, paths in folders.items()}
    if one_each:
        systems |= {_short(str(path), list(map(str, files))): [path] for path in files}
    elif files:
        systems["clips"] = _apart(files, "the clips")
    return systems


def _short(name: str, names: Sequence[str]) -> str:
    """The last part of a path where that tells them apart."""
    last = [Path(each).name for each in names]
    return Path(name).name if Path(name).name and last.count(Path(name).name) == 1 else name


def _inside(path: Path, wanted: Callable[[Path], bool], kind: str) -> list[Path]:
    """A file, or those of a folder that are wanted."""
    if not path.is_dir():
        if not path.exists():
            raise FileNotFoundError(f"no such {kind}: {path}")
        return [path]
    found = sorted(file for file in path.iterdir() if file.is_file() and wanted(file))
    if not found:
        raise ValueError(f"the folder {path} holds no {kind}")
    return _apart(found, f"the folder {path}")


def _apart(paths: list[Path], where: str) -> list[Path]:
    """The paths, unless two of them have one name."""
    seen: dict[str, Path] = {}
    for path in paths:
        other = seen.setdefault(stem(path), path)
        if other is not path:
            raise ValueError(f"{where} must have each name once, got {other.name} and {path.name}; keep one of them")
    return paths


def _beside(clip: Path) -> Path | None:
    """The sound of a clip's name in its folder."""
    found = (clip.with_name(stem(clip) + extension) for extension in sorted(SOUND_EXTENSIONS))
    return next((path for path in found if path.is_file()), None)


@dataclass(frozen=True, slots=True)
class _Partners:
    """Files of one kind, to be found by a clip's name.

    Args:
        files: by stem.
        same_for_all: whether there is one file at most, named itself, for all clips.
        kind: what an error calls them.
    """

    files: dict[str, Path]
    same_for_all: bool
    kind: str

    @classmethod
    def among(cls, names: Sequence[str], wanted: Callable[[Path], bool], kind: str) -> "_Partners":
        found = [path for name in names for path in _inside(Path(name), wanted, kind)]
        alone = not names or (len(names) == 1 and not Path(names[0]).is_dir())
        _apart(found, f"each {kind}")
        return cls({stem(path): path for path in found}, alone, kind)

    def of(self, clip: Path) -> Path | None:
        """The clip's partner; None where nothing of this kind is asked for."""
        if not self.files:
            return None
        if self.same_for_all:
            return next(iter(self.files.values()))
        if stem(clip) not in self.files:
            known = ", ".join(sorted(self.files)[:5])
            raise ValueError(f"{clip} has no {self.kind} of its name {stem(clip)}; there are {known}")
        return self.files[stem(clip)]
