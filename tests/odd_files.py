"""Odd files, made here: encodings, dialects, damage, hostility. Each with the rows it should give, or its refusal.

`python -m tests.odd_files FOLDER` writes them all to a folder, to try them by hand.
"""

import gzip
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

Row = tuple[str | None, ...]


class Odd(NamedTuple):
    """A file: what is odd about it, its bytes, and what becomes of it.

    Either its column names and `rows` as an import takes them, `aside` the lines of rows that are set aside, each with
    a part of the reason, and `mended` the number of rows that were read leniently; or `refused`, a part of the words.
    """

    name: str
    what: str
    data: bytes
    header: Sequence[str] = ()
    rows: Sequence[Row] = ()
    aside: Sequence[tuple[int, str]] = ()
    mended: int = 0
    refused: str = ""
    another: int = 0


PLAIN: list[Row] = [("A", "1", "menu"), ("A", "2", "help"), ("B", "1", "menu")]
HEADER = ("call", "step", "label")


def table(delimiter: str = ",", end: str = "\n", quote: str = "", rows: Sequence[Row] = PLAIN) -> str:
    lines = (delimiter.join(f"{quote}{cell or ''}{quote}" for cell in row) for row in (HEADER, *rows))
    return "".join(line + end for line in lines)


def _words(words: Sequence[str], n_rows: int = 40) -> tuple[str, list[Row]]:
    rows: list[Row] = [(f"c{number}", str(number % 7), words[number % len(words)]) for number in range(n_rows)]
    return table(rows=rows), rows


HEBREW = _words(["תלונה עיקרית", "שיחה עם נציג", "המוקד הטלפוני", "בחירת שפה"])
GERMAN = _words(["Größe ändern", "Straße wählen", "zurück zum Menü"])
FRENCH = _words(["Réclamation à traiter", "déjà appelé", "garçon de café"])
POLISH = _words(["Zażółć gęślą jaźń", "wybór główny", "śledź zamówienie"])
RUSSIAN = _words(["Выбор тарифа", "главное меню", "оплата услуги"])
GREEK = _words(["Κύριο μενού", "επιλογή γλώσσας", "πληρωμή λογαριασμού"])
ARABIC = _words(["شكوى رئيسية", "مكالمة مع الوكيل", "اختيار اللغة"])
TURKISH = _words(["Şikayet görüşme", "başlangıç ığdır", "değiştir"])
JAPANESE = _words(["苦情の主なメニュー", "言語を選択", "料金の支払い"])
CHINESE = _words(["主要投诉菜单", "选择语言", "支付账单"])


def _encoded() -> list[Odd]:
    def odd(name: str, what: str, text: tuple[str, list[Row]], encoding: str, mark: bytes = b"") -> Odd:
        return Odd(name, what, mark + text[0].encode(encoding), HEADER, text[1])

    return [
        odd("utf8", "UTF-8 without a mark", HEBREW, "utf-8"),
        odd("utf8-mark", "UTF-8 with a byte order mark", HEBREW, "utf-8-sig"),
        odd("utf16-mark", "UTF-16, low byte first, with a mark", HEBREW, "utf-16-le", b"\xff\xfe"),
        odd("utf16-big-mark", "UTF-16, high byte first, with a mark", HEBREW, "utf-16-be", b"\xfe\xff"),
        odd("utf16", "UTF-16 without a mark", GERMAN, "utf-16-le"),
        odd("utf16-big", "UTF-16, high byte first, without a mark", HEBREW, "utf-16-be"),
        odd("utf32-mark", "UTF-32 with a mark", HEBREW, "utf-32-le", b"\xff\xfe\0\0"),
        odd("windows-1255", "Hebrew of Windows", HEBREW, "cp1255"),
        odd("iso-8859-8", "Hebrew of ISO", HEBREW, "iso8859_8"),
        odd("dos-862", "Hebrew of DOS", HEBREW, "cp862"),
        odd("windows-1252", "German of Windows", GERMAN, "cp1252"),
        odd("iso-8859-1", "French of ISO", FRENCH, "latin_1"),
        odd("iso-8859-15", "French of ISO, with the euro", FRENCH, "iso8859_15"),
        odd("dos-850", "German of DOS", GERMAN, "cp850"),
        odd("macintosh", "French of an old Macintosh", FRENCH, "mac_roman"),
        odd("windows-1250", "Polish of Windows", POLISH, "cp1250"),
        odd("iso-8859-2", "Polish of ISO", POLISH, "iso8859_2"),
        odd("windows-1251", "Russian of Windows", RUSSIAN, "cp1251"),
        odd("koi8-r", "Russian of Unix", RUSSIAN, "koi8_r"),
        odd("windows-1253", "Greek of Windows", GREEK, "cp1253"),
        odd("windows-1256", "Arabic of Windows", ARABIC, "cp1256"),
        odd("windows-1254", "Turkish of Windows", TURKISH, "cp1254"),
        odd("shift-jis", "Japanese of Windows", JAPANESE, "shift_jis"),
        odd("gb18030", "Chinese", CHINESE, "gb18030"),
        Odd(
            "late-umlaut",
            "one letter of windows-1252 behind a megabyte of ASCII",
            (table(rows=[("A", "1", "menu")] * 90_000) + "Z,9,Menü\n").encode("cp1252"),
            HEADER,
            [*[("A", "1", "menu")] * 90_000, ("Z", "9", "Menü")],
        ),
        Odd(
            "damaged-utf8",
            "UTF-8 in which one line was overwritten",
            HEBREW[0].encode() + b"x,\xe9\xff,y\n" + b"Z,9,end\n",
            HEADER,
            [*HEBREW[1], ("Z", "9", "end")],
            aside=[(42, "no text")],
        ),
        Odd(
            "two-encodings",
            "windows-1255, and from the middle on UTF-8",
            HEBREW[0].encode("cp1255") + HEBREW[0].encode(),
            refused="Parts of this file are UTF-8, and others are not.",
        ),
    ]


