"""Languages other than English, as far as a mouth is concerned: words that could be theirs, but mean nothing.

What a mouth does in a language lies in its sounds and in how they follow each other, not in what the words mean. Each
language is a table of syllables, spelled as its synthesizer reads them: phonetically for Kokoro, in its own script for
Festival.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Language:
    """Sounds of a language and how they are put together.

    Args:
        onsets: that a syllable may begin with, each as often as it is listed; "" is none.
        vowels: that it may have.
        codas: that it may end with; "" is none.
        tones: one of which follows each syllable; none in most languages.
        stress: syllable from the end before which the mark of stress is written; 0 is none.
        longest: syllables in a word.
    """

    onsets: tuple[str, ...]
    vowels: tuple[str, ...]
    codas: tuple[str, ...]
    tones: tuple[str, ...] = ("",)
    stress: int = 2
    longest: int = 4


def _listed(text: str) -> tuple[str, ...]:
    return tuple("" if word == "-" else word for word in text.split())


LANGUAGES = {
    "Spanish": Language(
        _listed("p b β t d ð k ɡ ɣ f θ s s ʧ m m n ɲ l l ɾ r x ʝ pɾ bɾ tɾ kɾ fɾ pl bl kl p m b - -"),
        _listed("a a e e i o o u ja je wa we ai au ei"),
        _listed("- - - - - n s l ɾ"),
    ),
    "Italian": Language(
        _listed("p b t d k ɡ f v s z ʦ ʣ ʧ ʤ ʃ m n ɲ l ʎ r pr br tr kr st sp pp mm bb vv ff tt - -"),
        _listed("a a e ɛ i o ɔ u ja wo je"),
        _listed("- - - - - n l r s"),
    ),
    "French": Language(
        _listed("p b t d k ɡ f v s z ʃ ʒ m n ɲ l ʁ ʁ j w ɥ pʁ bʁ tʁ kʁ pl bl fl p m v -"),
        _listed("a e ɛ i o ɔ u u y y ø œ ə ɑ̃ ɛ̃ ɔ̃ wa ɥi"),
        _listed("- - - - ʁ l t s m b v ʃ"),
        stress=1,
        longest=3,
    ),
    "Portuguese": Language(
        _listed("p b t d k ɡ f v s z ʃ ʒ m n ɲ l ʎ ɾ ʁ pɾ bɾ tɾ fɾ pl - -"),
        _listed("a ɐ e ɛ i o ɔ u ɐ̃ ẽ õ ũ ɐ̃w ej ow"),
        _listed("- - - - s ɾ l"),
    ),
    "Japanese": Language(
        _listed("k s t n h m m ɾ w ɡ z d b b p j ʃ ʨ ʥ ɸ ç ʦ kj mj bj pj -"),
        _listed("a i ɯ e o a o aː oː ɯː eː"),
        _listed("- - - - - ɴ"),
        stress=0,
        longest=5,
    ),
    "Hindi": Language(
        _listed("p b m t d ʈ ɖ k ɡ ʧ ʤ n f s ʃ h l ɾ ʋ ʋ j pʰ tʰ kʰ bʰ dʰ pɾ kɾ -"),
        _listed("ə ə a i ɪ ʊ u e o ɛ ɔ aː iː"),
        _listed("- - - n m ɾ l k t s p"),
        longest=3,
    ),
    "Mandarin": Language(
        _listed("p pʰ m m f t tʰ n l k kʰ x ʨ ʨʰ ɕ ꭧ ꭧʰ ʂ ɻ ʦ ʦʰ s w j p m"),
        _listed("a ai au ɤ ei ou i ja jau jou jɛ u wa wo wai wei y ɥe o ʊ ə"),
        _listed("- - - n ŋ"),
        tones=("→", "↗", "↓", "↘"),
        stress=0,
        longest=2,
    ),
    "Russian": Language(
        _listed("б в г д ж з к л м н п р с т ф х ц ч ш щ м б п пр бр кр ст сл вл -"),
        _listed("а а е е и и о о у ы я ю э"),
        _listed("- - - - - - л м н р с т в к п"),
        stress=0,
    ),
    "Finnish": Language(
        _listed("h j k l m n p r s t v v m p -"),
        _listed("a a e e i o u ä ö y aa uo ei ai ou oo ää öy ei yö ie"),
        _listed("- - - - - n s l r t"),
        stress=0,
    ),
}
"""The languages of the corpus beside English."""


def compose(language: str, count: int, *, seed: int = 0) -> list[str]:
    """Compose distinct sentences of made-up words; the first n of a longer list are the shorter list.

    Args:
        language: one of `LANGUAGES`.
        count: how many.
        seed: of all that is chosen.

    Returns:
        `count` sentences.

    Raises:
        ValueError: if the language is unknown.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")
    rng = Random(f"{seed} {language}")
    sentences: dict[str, None] = {}
    while len(sentences) < count:
        sentences[_sentence(LANGUAGES[language], rng)] = None
    return list(sentences)


def _sentence(language: Language, rng: Random) -> str:
    """Some words, at times with a pause among them, and an end."""
    words = [_word(language, rng) for _ in range(rng.randint(4, 9))]
    if len(words) > 5 and rng.random() < 0.5:
        place = rng.randint(2, len(words) - 3)
        words[place] += ","
    return " ".join(words) + rng.choice(".....?!")


def _word(language: Language, rng: Random) -> str:
    # Words of two and three syllables are the most, as in most languages.
    count = rng.choice([1, 2, 2, 3, 3, 4, 5][: language.longest + 2])
    syllables = [
        rng.choice(language.onsets) + rng.choice(language.vowels) + rng.choice(language.codas) for _ in range(count)
    ]
    if language.stress:
        place = max(count - language.stress, 0)
        syllables[place] = "ˈ" + syllables[place]
    return "".join(syllable + rng.choice(language.tones) for syllable in syllables)
