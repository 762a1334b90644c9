"""Who speaks in the corpus, and who is kept for the test."""

from __future__ import annotations

from avatar.datasets.synthesis import Voice

KOKORO_TRAINING = [
    "af_heart",
    "af_alloy",
    "af_aoede",
    "af_jessica",
    "af_kore",
    "af_nicole",
    "af_nova",
    "af_river",
    "af_sarah",
    "af_sky",
    "am_adam",
    "am_echo",
    "am_eric",
    "am_liam",
    "am_michael",
    "am_onyx",
    "am_puck",
    "am_santa",
    "bf_alice",
    "bf_emma",
    "bf_lily",
    "bm_daniel",
    "bm_george",
    "bm_lewis",
]

KOKORO_HELD_OUT = ("af_bella", "am_fenrir", "bf_isabella", "bm_fable")
"""A woman and a man of either accent; they are part of no blend."""

SHIFTS = (1.0, 0.85, 1.18, 0.92, 1.08, 0.88, 1.13)
"""Pitch and formants of the flite and festival speakers, each counted as a speaker of its own."""

FLITE_TRAINING = ("slt", "rms", "kal16")
FLITE_HELD_OUT = ("awb",)
FESTIVAL_TRAINING = ("slt_hts", "kal")
FESTIVAL_HELD_OUT = ("ked",)


def kokoro_voices() -> list[Voice]:
    """24 voices and 24 blends of two for training, four held out."""
    single = [Voice(f"kokoro-{name}", "kokoro", (name,)) for name in KOKORO_TRAINING]
    count = len(KOKORO_TRAINING)
    blends = [
        # A stride of seven marries every voice twice, and most with another sex or accent.
        Voice(f"kokoro-{first}+{second}", "kokoro", (first, second))
        for first, second in ((name, KOKORO_TRAINING[(i + 7) % count]) for i, name in enumerate(KOKORO_TRAINING))
    ]
    held_out = [Voice(f"kokoro-{name}", "kokoro", (name,), held_out=True) for name in KOKORO_HELD_OUT]
    return [*single, *blends, *held_out]


def _shifted(engine: str, names: tuple[str, ...], *, held_out: bool) -> list[Voice]:
    return [
        Voice(f"{engine}-{name}@{shift:.2f}", engine, (name,), shift, held_out) for shift in SHIFTS for name in names
    ]


def flite_voices() -> list[Voice]:
    """Three voices in seven sizes for training, one in seven sizes held out."""
    return [
        *_shifted("flite", FLITE_TRAINING, held_out=False),
        *_shifted("flite", FLITE_HELD_OUT, held_out=True),
    ]


def festival_voices() -> list[Voice]:
    """Two voices in seven sizes for training, one in seven sizes held out."""
    return [
        *_shifted("festival", FESTIVAL_TRAINING, held_out=False),
        *_shifted("festival", FESTIVAL_HELD_OUT, held_out=True),
    ]