def _dialects() -> list[Odd]:
    def odd(name: str, what: str, text: str, rows: Sequence[Row] = PLAIN, header: Sequence[str] = HEADER) -> Odd:
        return Odd(name, what, text.encode(), header, rows)

    ids: list[Row] = [("00001", "7", "NA"), ("00002", "007", "N/A"), ("1e5", "1.50", "nan")]
    quotes: list[Row] = [("A", "1", 'say "so"'), ("A", "2", "x, y"), ("B", "1", "two\nlines")]
    typed: list[Row] = [("ABC"[number % 3], f"2025-01-{number + 10}", f"{number / 2}") for number in range(12)]
    doubled = 'call,step,label\nA,1,"say ""so"""\nA,2,"x, y"\nB,1,"two\nlines"\n'
    return [
        odd(
            "semicolon",
            "a semicolon as delimiter, commas in the values",
            table(";", rows=[("A", "1,5", "x")] * 3),
            [("A", "1,5", "x")] * 3,
        ),
        odd("tab", "a tab as delimiter", table("\t")),
        odd("bar", "a vertical bar as delimiter", table("|")),
        odd("two-bars", "two vertical bars as delimiter", table("||")),
        odd("caret", "a caret as delimiter", table("^")),
        odd("tilde", "a tilde as delimiter", table("~")),
        odd("unit-separator", "the control character that is meant for it", table("\x1f")),
        odd("comma-and-blank", "a comma and a blank as delimiter", table(", ")),
        odd("sep-line", "a first line that names the delimiter, as spreadsheets write it", "sep=;\n" + table(";")),
        odd("all-quoted", "each value in quotes", table(quote='"')),
        odd("apostrophes", "each value in apostrophes", table(quote="'")),
        odd("quotes-doubled", "quotes, delimiters and line ends in quoted values", doubled, quotes),
        odd(
            "backslash",
            "quotes with a backslash before them",
            'call,step,label\nA,1,"say \\"so\\""\nA,2,"x, y"\nB,1,"two\nlines"\n',
            quotes,
        ),
        odd(
            "crlf",
            "line ends of Windows, others within quotes",
            doubled.replace("\n", "\r\n").replace("two\r\n", "two\n"),
            quotes,
        ),
        odd("cr", "line ends of an old Macintosh", table(end="\r")),
        odd("mixed-ends", "line ends of all kinds in one file", "call,step,label\r\nA,1,menu\nA,2,help\rB,1,menu\n"),
        odd("no-last-end", "no line end behind the last row", table().rstrip("\n")),
        odd("blank-lines", "blank lines everywhere", "\n\n" + table(end="\n\n")),
        odd("preamble", "three lines about the report", "Report of calls\nMade on 3 May, by hand\n\n" + table()),
        odd("preamble-quotes", "a title with a quote that never closes", 'The "best calls\n' + table()),
        odd("title-row", "a title in the first cell of a spreadsheet", "Calls,,\n,,\n" + table()),
        odd(
            "two-headers",
            "a second header line with units",
            "call,day,cost\n,ISO,euro\n" + "".join(",".join(map(str, row)) + "\n" for row in typed),
            typed,
            ("call", "day ISO", "cost euro"),
        ),
        odd(
            "no-header",
            "no header",
            "".join(",".join(map(str, row)) + "\n" for row in typed),
            typed,
            ("column 1", "column 2", "column 3"),
        ),
        odd(
            "same-names",
            "column names that are empty, or there twice",
            "id,ID,\na,b,c\n",
            [("a", "b", "c")],
            ("id", "ID (2)", "column 3"),
        ),
        odd("ids", "ids that look like numbers, and NA", table(rows=ids), ids),
        odd(
            "blanks-and-null",
            "outer blanks, NULL and nothing",
            "call,step,label\n A ,1,NULL\nA,\u00a02,null\nB,1,\n",
            [("A", "1", None), ("A", "2", None), ("B", "1", None)],
        ),
        odd("trailing-delimiters", "a delimiter too many behind each row", table(end=",\n").replace("label,", "label")),
        odd(
            "apostrophes-in-text",
            "apostrophes that quote nothing",
            "call,step,label\nA,1,don't\nA,2,'tis\nB,1,o'clock\n",
            [("A", "1", "don't"), ("A", "2", "'tis"), ("B", "1", "o'clock")],
        ),
        odd(
            "right-to-left",
            "Hebrew names of columns",
            "שיחה,צעד\nא,ב\nא,ג\n",
            [("א", "ב"), ("א", "ג")],
            ("שיחה", "צעד"),
        ),
        odd(
            "formulas",
            "values that a spreadsheet would run",
            "call,step,label\n=1+1,1,@x\n-2,+3,\tx\n",
            [("=1+1", "1", "@x"), ("-2", "+3", "x")],
        ),
    ]


