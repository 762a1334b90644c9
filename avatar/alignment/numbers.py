"""Numbers in words, as English says them."""

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_THOUSANDS = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"))
_ORDINALS = {
    **{"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"},
    "twelve": "twelfth",
}
LARGEST = 10**15
"""Numbers from here on are read digit by digit."""


def cardinal(number: int) -> list[str]:
    """Words of a whole number from 0 to below `LARGEST`, without "and".

    >>> cardinal(2025)
    ['two', 'thousand', 'twenty', 'five']
    """
    for size, name in _THOUSANDS:
        if number >= size:
            rest = number % size
            return [*cardinal(number // size), name, *(cardinal(rest) if rest else ())]
    if number >= 100:
        return [_SMALL[number // 100], "hundred", *(cardinal(number % 100) if number % 100 else ())]
    if number >= 20:
        return [_TENS[number // 10], *((_SMALL[number % 10],) if number % 10 else ())]
    return [_SMALL[number]]


def ordinal(number: int) -> list[str]:
    """Words of a place in a row: 21 is ["twenty", "first"]."""
    *before, last = cardinal(number)
    if last.endswith("y"):
        return [*before, last[:-1] + "ieth"]
    return [*before, _ORDINALS.get(last, last + "th")]


def digits(text: str) -> list[str]:
    """Words of the digits one by one; what is no digit is passed over."""
    return [_SMALL[int(letter)] for letter in text if letter.isdecimal()]


def year(number: int) -> list[str] | None:
    """Words of a year from 1100 to 2099 in pairs of digits, or None: 1984 is nineteen eighty four."""
    century, rest = divmod(number, 100)
    if not 11 <= century <= 20 or (century == 20 and rest < 10):
        return None
    if rest == 0:
        return [*cardinal(century), "hundred"]
    return [*cardinal(century), *(["oh"] if rest < 10 else []), *cardinal(rest)]


def readings(text: str) -> list[list[str]]:
    """The ways to say a written number, the likeliest first.

    Args:
        text: digits, with commas between thousands, one decimal point or a colon of a time, or st, nd, rd, th at the
            end.

    >>> readings("1,250.5")
    [['one', 'thousand', 'two', 'hundred', 'fifty', 'point', 'five']]
    """
    bare = text.replace(",", "").lower()
    if ":" in bare:
        hours, _, minutes = bare.partition(":")
        told = [] if int(minutes) == 0 else (["oh"] if int(minutes) < 10 else []) + cardinal(int(minutes))
        return [[*cardinal(int(hours)), *told], [*cardinal(int(hours)), *(told or ["o'clock"])]]
    if bare[-2:] in ("st", "nd", "rd", "th"):
        return [ordinal(int(bare[:-2]))]
    whole, point, fraction = bare.partition(".")
    after = ["point", *digits(fraction)] if point else []
    value = int(whole or "0")
    if value >= LARGEST or (len(whole) > 1 and whole.startswith("0")):
        return [[*digits(whole), *after]]
    ways = [[*cardinal(value), *after]]
    if not point and "," not in text and len(whole) == 4 and (pairs := year(value)):
        ways.insert(0, pairs)
    if value >= 100 and value % 100 and not point:
        ways.append(_with_and(cardinal(value)))
    if not point and len(whole) >= 3 and "," not in text:
        ways.append(digits(whole))
    return ways


def _with_and(words: list[str]) -> list[str]:
    """British: two hundred and five, two thousand and five."""
    place = max((place for place, word in enumerate(words) if word in ("hundred", "thousand")), default=None)
    return words if place is None else [*words[: place + 1], "and", *words[place + 1 :]]
