"""The shipped model: `python -m avatar.emotion.voice.synthetic CORPUS OUT` learns it from speech that is acted."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import tyro

from avatar.datasets.corpus import Corpus, Split
from avatar.emotion.voice.clips import Clip, load_clips, save_clips
from avatar.emotion.voice.command import run
from avatar.emotion.voice.fit import examples, fit, judge, tempered
from avatar.emotion.voice.sessions import session, voices

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """Learn emotions in voices from plain synthesised speech that is changed as emotions change voices."""

    corpus: tyro.conf.Positional[Path]
    """Folder of a corpus of `python -m avatar.datasets.corpus`."""
    out: tyro.conf.Positional[Path]
    """Where the model and all sessions go; sessions that are there are not acted again."""
    sessions: int = 45
    """To learn from; a fifth as many of held-out sentences set the temperature, and of held-out voices judge."""
    seed: int = 0
    """Of everything."""


def main() -> None:
    """The command line."""
    run(Options, _run)


def _run(options: Options) -> None:
    fewer = max(options.sessions // 5, 2)
    learned = list(_acted(options, "train", options.sessions))
    tempering = list(_acted(options, "held_out_sentence", fewer))
    judging = list(_acted(options, "held_out_voice", fewer))
    rng = np.random.default_rng(options.seed)
    model = fit(examples(learned, rng), seed=options.seed)
    model = tempered(model, examples(tempering, rng, classes=model.classes))
    note = f"{len(learned)} sentences of synthesised speech, acted; no recording of a person"
    model = replace(model, note=note)
    model.save(options.out / "voice.safetensors")
    _log.info("temperature %.2f", model.temperature)
    _log.info(
        "voices that it never heard\n%s",
        judge(model, examples(judging, rng, classes=model.classes)).table(model.classes),
    )


def _acted(options: Options, split: Split, count: int) -> Iterator[Clip]:
    corpus = Corpus.open(options.corpus, split=split).where(manner="plain")
    sentences = voices(corpus)
    folder = options.out / "sessions"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"{split}-{options.seed}-{number:04d}.npz"
        if not path.is_file():
            save_clips(path, session(corpus, sentences, number, options.seed))
            _log.info("%s: %d of %d sessions", split, number + 1, count)
        yield from load_clips(path)


if __name__ == "__main__":
    main()