def _damage() -> list[Odd]:
    def odd(
        name: str,
        what: str,
        more: str,
        rows: Sequence[Row] = (),
        aside: Sequence[tuple[int, str]] = (),
        mended: int = 0,
    ) -> Odd:
        return Odd(name, what, (table() + more).encode(), HEADER, [*PLAIN, *rows], aside, mended)

    spoiled = "quote that is not closed"
    return [
        odd("short-row", "a row that has lost a column", "C,1\nC,2,x\n", [("C", "2", "x")], [(5, "has 2 columns")]),
        odd("long-row", "a row with a column too many", "C,1,x,y\nC,2,x\n", [("C", "2", "x")], [(5, "more than 3")]),
        odd("total-line", "a line with a total behind the rows", "Total: 3\n", aside=[(5, "has 1 columns")]),
        odd(
            "open-quote", "a quote that never closes", 'C,1,"x\nC,2,y\n', [("C", "1", '"x'), ("C", "2", "y")], mended=1
        ),
        odd("inch", "inches in a quoted value", 'C,1,"a 5" pipe, new"\n', [("C", "1", 'a 5" pipe, new')], mended=1),
        odd("bare-inch", "inches in a bare value", 'C,1,5" pipe\n', [("C", "1", '5" pipe')]),
        odd("doubled-start", "a quote too many before a value", 'C,1,""x, y"\n', [("C", "1", '"x, y')], mended=1),
        odd("behind-quote", "text behind a closing quote", 'C,1,"x"y\n', [("C", "1", '"x"y')], mended=1),
        odd("lost-delimiter", "no delimiter behind a closing quote", 'C,"1"x\n', [("C", "1", "x")], mended=1),
        odd(
            "two-readings",
            "quotes that can be read in two ways",
            'C,"1,2"x\nC,2,y\n',
            [("C", "2", "y")],
            [(5, spoiled)],
        ),
        odd(
            "no-reading",
            "quotes that can be read in no way",
            '"C,1\nC,2,y\n',
            [("C", "2", "y")],
            [(5, spoiled)],
        ),
        Odd(
            "two-tables",
            "another table below the first, with a title and a header of its own",
            (table(rows=3 * PLAIN) + "\nCalls by day\nday,calls\nSunday,1\nMonday,2\n").encode(),
            HEADER,
            3 * PLAIN,
            aside=[(12, "has 1 columns"), *((line, "has 2 columns") for line in (13, 14, 15))],
            another=13,
        ),
        Odd(
            "two-of-a-size",
            "another table below the first, as long as that",
            (table(rows=3 * PLAIN) + "day,calls\n" + "Sunday,1\nMonday,2\n" * 4).encode(),
            refused="rows have 3 columns, and from line 11 on 2.",
        ),
        Odd(
            "table-between",
            "another table between rows of the first, with more columns",
            (table(rows=3 * PLAIN) + "\nday,calls,ends,costs\nSunday,1,2,3\nMonday,4,5,6\n\nC,1,menu\n").encode(),
            HEADER,
            [*3 * PLAIN, ("C", "1", "menu")],
            aside=[(line, "more than 3") for line in (12, 13, 14)],
            another=12,
        ),
        Odd(
            "notes-below",
            "rows that have lost a column, and others",
            (table(rows=3 * PLAIN) + "C,1\nC,2\nC,3\nD,1,menu\nnotes, by hand\nand others, too\nD,2,menu\n").encode(),
            HEADER,
            [*3 * PLAIN, ("D", "1", "menu"), ("D", "2", "menu")],
            aside=[(line, "has 2 columns") for line in (11, 12, 13, 15, 16)],
        ),
        Odd(
            "row-names",
            "a first column of row numbers, without a name, as R writes it",
            b'"call_id","label"\n"1","A","menu"\n"2","A","help"\n"3","B","menu"\n',
            ("column 1", "call_id", "label"),
            [("1", "A", "menu"), ("2", "A", "help"), ("3", "B", "menu")],
            mended=3,
        ),
        Odd(
            "numbered-rows",
            "a header that has lost a column, but not that of the numbers",
            b"no,label\n1,A,menu\n2,A,help\n3,B,menu\n",
            refused="The header, in line 1, has 2 columns, most rows have 3.",
        ),
        Odd(
            "short-header",
            "a header that has lost a column",
            b"call,step\n" + b"A,1,x\n" * 4,
            refused="The header, in line 1, has 2 columns, most rows have 3.",
        ),
        Odd(
            "long-header",
            "a header with a name too many",
            b"call,step,what,label\n" + b"A,1,x\n" * 4,
            refused="The header, in line 1, has 4 columns, most rows have 3.",
        ),
        Odd(
            "spoiled-header",
            "a quote in the header that never closes",
            b'call,"step\n1,2,3\n1,2,3\n',
            refused="The header, in line 1, has",
        ),
        Odd("header-only", "a header and nothing below it", b"call,step\n", refused="a header but no rows"),
        Odd(
            "nul",
            "a zero byte in the middle",
            table().encode() * 50_000 + b"A,1,\0\n",
            refused="Line 200,001 holds a NUL",
        ),
    ]


