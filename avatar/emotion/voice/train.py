"""Learn emotions in voices from corpora that you have: `python -m avatar.emotion.voice.train FOLDERS... OUT`."""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import tyro

from avatar.audio import as_sound
from avatar.emotion.emotions import NEUTRAL
from avatar.emotion.voice.clips import Clip, load_clips, save_clips
from avatar.emotion.voice.command import run
from avatar.emotion.voice.corpora import Recording, find_recordings
from avatar.emotion.voice.fit import examples, fit, judge, tempered
from avatar.emotion.voice.frames import analyse
from avatar.emotion.voice.model import VoiceModel
from avatar.emotion.voice.prosody import FUNCTIONALS, prosody
from avatar.progress import track

_log = logging.getLogger(__name__)

_FEWEST_SPEAKERS = 3


@dataclass(frozen=True)
class Options:
    """Learn emotions in voices from RAVDESS, CREMA-D, Emo-DB, MEAD, EmoV-DB or ESD, or several of them."""

    folders: tyro.conf.Positional[tuple[Path, ...]]
    """Folders of the corpora as they unpack, and last the folder where the model goes."""
    seed: int = 0
    """Of first weights, of who is held out, and of which clips are heard together."""
    neutral: float = 0.7
    """Share of neutral speech to expect of what will be heard, 0..1: actors' corpora have far less than life."""


@dataclass(frozen=True)
class Speakers:
    """Who is for what.

    Args:
        learned: the model learns from them.
        tempering: they say how sure it may be.
        judging: they say how good it is.
    """

    learned: frozenset[str]
    tempering: frozenset[str]
    judging: frozenset[str]


def split(speakers: Iterable[str], seed: int) -> Speakers:
    """Keep a sixth of the speakers for either purpose, at least one.

    Raises:
        ValueError: fewer than three speakers.
    """
    names = sorted(set(speakers))
    if len(names) < _FEWEST_SPEAKERS:
        raise ValueError(
            f"needs {_FEWEST_SPEAKERS} speakers, to be judged on one that it never heard; got {len(names)}"
        )
    mixed = [names[index] for index in np.random.default_rng(seed).permutation(len(names))]
    kept = max(len(names) // 6, 1)
    return Speakers(frozenset(mixed[2 * kept :]), frozenset(mixed[:kept]), frozenset(mixed[kept : 2 * kept]))


def measured(recordings: Sequence[Recording], cache: Path) -> list[Clip]:
    """Prosody of recordings; what was measured before is read from the cache.

    Recordings that cannot be read are left out with a warning.

    Args:
        recordings: to measure.
        cache: a folder, made if missing.
    """
    cache.mkdir(parents=True, exist_ok=True)
    clips = []
    for recording in track(recordings, "measuring"):
        status = recording.path.stat()
        known = f"{recording.path}{status.st_size}{status.st_mtime_ns}{FUNCTIONALS}"
        path = cache / f"{hashlib.sha256(known.encode()).hexdigest()[:24]}.npz"
        try:
            clips += load_clips(path)
            continue
        except FileNotFoundError:
            pass
        try:
            found = prosody(analyse(as_sound(recording.path).samples))
        except (OSError, ValueError) as error:
            _log.warning("left out: %s", error)
            continue
        clip = Clip(found, recording.speaker, recording.emotion, recording.intensity)
        save_clips(path, [clip])
        clips.append(clip)
    return clips


def train(clips: Sequence[Clip], *, seed: int = 0, neutral: float = 0.7) -> tuple[VoiceModel, str]:
    """Learn from clips.

    Args:
        clips: of three speakers or more.
        seed: of everything.
        neutral: share of neutral speech to expect, 0..1.

    Returns:
        The model, and how good it is on speakers that it never heard.

    Raises:
        ValueError: too few speakers, no neutral clip, or no speech.
    """
    if not 0.0 < neutral < 1.0:
        raise ValueError(f"neutral must be between 0 and 1, got {neutral}")
    if not any(clip.emotion == NEUTRAL for clip in clips):
        raise ValueError("no recording is neutral; the model must know what plain speech is like")
    speakers = split((clip.speaker for clip in clips), seed)
    rng = np.random.default_rng(seed)
    data = examples([clip for clip in clips if clip.speaker in speakers.learned], rng)
    tempering, judging = (
        examples([clip for clip in clips if clip.speaker in names], rng, classes=data.classes)
        for names in (speakers.tempering, speakers.judging)
    )
    model = tempered(fit(data, seed=seed, expected_neutral=neutral), tempering)
    lines = [
        f"learned from {len(speakers.learned)} speakers; temperature {model.temperature:.2f} by "
        f"{', '.join(sorted(speakers.tempering))}; judged on {', '.join(sorted(speakers.judging))}",
        judge(model, judging).table(model.classes),
    ]
    return model, "\n".join(lines)


def main() -> None:
    """The command line."""
    run(Options, _run)


def _run(options: Options) -> None:
    if len(options.folders) < 2:
        raise ValueError("give the corpora's folders, and last the folder where the model goes")
    *folders, out = options.folders
    recordings = [recording for folder in folders for recording in find_recordings(folder)]
    corpora = ", ".join(sorted({recording.corpus for recording in recordings}))
    _log.info("%d recordings of %s", len(recordings), corpora)
    clips = measured(recordings, out / "measured")
    model, report = train(clips, seed=options.seed, neutral=options.neutral)
    model = replace(model, note=f"{len(clips)} recordings of {corpora}")
    model.save(out / "voice.safetensors")
    _log.info("%s", report)
    _log.info("wrote %s", out / "voice.safetensors")


if __name__ == "__main__":
    main()
