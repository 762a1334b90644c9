"""Sentences of our own for the synthesizers to speak: a seeded grammar over the lists of `words.txt`.

Every sentence is composed here or written here; none is taken from a corpus.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from random import Random

from avatar.datasets import words

HELD_OUT_SHARE = 0.08
"""Share of the sentences that no training utterance speaks."""

PASSAGES = (
    "My name is Mabel, and I bought a big purple map of the village before breakfast.",
    "Bob's brave puppy popped five bumpy balloons, and everybody laughed.",
    "If you move the wooden box, please be careful, because the bottom may be broken.",
    "We have a few very old violins above the shop; would you believe that four of them still work?",
    "Peppermint, vanilla, blueberry, or maple: which of them would you prefer?",
    "The boy with the yellow boots enjoys noise, oysters, and loud music.",
    "Whenever the fog moves over the river, the ferry waits, the bell rings, and people put up their collars.",
    "She usually measures the treasure in her garage, but this is an unusual occasion.",
    "Look, Ruth, the rooster is on the roof! Who could have put him up there?",
    "How now, loud brown owl, have you found a house in our town?",
    "Oh, I hope so. No, I don't know. Go home, Joe, and close the window.",
    "Both brothers thought that the third path through the north would be smoother than the other.",
    "Five fifths of a fluffy waffle vanished before Phoebe could say: save half for me.",
    "Why would Wally want to wash a white whale on Wednesday?",
    "Choose cheese, cherries, or chocolate; the chef shall chop whatever you wish.",
    "Judge Joyce George just enjoyed a large orange juice on the bridge.",
    "Mum, may Emma come home with me tomorrow? Maybe, my lamb, maybe.",
    "Pip put a pot of pepper on top of the pipe, and up popped a puff of purple paper.",
    "Well, um, I was about to phone you, but, you know, my battery was completely empty.",
    "Please call the embassy before four, ask for Mister Beaumont, and book five places for Pamela's family.",
    "I love movies above everything. Above everything? Yes, even above vanilla pudding.",
    "One, two, three, four, five, six, seven, eight, nine, ten. Are you ready or not?",
    "Quite a queer question, squire, but the queen will quickly acquire a quiet squirrel.",
    "Yesterday you used a huge yellow umbrella; do you use it in the summer too?",
    "The nurse heard a bird chirp early on Thursday, and turned around in the dirt.",
    "A good cook could put sugar in a pudding without looking at the book.",
    "Father parked the car far from the calm palm garden, and Barbara started to argue.",
    "Ann had a bad habit: at the bank she always grabbed a handful of black plastic bags.",
    "The pump by the fountain moves about eighty bottles of water in a minute.",
    "What I mean is this: before we build the bridge, we must know how much it will move in the wind.",
    "He whispered the whole poem from memory, paused for a moment, and bowed.",
    "Fresh fish, fresh fruit, fresh flowers! Come and buy before half past five!",
    "Don't be afraid. Breathe in, count to four, hold it, and breathe out very slowly.",
    "Above the bay, a plume of vapour moved up and up, and became a purple cloud.",
    "Beth's birthday is on the thirteenth of February, and mine is on the fifth of November.",
    "My favourite vegetable may be the humble cabbage, but give me a plum for pudding.",
    "They say the voice is the mirror of the mind; my mirror must be a bit foggy this morning.",
    "Rub a dub, bump a thump, clap your hands and off we jump.",
    "Would you rather be brave for five minutes, or proud for the rest of your life?",
    "Vivian's vivid vision of a flying van never fails to give me goose bumps.",
    "Sheep should sleep in a shed, shouldn't they? Sure, but she shut the shed.",
    "Ivy, have you ever driven over seven rivers in the evening?",
    "Thank you for calling. All of our people are busy at the moment, so please leave a message after the beep.",
    "Turn left at the map shop, move forward five paces, and push the blue button above the bell.",
    "Okay, everybody, lips together: mmm, bah, pah, mah. Wonderful! And now the vowels: ah, eh, ee, oh, oo.",
    "The moon, the spoon, the blue balloon; who knew you knew so soon?",
    "Robots rarely worry about the weather, but rust is a rather rude surprise for them.",
    "I have measured it twice: the beam is half a thumb too short and a whole thumb too wide.",
    "Boys, be quiet! Your baby brother is having a nap above the pub.",
    "A famous farmer from Paraguay photographed forty-five wolves in a fabulous valley.",
)

Rule = Callable[[Random], str]


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _a(phrase: str) -> str:
    """The phrase with its indefinite article."""
    spoken_as_consonant = phrase.startswith(("use", "uni", "one", "eu"))
    silent_h = phrase.startswith(("hour", "honest"))
    vowel = (phrase[0] in "aeiou" and not spoken_as_consonant) or silent_h
    return f"{'an' if vowel else 'a'} {phrase}"


def _thing(rng: Random) -> str:
    return f"{rng.choice(words.ADJECTIVES)} {rng.choice(words.THINGS)}"


def _statement(rng: Random) -> str:
    return (
        f"{rng.choice(words.PEOPLE)} {rng.choice(words.PAST_VERBS)} {_a(_thing(rng))} "
        f"{rng.choice(words.PLACES)}{rng.choice(['', ' ' + rng.choice(words.TIMES)])}."
    )


def _opened_by_time(rng: Random) -> str:
    time = rng.choice(words.TIMES)
    return f"{_sentence(time)}, the {_thing(rng)} {rng.choice(words.SUBJECT_VERBS)} {rng.choice(words.PLACES)}."


def _command(rng: Random) -> str:
    return (
        f"{_sentence(rng.choice(words.COMMAND_VERBS))} {rng.choice(words.COLOURS)} {rng.choice(words.PREPOSITIONS)} "
        f"{rng.choice(words.LETTERS)} {rng.choice(words.NUMBERS)} {rng.choice(words.ADVERBS)}."
    )


def _bare_command(rng: Random) -> str:
    return (
        f"{_sentence(rng.choice(words.COMMAND_VERBS))} the {_thing(rng)} "
        f"{rng.choice(words.PLACES)}{rng.choice(['', ', please', ', and be quick', ', will you'])}."
    )


def _question(rng: Random) -> str:
    opener = rng.choice(
        ["Have you ever seen", "Would you prefer", "Who moved", "Why did Bob buy", "Where can we find", "Is there"]
    )
    return f"{opener} {_a(_thing(rng))} {rng.choice(words.PLACES)}?"


def _choice(rng: Random) -> str:
    first, second = rng.sample(words.THINGS, 2)
    ask = rng.choice(["Which is heavier", "What would Phoebe choose", "What belongs to you", "What shall we wrap"])
    return f"{ask}, the {first} or the {second}?"


def _feeling(rng: Random) -> str:
    who = rng.choice(["I am", "You look", "We were all", "She felt", "He seems", "They must be", "My mother is"])
    why = rng.choice(
        ["because {o}", "although {o}", "and {p} knows why", "{t}", "even though {o}", "now that {o}"]
    ).format(o=rng.choice(words.OPINIONS), p=rng.choice(words.PEOPLE), t=rng.choice(words.TIMES))
    return f"{who} {rng.choice(words.FEELINGS)} {why}."


def _opinion(rng: Random) -> str:
    opener = rng.choice(
        [
            "I believe that",
            "If you ask me,",
            "Maybe",
            "They say that",
            "It is obvious that",
            "Above all, remember that",
            "To be fair,",
            "My father believes that",
            "Between you and me,",
            "Honestly,",
            "Whoever you are,",
        ]
    )
    return f"{opener} {rng.choice(words.OPINIONS)}."


def _two_opinions(rng: Random) -> str:
    first, second = rng.sample(words.OPINIONS, 2)
    return f"{_sentence(first)}, {rng.choice(['and', 'but', 'so', 'or perhaps'])} {second}."


def _spelling(rng: Random) -> str:
    spelled = ", ".join(letter.upper() for letter in rng.sample(words.LETTERS, rng.randint(3, 5)))
    ending = rng.choice(
        [f"and then {rng.choice(words.NUMBERS)}", f"as in {rng.choice(words.THINGS)}", "full stop", "that is all"]
    )
    return f"{spelled}, {ending}."


def _counting(rng: Random) -> str:
    tens, unit = rng.choice(words.TENS), rng.choice(words.NUMBERS[1:10])
    amount = rng.choice([f"{tens} {unit}", f"{unit} hundred and {tens}", f"{tens} thousand", f"{unit} million"])
    return rng.choice(
        [
            f"There are {amount} steps {rng.choice(words.PLACES)}.",
            f"My number is {', '.join(rng.choice(words.NUMBERS[:10]) for _ in range(6))}.",
            f"It happened in the year nineteen {tens} {unit}, {rng.choice(words.PLACES)}.",
            f"Room {amount}, please, {rng.choice(words.TIMES)}.",
            f"About {amount} people live {rng.choice(words.PLACES)}.",
            f"{_sentence(unit)} plus {rng.choice(words.NUMBERS)} makes {rng.choice(words.NUMBERS)}, doesn't it?",
        ]
    )


def _list(rng: Random) -> str:
    first, second, third = rng.sample(words.THINGS, 3)
    person = rng.choice(words.PEOPLE)
    return rng.choice(
        [
            f"{person} packed {_a(first)}, {_a(second)}, and {_a(third)}.",
            f"{_sentence(_a(first))}, {_a(second)}, {_a(third)}: {person} wants them all!",
            f"No {first}, no {second}, and above all no {third}, {person}!",
        ]
    )


def _said(rng: Random) -> str:
    name, other = rng.sample(words.PEOPLE, 2)
    manner = rng.choice(["said", "whispered", "shouted", "replied", "wondered", "mumbled", "promised"])
    return f"{_sentence(rng.choice(words.OPINIONS))}, {name} {manner}, {rng.choice(['and', 'but'])} {other} agreed."


def _long(rng: Random) -> str:
    return (
        f"{_sentence(rng.choice(words.TIMES))}, when {rng.choice(words.PEOPLE)} {rng.choice(words.PAST_VERBS)} the "
        f"{_thing(rng)}, {rng.choice(words.OPINIONS)}; and {rng.choice(words.PLACES)}, "
        f"{_a(_thing(rng))} {rng.choice(words.SUBJECT_VERBS)}."
    )


def _saying(rng: Random) -> str:
    first, second = rng.sample(words.ABSTRACT, 2)
    return rng.choice(
        [
            f"{_sentence(first)} without {second} is like {_a(_thing(rng))}.",
            f"{_sentence(first)}, {second}, {rng.choice(words.ABSTRACT)}: what more could we hope for?",
            f"Give me {first}, or give me {_a(_thing(rng))}.",
            f"Where there is {first}, there may be {second}.",
        ]
    )


def _interjection(rng: Random) -> str:
    exclamations = rng.sample(words.INTERJECTIONS, rng.randint(1, 2))
    return " ".join(exclamations)


def _interjection_then(rng: Random) -> str:
    return f"{rng.choice(words.INTERJECTIONS)} {_sentence(rng.choice(words.OPINIONS))}."


RULES: tuple[tuple[Rule, int], ...] = (
    (_statement, 5),
    (_opened_by_time, 3),
    (_command, 4),
    (_bare_command, 3),
    (_question, 3),
    (_choice, 2),
    (_feeling, 3),
    (_opinion, 2),
    (_two_opinions, 2),
    (_spelling, 2),
    (_counting, 3),
    (_list, 3),
    (_said, 2),
    (_long, 2),
    (_saying, 3),
    (_interjection, 1),
    (_interjection_then, 2),
)


def compose(count: int, *, seed: int = 0) -> list[str]:
    """Compose distinct sentences; the first n of a longer list are the shorter list.

    Args:
        count: how many sentences.
        seed: of the grammar's choices.

    Returns:
        `count` different sentences, the passages of `PASSAGES` spread among them.

    Raises:
        ValueError: if count is negative.
    """
    if count < 0:
        raise ValueError(f"count must be at least 0, got {count}")
    rng = Random(seed)
    rules = [rule for rule, weight in RULES for _ in range(weight)]
    sentences: dict[str, None] = {}
    passages = iter(PASSAGES)
    while len(sentences) < count:
        if len(sentences) % 8 == 0 and (passage := next(passages, None)) is not None:
            sentences[passage] = None
        else:
            sentences[rng.choice(rules)(rng)] = None
    return list(sentences)


def is_held_out(sentence: str) -> bool:
    """Whether training never speaks the sentence; depends on nothing but its text."""
    digest = hashlib.sha256(sentence.encode()).digest()
    return int.from_bytes(digest[:8], "big") < HELD_OUT_SHARE * 2**64


def split(sentences: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part the sentences into those for training and those held out, each in the given order."""
    training = [sentence for sentence in sentences if not is_held_out(sentence)]
    held_out = [sentence for sentence in sentences if is_held_out(sentence)]
    return training, held_out
