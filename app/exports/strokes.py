"""An alphabet of straight strokes, drawn for this project: text in a PDF or a picture without any font.

Capitals, Cyrillic and Latin, digits and what punctuation a short text needs. A glyph is a list of lines,
a line a row of points, a point two digits: x from 0 to 4, y from 1 on the baseline to 7 at the top.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

#: from one letter to the next and from one line to the next, in units of the grid
ADVANCE, LEADING = 6, 12

Point = tuple[int, int]

_CYRILLIC = {
    "А": "012741 1434",
    "Б": "4707013142433404",
    "В": "01073746453404 3443423101",
    "Г": "010747",
    "Д": "00014140 1115273731",
    "Е": "47070141 0434",
    "Ё": "47070141 0434",
    "Ж": "0147 0741 2127",
    "З": "06173746453414 344342311102",
    "И": "07014741",
    "Й": "07014741 1838",
    "К": "0701 470441",
    "Л": "0112174741",
    "М": "0107244741",
    "Н": "0701 4741 0444",
    "О": "110206173746423111",
    "П": "01074741",
    "Р": "01073746453404",
    "С": "4637170602113142",
    "Т": "0747 2721",
    "У": "0724 471101",
    "Ф": "2127 160504133344453616",
    "Х": "0147 0741",
    "Ц": "07014140 3731",
    "Ч": "07051444 4741",
    "Ш": "07014147 2721",
    "Щ": "07014147 2721 4140",
    "Ъ": "0717113142433414",
    "Ы": "07012132332404 4741",
    "Ь": "07013142433404",
    "Э": "0617374642311102 1444",
    "Ю": "0701 0414 211216273746423121",
    "Я": "41471706051444 2401",
}
_LATIN = {
    "D": "01073746423101",
    "F": "010747 0434",
    "G": "46371706021131424424",
    "I": "2127",
    "J": "4742311102",
    "L": "070141",
    "N": "01074147",
    "Q": "110206173746423111 2340",
    "R": "01073746453404 2441",
    "S": "463717060514344342311102",
    "U": "070211314247",
    "V": "072147",
    "W": "0711243147",
    "Y": "072447 2421",
    "Z": "07470141",
    **{latin: _CYRILLIC[same] for latin, same in zip("ABCEHKMOPTX", "АВСЕНКМОРТХ", strict=True)},
}
_SIGNS = {
    " ": "",
    "0": "110206173746423111 0246",
    "1": "052721",
    "2": "061737464501 0141",
    "3": "074724344342311102",
    "4": "31370343",
    "5": "470704344342311102",
    "6": "4637170602113142433404",
    "7": "074711",
    "8": "14050617374645341403021131424334",
    "9": "0211314246371706051444",
    ".": "1112",
    ",": "1200",
    ":": "1112 1415",
    ";": "1200 1415",
    "-": "1434",
    "–": "0444",
    "—": "0444",
    "«": "260422 462442",
    "»": "062402 264422",
    "№": "01072127 3436464434 3242",
    "(": "37151331",
    ")": "17353311",
    "/": "0147",
    "%": "0147 0607 4142",
    "!": "2723 2122",
}
_GLYPHS = _CYRILLIC | _LATIN | _SIGNS
#: for a letter that is not in the alphabet
_UNKNOWN = "0107474101"


@cache
def glyph(letter: str) -> tuple[tuple[Point, ...], ...]:
    """The lines of a letter, which is drawn as a capital; a box for one that is not known."""
    strokes = _GLYPHS.get(letter.upper(), _UNKNOWN).split()
    return tuple(
        tuple((int(stroke[place]), int(stroke[place + 1])) for place in range(0, len(stroke), 2))
        for stroke in strokes
    )


def draw(text: str) -> Iterator[list[Point]]:
    """The lines of a text, from the origin to the right, in units of the grid."""
    for place, letter in enumerate(text):
        for stroke in glyph(letter):
            yield [(x + place * ADVANCE, y) for x, y in stroke]


def wrap(paragraphs: Sequence[str], width: int) -> list[str]:
    """The paragraphs as lines of at most `width` letters, broken between words; an empty one stays."""
    lines: list[str] = []
    for paragraph in paragraphs:
        line = ""
        for word in paragraph.split():
            if line and len(line) + 1 + len(word) > width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        lines.append(line)
    return lines
