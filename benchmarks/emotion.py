"""Whether emotions are what was asked for, and speech stays what it was.

python -m benchmarks.emotion CORPUS [--clips 20] [--model] [--json OUT]

On utterances of a corpus: the articulation model speaks them on their phones (or, with --model, the shipped speech
model hears them), and every emotion is put on. Printed for each: Spearman's correlation of the asked intensity (ten of
them) with the displacement of the vertices along the emotion's direction, the lowest of all clips; closures of p b m,
f v at the teeth and the correlation of the opening with the neutral clip's at intensity 0.8, over whole clips and over
speech alone; the fastest vertex of a face that goes into the emotion, on to another and back without speaking, the
fastest of one that does so every 0.7 s while it speaks, the fastest of one that speaks with the emotion all the time,
beside the fastest in neutral speech, and how fast changes are in parts of the fastest of the same sentence said
neutrally or with either emotion, in the worst sentence; and what it costs, as process time beside the neutral path.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time

import numpy as np
import torch
import tyro

from avatar.animation import Animation
from avatar.animator import Animator
from avatar.articulation.model import articulate_recording
from avatar.controls import ARKIT
from avatar.datasets.corpus import Corpus, Utterance
from avatar.emotion import EMOTIONS, EmotionKey, EmotionTrack, express
from avatar.emotion.emotions import NEUTRAL
from avatar.evaluation.contacts import Demands, demands
from avatar.evaluation.motion import MouthMotion, mouth_motion
from avatar.progress import track
from avatar.rigs import BuiltInHead
from benchmarks.provenance import commit

_RATE = 16000
_FPS = 60.0
_INTENSITIES = np.linspace(0.1, 1.0, 10)
_ASKED = 0.8
_FAST = 6  # clips in which the fastest vertex is sought: all their frames cost much
_EVERY = 15  # frames: vertices of all frames say no more of a direction


@dataclass(frozen=True)
class Options:
    """Judge emotions on a corpus."""

    corpus: tyro.conf.Positional[Path]
    """Made by `python -m avatar.datasets.corpus`."""
    split: str = "held_out_voice"
    """Part of the corpus."""
    clips: int = 20
    """Utterances, evenly spread over it."""
    model: bool = False
    """Let the shipped speech model speak."""
    json: Path | None = None
    """Also write the numbers here."""


@dataclass(frozen=True)
class Found:
    """What was measured of one emotion."""

    spearman: float
    closure: float
    at_teeth: float
    opening_r: float
    opening_r_speech: float
    transition: float
    transition_speech: float
    steady_speech: float
    transition_ratio: float


def spoken(utterance: Utterance, animator: Animator | None) -> Animation:
    """The neutral clip."""
    if animator is not None:
        return animator.animate(utterance.samples, sample_rate=_RATE, fps=_FPS, behaviour=None)
    frames = round(len(utterance.samples) / _RATE * _FPS)
    return articulate_recording(utterance.phones, utterance.samples, _RATE, fps=_FPS, frames=frames)


def vertices(animation: Animation, head: BuiltInHead, every: int = 1) -> torch.Tensor:
    """Vertices [T, V, 3] in mm."""
    with torch.inference_mode():
        return 1000 * head(torch.from_numpy(animation.weights[::every].copy()))


def fastest(animation: Animation, head: BuiltInHead) -> float:
    """The highest speed of a vertex, in mm a second."""
    return float(vertices(animation, head).diff(dim=0).norm(dim=-1).max()) * animation.fps


def ranks_agree(clip: Animation, emotion: str, head: BuiltInHead) -> float:
    """Spearman's correlation of the intensity with the displacement along the emotion's direction."""
    from scipy.stats import spearmanr

    neutral = vertices(clip, head, _EVERY)
    moved = [vertices(express(clip, {emotion: each}), head, _EVERY) - neutral for each in _INTENSITIES]
    along = [float((each * moved[-1]).sum()) for each in moved]
    return float(spearmanr(_INTENSITIES, along).statistic)


def correlation(one: MouthMotion, other: MouthMotion, frames: slice | np.ndarray) -> float:
    """Pearson's r of two openings over some frames."""
    return float(np.corrcoef(one.opening[frames], other.opening[frames])[0, 1])


def speaking(utterance: Utterance, motion: MouthMotion) -> np.ndarray:
    """Frames that are not silence."""
    inside = np.zeros(len(motion.times), bool)
    for phone in utterance.phones:
        if phone.symbol != "SIL":
            inside |= (motion.times >= phone.start) & (motion.times < phone.end)
    return inside


def opposite(emotion: str) -> str:
    """The emotion four places further in the list."""
    return EMOTIONS[(EMOTIONS.index(emotion) + 4) % len(EMOTIONS)]


def changing(emotion: str, *, start: float, step: float, count: int) -> EmotionTrack:
    """An emotion in turn with its opposite; neutral at last."""
    others = (emotion, opposite(emotion))
    keys = [EmotionKey(start + step * index, {others[index % 2]: 1.0}) for index in range(count)]
    return EmotionTrack((*keys, EmotionKey(start + step * count)))


