"""Words said one by one, each a sentence of its own: how people count, answer and name things, without any context."""

from random import Random

from avatar.datasets import words

SHORT_ANSWERS = (
    "yes", "no", "maybe", "please", "stop", "go", "wait", "help", "up", "down", "left", "right", "on", "off", "come",
    "bye", "hi", "hello", "okay", "sure", "move", "jump", "what", "why", "who", "where", "when",
)  # fmt: skip
"""What is said alone more often than other words."""

SHORTEST, LONGEST = 3, 6
"""Words in a list."""


def single_words(count: int, *, seed: int = 0) -> list[str]:
    """Compose lists such as "Seven. Puppy. Stop. Blue.".

    Args:
        count: how many.
        seed: of the choice.

    Returns:
        `count` different lists; the first n of a longer result are the shorter one.

    Raises:
        ValueError: if count is negative.
    """
    if count < 0:
        raise ValueError(f"count must be at least 0, got {count}")
    rng = Random(f"single words {seed}")
    kinds = (SHORT_ANSWERS, words.NUMBERS, words.TENS, words.COLOURS, words.THINGS, words.ADJECTIVES, words.PEOPLE)
    lists: dict[str, None] = {}
    while len(lists) < count:
        chosen = [rng.choice(rng.choice(kinds)) for _ in range(rng.randint(SHORTEST, LONGEST))]
        lists[" ".join(f"{word[0].upper()}{word[1:]}." for word in chosen)] = None
    return list(lists)
