"""Corpora of acted emotions that people license themselves: who says what how, going by folders' and files' names.

None of them ships with the package, nor does anything learned from them.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from avatar.audio import SOUND_EXTENSIONS
from avatar.emotion.emotions import NEUTRAL, emotion_named

UNSAID = 0.8
"""Intensity of an emotion where a corpus says none."""


@dataclass(frozen=True)
class Recording:
    """One file of a corpus.

    Args:
        path: of its sound.
        corpus: the name of the corpus.
        speaker: unique over all corpora.
        emotion: "neutral" or one of `avatar.emotion.EMOTIONS`.
        intensity: 0..1, 0 for neutral.
    """

    path: Path
    corpus: str
    speaker: str
    emotion: str
    intensity: float


@dataclass(frozen=True)
class Convention:
    """How a corpus names its files.

    Args:
        corpus: its name.
        pattern: of the end of a path, with / between folders and without the extension; its groups are speaker,
            emotion and, where there is one, intensity.
        emotions: by the pattern's emotion in lower case; what is left out is read as no emotion of ours, and skipped.
        intensities: by the pattern's intensity in lower case.
        source: who made it.
    """

    corpus: str
    pattern: str
    emotions: Mapping[str, str]
    intensities: Mapping[str, float] = field(default_factory=dict)
    source: str = ""

    def read(self, path: Path) -> Recording | None:
        """What a file's name says; None if it is not of this corpus, or holds no emotion of ours."""
        found = re.search(rf"(?:^|/){self.pattern}$", path.with_suffix("").as_posix(), re.IGNORECASE)
        if found is None:
            return None
        groups = {name: (value or "").lower() for name, value in found.groupdict().items()}
        emotion = self.emotions.get(groups["emotion"])
        if emotion is None:
            return None
        intensity = self.intensities.get(groups.get("intensity", ""), UNSAID)
        speaker = f"{self.corpus} {groups['speaker']}"
        return Recording(path, self.corpus, speaker, emotion_named(emotion), 0.0 if emotion == NEUTRAL else intensity)


_WORDS = {
    "angry": "angry",
    "contempt": "contempt",
    "disgusted": "disgusted",
    "fear": "afraid",
    "happy": "happy",
    "neutral": "neutral",
    "sad": "sad",
    "surprise": "surprised",
    "surprised": "surprised",
}

CONVENTIONS = (
    Convention(
        "RAVDESS",
        # Modality 02 has no sound; channel 02 is song.
        r"(?:01|03)-01-(?P<emotion>0[1-8])-(?P<intensity>0[12])-\d\d-\d\d-(?P<speaker>\d\d)",
        {
            "01": "neutral",
            "02": "calm",
            "03": "happy",
            "04": "sad",
            "05": "angry",
            "06": "afraid",
            "07": "disgusted",
            "08": "surprised",
        },
        {"01": 0.6, "02": 1.0},
        "Livingstone and Russo (2018)",
    ),
    Convention(
        "CREMA-D",
        r"(?P<speaker>1\d{3})_[A-Z]{3}_(?P<emotion>ANG|DIS|FEA|HAP|NEU|SAD)_(?P<intensity>LO|MD|HI|XX?)",
        {
            "ang": "angry",
            "dis": "disgusted",
            "fea": "afraid",
            "hap": "happy",
            "neu": "neutral",
            "sad": "sad",
        },
        {"lo": 0.4, "md": 0.7, "hi": 1.0},
        "Cao et al. (2014)",
    ),
    Convention(
        "Emo-DB",
        # L, boredom, is no emotion of ours.
        r"(?P<speaker>\d\d)[ab]\d\d(?P<emotion>[WLEAFTN])[a-f]",
        {
            "w": "angry",
            "e": "disgusted",
            "a": "afraid",
            "f": "happy",
            "t": "sad",
            "n": "neutral",
        },
        source="Burkhardt et al. (2005)",
    ),
    Convention(
        "MEAD",
        r"(?P<speaker>[MW]\d{3})/(?:audio/)?(?P<emotion>[a-z]+)/level_(?P<intensity>[123])/\d{3}",
        _WORDS,
        {"1": 0.4, "2": 0.7, "3": 1.0},
        "Wang et al. (2020)",
    ),
    Convention(
        "EmoV-DB",
        # Sleepiness is no emotion of ours.
        r"(?P<speaker>bea|jenie|josh|sam)(?:[_/][a-z]+)?/(?:[a-z]+/)?"
        r"(?P<emotion>amused|anger|disgust|neutral|sleepiness)_[\d-]+_\d{4}",
        {"amused": "happy", "anger": "angry", "disgust": "disgusted", "neutral": "neutral"},
        source="Adigwe et al. (2018)",
    ),
    Convention(
        "ESD",
        r"(?P<speaker>00\d\d)/(?P<emotion>angry|happy|neutral|sad|surprise)/(?:(?:train|test|evaluation)/)?00\d\d_\d{6}",
        _WORDS,
        source="Zhou et al. (2021)",
    ),
)
"""All that are known; no name fits two of them."""


def read_name(path: str | os.PathLike[str]) -> Recording | None:
    """What a file's folders and name say; None for files of no known corpus, and for emotions that are none of ours."""
    return next((found for known in CONVENTIONS if (found := known.read(Path(path))) is not None), None)


def find_recordings(folder: str | os.PathLike[str]) -> list[Recording]:
    """All recordings of known corpora in a folder and those within it.

    Args:
        folder: as a corpus unpacks, or one that holds several.

    Returns:
        Ordered by path.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: nothing in it is named like a known corpus.
    """
    place = Path(folder)
    if not place.is_dir():
        raise FileNotFoundError(f"no such folder: {folder}")
    # Absolute, so that a folder named by a dot still says whose it is.
    paths = sorted(path for path in place.resolve().rglob("*") if path.suffix.lower() in SOUND_EXTENSIONS)
    found = [recording for path in paths if (recording := read_name(path)) is not None]
    if not found:
        names = ", ".join(known.corpus for known in CONVENTIONS)
        raise ValueError(f"{folder} holds no recording named as in {names}; found {len(paths)} other sound files")
    return found
