"""Several ids as one text, for addresses and the command line."""


def join_ids(ids: tuple[str, ...]) -> str:
    r"""Ids as one text: joined with commas, a comma or backslash inside an id behind a backslash.

    >>> join_ids(("1", "a,b"))
    '1,a\\,b'
    """
    return ",".join(one.replace("\\", "\\\\").replace(",", "\\,") for one in ids)


def split_ids(text: str) -> tuple[str, ...]:
    r"""The ids that `join_ids` joined.

    >>> split_ids("1,a\\,b")
    ('1', 'a,b')
    """
    if not text:
        return ()
    ids, letters = [""], iter(text)
    for letter in letters:
        if letter == "\\":
            ids[-1] += next(letters, "")
        elif letter == ",":
            ids.append("")
        else:
            ids[-1] += letter
    return tuple(ids)