def judge(
    emotion: str,
    clips: list[Animation],
    motions: list[MouthMotion],
    said: list[Utterance],
    steady: dict[str, list[float]],
    head: BuiltInHead,
) -> Found:
    """Measure one emotion on all clips; `steady` has the fastest vertex of the first ones, by what is held."""
    worst, demanded, whole, speech = 1.0, Demands(), [], []
    changes: list[float] = []
    for clip, before, utterance in zip(clips, motions, said, strict=True):
        worst = min(worst, ranks_agree(clip, emotion, head))
        after = mouth_motion(express(clip, {emotion: _ASKED}), head)
        demanded += demands(after, utterance.phones)
        whole.append(correlation(before, after, slice(None)))
        speech.append(correlation(before, after, speaking(utterance, before)))
        if len(changes) == _FAST:
            continue
        turns = changing(emotion, start=0.3, step=0.7, count=int(clip.duration / 0.7))
        changes.append(fastest(express(clip, turns), head))
    held = np.max([steady[name] for name in (NEUTRAL, emotion, opposite(emotion))], axis=0)
    still = Animation(ARKIT, np.tile(ARKIT.neutral, (240, 1)), _FPS)
    return Found(
        worst,
        demanded.closure.value,
        demanded.at_teeth.value,
        float(np.mean(whole)),
        float(np.mean(speech)),
        fastest(express(still, changing(emotion, start=0.5, step=1.0, count=2)), head),
        max(changes),
        max(steady[emotion]),
        float((np.array(changes) / held).max()),
    )


def costs(clips: list[Animation], samples: list[np.ndarray]) -> tuple[float, float]:
    """Process time in ms for a second of sound: hearing it with behaviour, and what an emotion adds."""
    animator, seconds = Animator.load(), sum(clip.duration for clip in clips)
    times: list[tuple[float, float]] = []
    for _ in range(6):
        begin = process_time()
        heard = [animator.animate(each, sample_rate=_RATE, fps=_FPS) for each in samples]
        middle = process_time()
        for clip in heard:
            express(clip, "happy:0.5+surprised:0.3")
        times.append((middle - begin, process_time() - middle))
    neutral, emotion = np.median(times[1:], axis=0) * 1000 / seconds
    return float(neutral), float(emotion)


def main(options: Options) -> None:
    """Print a table."""
    torch.set_num_threads(1)
    head = BuiltInHead.load()
    corpus = Corpus.open(options.corpus, split=options.split)
    chosen = np.unique(np.linspace(0, len(corpus) - 1, min(options.clips, len(corpus))).round().astype(int))
    said = [corpus[int(index)] for index in chosen]
    animator = Animator.load() if options.model else None
    clips = [spoken(utterance, animator) for utterance in said]
    motions = [mouth_motion(clip, head) for clip in clips]
    neutral = Demands()
    for motion, utterance in zip(motions, said, strict=True):
        neutral += demands(motion, utterance.phones)
    steady = {
        name: [fastest(express(clip, {name: 1.0}), head) for clip in clips[:_FAST]] for name in (NEUTRAL, *EMOTIONS)
    }
    speech = max(steady[NEUTRAL])
    speaker = "speech model" if options.model else "articulation model"
    print(f"{len(clips)} clips of {options.split}, {speaker}, {_FPS:g} fps, commit {commit()}\n")
    titles = (
        "Spearman, worst",
        "p b m closed",
        "f v at teeth",
        "opening r",
        "in speech",
        "fastest",
        "in speech",
        "steady",
        "change by steady",
    )
    print(f"| | {' | '.join(titles)} |\n|{(len(titles) + 1) * '---|'}")
    print(f"| neutral | | {neutral.closure.value:.3f} | {neutral.at_teeth.value:.3f} | 1 | 1 | | | {speech:.0f} | |")
    found = {}
    for emotion in track(EMOTIONS, "emotions"):
        each = found[emotion] = judge(emotion, clips, motions, said, steady, head)
        print(
            f"| {emotion} | {each.spearman:.3f} | {each.closure:.3f} | {each.at_teeth:.3f} | {each.opening_r:.3f} "
            f"| {each.opening_r_speech:.3f} | {each.transition:.0f} "
            f"| {each.transition_speech:.0f} | {each.steady_speech:.0f} | {each.transition_ratio:.3f} |"
        )
    some = slice(0, 5)
    before, added = costs(clips[some], [utterance.samples for utterance in said[some]])
    print(
        f"\nCost: {before:.1f} ms of process time for a second of sound without emotion, {added:.2f} ms more with it: "
        f"{1 + added / before:.3f} times"
    )
    if options.json:
        values = {emotion: asdict(each) for emotion, each in found.items()}
        document = {"commit": commit(), "speech": speech, "emotions": values, "cost": 1 + added / before}
        options.json.write_text(json.dumps(document, indent=1))


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