def _hostile() -> list[Odd]:
    return [
        Odd("empty", "not a byte", b"", refused="The file is empty."),
        Odd("blank", "nothing but blanks", b" \n\n \n", refused="The file is empty."),
        Odd(
            "letter",
            "a letter, not a table",
            b"Dear all,\nplease find the export attached.\nBest\n",
            refused="not a table",
        ),
        Odd("binary", "bytes that are no text", b"a,b\n\0\1\2\3" * 50, refused="not a text file"),
        Odd("pdf", "a document", b"%PDF-1.7\n" + b"x" * 100, refused="PDF"),
        Odd(
            "long-line",
            "one line of 30 megabytes",
            b"a,b\n" + b"x" * 30_000_000,
            refused="Line 2 has 2,097,152 bytes or more",
        ),
        Odd("endless", "30 megabytes without a line end", b"x," * 15_000_000, refused="2,000 are allowed"),
        Odd("columns", "a header of 100,000 columns", b"a," * 100_000 + b"\n1\n", refused="2,000 are allowed"),
        Odd(
            "commas",
            "a row of a million commas",
            b"a,b\n1,2\n" + b"," * 1_000_000 + b"\n1,2\n",
            refused="Line 3 has more than 2,000 columns",
        ),
        Odd(
            "quotes",
            "a megabyte of quotes",
            b"a,b\n1,2\n" + b'"' * 1_000_000 + b"\n1,2\n",
            ("a", "b"),
            [("1", "2")] * 2,
            [(3, "")],
        ),
        Odd(
            "disorder",
            "quotes in disorder behind an orderly beginning",
            b"a,b,c\n" + b"1,2,3\n" * 600 + b'x",y,"z\n' * 40_000,
            refused="The quotes of this file are not in order, from line",
        ),
        Odd(
            "bomb",
            "30 megabytes of zeros in a small archive",
            gzip.compress(b"a,b\n" + b"0" * 30_000_000),
            refused="THROUGHLINE_UNPACKED_RATIO",
        ),
    ]


ODD_FILES = [*_encoded(), *_dialects(), *_damage(), *_hostile()]


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for one in ODD_FILES:
        (folder / f"{one.name}.csv").write_bytes(one.data)
