"""Which of the one-byte encodings of Latin script a text is in: their letters are few among ASCII, and tell."""

import re
from collections.abc import Iterator

_FAMILIES = {
    ("cp1252", "iso8859_15", "mac_roman", "cp850"): "éèàùçâêîôûëïüöäÿßñáíóúãõåæøœìòðþýÀÂÇÈÉÊËÎÏÔŒÙÛÜÖÄÑÁÍÓÚÃÕÅÆØ",
    ("cp1250", "iso8859_2"): "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰäöüÄÖÜßăâîşţĂÂÎŞŢľĺŕĽđĐ",
    ("cp1254",): "ğışçöüĞİŞÇÖÜâîû",
    ("cp1257",): "āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽąęėįųĄĘĖĮŲõäöüÕÄÖÜ",
}
"""Encodings, the commonest first, and the letters beyond ASCII of the languages that are written in them."""
_SIGNS = set("°€£§©®«»“”„‘’‚–—…·¿¡ºª²³±×½\u00a0•™")
_FOREIGN = re.compile(rb"[\x80-\xff]+")
LIKELY = 0.8
"""Of the bytes beyond ASCII must make sense for an encoding to be taken."""
_SINGLE = 1.7
"""Bytes: where they stand in longer runs on average, the script is another one."""


def guessed(sample: bytes) -> tuple[str, float] | None:
    """The encoding and the share of the foreign characters that make sense in it, None where none makes sense."""
    weighed = [(share, -place, encoding) for place, (encoding, share) in enumerate(_shares(sample))]
    share, _, encoding = max(weighed)
    return (encoding, share) if share >= LIKELY else None


def stands_alone(sample: bytes) -> bool:
    """Whether the bytes beyond ASCII stand one by one among the others, as those of Latin script do."""
    runs = _FOREIGN.findall(sample)
    return sum(map(len, runs)) <= _SINGLE * len(runs)


def _shares(sample: bytes) -> Iterator[tuple[str, float]]:
    for encodings, letters in _FAMILIES.items():
        for encoding in encodings:
            try:
                text = sample.decode(encoding)
            except UnicodeDecodeError:
                continue
            makes_sense = [_makes_sense(text, found.start(), letters) for found in re.finditer(r"[^\0-\x7f]", text)]
            yield encoding, round(sum(makes_sense) / len(makes_sense), 3)


def _makes_sense(text: str, place: int, letters: str) -> bool:
    """Whether a character is one of the letters, and not a capital inside a word, or a sign between words."""
    before, one, behind = text[place - 1 : place], text[place], text[place + 1 : place + 2]
    if one in letters:
        return one.islower() or not before.islower()
    return one in _SIGNS and not (before.isalpha() and behind.isalpha() and one not in "’·")
