"""How a word that no dictionary has is probably said: English letter-to-sound rules.

English needs some hundreds of such rules (Elovitz et al. 1976, "Automatic translation of English text to phonetics by
means of letter-to-sound rules"); these are fewer, because for alignment consonants must be right and vowels near.
"""

import re
from functools import cache

# letters/what must stand before/what must stand after/phones; the first that fits is taken.
_TABLE = """
tion///SH AH N  sion/[aeiouy]//ZH AH N  sion///SH AH N  cian///SH AH N  cious///SH AH S  tious///SH AH S
ture//$/CH ER  ough//t/AO  ough///OW  augh//t/AO  eigh///EY  igh///AY  tch///CH  sch///SH  dge///JH  que//$/K
gue//$/G  ck///K  qu///K W  ph///F  sh///SH  wh///W  kn/^//N  wr/^//R  gn/^//N  gn//$/N  ps/^//S  pn/^//N
mb//s?$/M  mn//$/M  chr///K R  ch///CH  th///TH  gh/^//G  gh///  rh///R  sc//[eiy]/S  ci//[ao]/SH  ti//[ao]/SH
ng//[aeiou]/NG G  ng///NG  nk///NG K  x/^//Z  x///K S  ce//$/S  ge//$/JH
eer///IH R  ear///IH R  air///EH R  are//$/EH R  ire//$/AY ER  ore//$/AO R  oar///AO R  oor///AO R  our///AO R
ure//$/Y UH R  arr///AE R  err///EH R  ar///AA R  or///AO R  er///ER  ir///ER  ur///ER  yr///ER
eau///OW  ee///IY  ea///IY  oo///UW  ou///AW  ow//$/OW  ow///AW  oi///OY  oy///OY  ai///EY  ay///EY  ei///IY
ey//$/IY  ey///EY  au///AO  aw///AO  ie//$/IY  ie///IY  oa///OW  oe//$/OW  ue//$/UW  ui///UW  ew///UW  eu///UW
le/[^aeiouyr]/s?$/AH L  es/([sxz]|ch|sh)/$/IH Z  ed/[td]/$/IH D  ed/[kpfsxc]/$/T  ed/[^aeiouy]/$/D
e/../$/  e/.../s$/  e/../(ly|ment|ful|less)/
a//[^aeiouyx]es?$/EY  i//[^aeiouyx]es?$/AY  o//[^aeiouyx]es?$/OW  u//[^aeiouyx]es?$/UW  y//[^aeiouyx]es?$/AY
e//[^aeiouyx]es?$/IY  a//$/AH  al//[kl]/AO L  a///AE  e/^.?.?/$/IY  e///EH  i//$/IY  i///IH  o//$/OW  o///AA
u//$/UW  u///AH  y/^//Y  y/^.?.?/$/AY  y//$/IY  y///IH
c//[eiy]/S  c///K  g//[eiy]/JH  g///G  s/[aeiouybdglmnrvw]/$/Z  s///S
b///B  d///D  f///F  h//[aeiouy]/HH  h///  j///JH  k///K  l///L  m///M  n///N  p///P  q///K  r///R  t///T  v///V
w//[aeiouy]/W  w///  z///Z
"""


@cache
def _rules() -> dict[str, list[tuple[str, re.Pattern[str], re.Pattern[str], tuple[str, ...]]]]:
    """The rules by the first of their letters."""
    rules: dict[str, list[tuple[str, re.Pattern[str], re.Pattern[str], tuple[str, ...]]]] = {}
    for row in re.split(r"\s{2,}|\n", _TABLE.strip()):
        letters, before, after, phones = row.split("/")
        rule = (letters, re.compile(f"(?:{before})$"), re.compile(after), tuple(phones.split()))
        rules.setdefault(letters[0], []).append(rule)
    return rules


def spell(word: str) -> tuple[str, ...]:
    """ARPAbet phones of an English word, by rule.

    Args:
        word: lower-case letters a..z; others are passed over.

    >>> spell("blorking")
    ('B', 'L', 'AO', 'R', 'K', 'IH', 'NG')
    """
    rules = _rules()
    phones: list[str] = []
    place = 0
    while place < len(word):
        if place and word[place] == word[place - 1] and word[place] in "bdfgklmnprstvz":  # said once
            place += 1
            continue
        for letters, before, after, said in rules.get(word[place], ()):
            end = place + len(letters)
            if word.startswith(letters, place) and before.search(word[:place]) and after.match(word[end:]):
                phones += said
                place = end
                break
        else:
            place += 1
    return tuple(phones)
