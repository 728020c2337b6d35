"""What a file is by its bytes, whatever it is called; and a name that can do no harm."""

import unicodedata

MOST_OF_NAME = 100
SHOWN_AS = {
    "pdf": ("application/pdf", ".pdf"),
    "png": ("image/png", ".png"),
    "jpeg": ("image/jpeg", ".jpg"),
    "text": ("text/plain; charset=utf-8", ".txt"),
}
MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
)
TEXT_SUFFIXES = (".txt", ".md", ".csv", ".toml", ".json", ".tex", ".bib", ".log")
BARRED = set('<>:"/\\|?*') | {"\u202e", "\u202d", "\u2066", "\u2067", "\u2068", "\u2069"}


def kind_of(body: bytes) -> str | None:
    """Tells what a file is: pdf, png, jpeg, text, or None where it is nothing that is taken.

    Text is UTF-8 without control signs; a page or a script is text too, and is only ever given
    back as plain text to be saved.
    """
    for magic, kind in MAGIC:
        if body.startswith(magic):
            return kind
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    fine = all(sign in "\n\r\t\f" or unicodedata.category(sign) != "Cc" for sign in text)
    return "text" if fine and text else None


def safe_name(name: str, kind: str) -> str:
    """Gives the name under which a file is kept and given back: no path, no tricks, a true ending."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = unicodedata.normalize("NFC", last)
    kept = "".join(s for s in plain if s.isprintable() and s not in BARRED).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    suffix = f".{ending.lower()}" if dot else ""
    known = SHOWN_AS[kind][1]
    allowed = TEXT_SUFFIXES if kind == "text" else (known, ".jpeg") if kind == "jpeg" else (known,)
    if suffix not in allowed:
        stem, suffix = kept, known
    return f"{stem[: MOST_OF_NAME - len(suffix)].strip(' .') or 'file'}{suffix}"
