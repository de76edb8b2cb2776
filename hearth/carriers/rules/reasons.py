"""Why a piece of an archive could not be used: stable codes and the sentences that go with them.

A sentence says what is wrong and what to do. Codes are part of the contract (``docs/reference/importers.md``): never
renamed, never reused. Pages translate the template and fill in ``params``; here only English is made.
"""

from hearth.carriers.errors import ArchiveRefused
from hearth.carriers.types import Rejected


def gettext_noop(message: str) -> str:
    """Mark a string for the translation catalogue. Rules import no Django, and the catalogue goes by this name
    alone.
    """
    return message


TEMPLATES: dict[str, str] = {
    # The archive as a whole (raised as ArchiveRefused).
    "not_found": gettext_noop("There is no file or folder “%(name)s”. Check the path."),
    "unreadable": gettext_noop("“%(name)s” cannot be read. Check its permissions."),
    "empty_archive": gettext_noop("“%(name)s” holds no files to read. Export it again."),
    "unknown_format": gettext_noop(
        "“%(name)s” is in no format known here (known: %(known)s). "
        "Name the format, or save the messages as CSV with a header."
    ),
    "damaged_archive": gettext_noop(
        "“%(name)s” is damaged and nothing in it can be read. Export or download it again."
    ),
    "no_such_format": gettext_noop("There is no format “%(name)s”. Choose one of: %(known)s."),
    "encrypted_archive": gettext_noop(
        "“%(name)s” is protected by a password. Unpack it and pack it again without one."
    ),
    "too_many_files": gettext_noop("“%(name)s” holds more than %(limit)s files. Split it into smaller archives."),
    "too_large": gettext_noop("“%(name)s” unpacks to more than %(limit)s bytes. Split it into smaller archives."),
    "spreadsheet": gettext_noop("“%(name)s” is a spreadsheet. Save the sheet as “CSV UTF-8” and import that file."),
    "mapping_needed": gettext_noop(
        "The columns of “%(name)s” do not say which is the time, the author and the text (columns: %(columns)s). "
        "Map them."
    ),
    "unknown_field": gettext_noop("The mapping names a field “%(value)s” that does not exist. Fields are: %(known)s."),
    "unknown_encoding": gettext_noop("There is no encoding “%(value)s”. Use a name such as utf-8, gb18030 or big5."),
    "unknown_zone": gettext_noop("There is no time zone “%(value)s”. Use a name such as Asia/Shanghai."),
    "bad_delimiter": gettext_noop("The delimiter “%(value)s” must be one character, or the word tab."),
    "archive_changed": gettext_noop("“%(name)s” has changed since the import was interrupted. Start the import again."),
    # One file of the archive.
    "unsafe_name": gettext_noop(
        "The name points outside the archive, so the file was left out. Pack the archive again."
    ),
    "link": gettext_noop("Links are not followed. Put the file itself into the archive."),
    "special_file": gettext_noop("Only ordinary files are read; this is a device, pipe or socket."),
    "nested_archive": gettext_noop(
        "An archive inside an archive is not opened. Unpack it and import what it holds by itself."
    ),
    "encrypted_file": gettext_noop("The file is protected by a password. Pack it again without one."),
    "duplicate_name": gettext_noop("The archive holds two files of this name; only the first was read."),
    "overlapping_file": gettext_noop(
        "The file shares its bytes with another one, as only a forged archive does. It was left out."
    ),
    "unsupported_compression": gettext_noop(
        "The file is packed by an unknown method. Pack it again as an ordinary zip."
    ),
    "truncated": gettext_noop("The file ends too early; everything before was read. Export or download it again."),
    "corrupt": gettext_noop(
        "The file is damaged from here on; everything before was read. Export or download it again."
    ),
    "expands_too_much": gettext_noop("The file unpacks to far more than its size, so reading stopped here."),
    "encoding_replaced": gettext_noop(
        "Some characters are not valid %(encoding)s and were replaced. Name the right encoding or export as UTF-8."
    ),
    "file_too_large": gettext_noop(
        "The file is larger than %(limit)s bytes and has to be read in one piece. Split it."
    ),
    "too_many_errors": gettext_noop("The file has too many errors; the rest was left out. Check its format."),
    # One line, row or message.
    "line_too_long": gettext_noop("The line is longer than %(limit)s bytes and was left out."),
    "bad_json": gettext_noop("This is not valid JSON. Export it again or mend the line."),
    "not_a_message": gettext_noop("This is valid JSON but not a message: an object with fields was expected."),
    "no_id": gettext_noop("The message has no id."),
    "no_time": gettext_noop("The message has no time."),
    "bad_time": gettext_noop("The time “%(value)s” cannot be understood. Use a form such as 2024-03-05 14:03."),
    "ambiguous_time": gettext_noop(
        "“%(value)s” may mean two days. Say which comes first: “5/3/2024 means” when you upload it, or "
        "--map day_first=yes (or no)."
    ),
    "future_time": gettext_noop("The time “%(value)s” lies in the future. Check the time and its zone."),
    "implausible_time": gettext_noop("The time “%(value)s” lies before 1990. Check the unit: seconds or milliseconds."),
    "no_author": gettext_noop("The message has no author."),
    "no_channel": gettext_noop("The message names no channel, or one that the archive does not describe."),
    "duplicate": gettext_noop("The channel already has a message with the id “%(value)s”; only the first was kept."),
    "wrong_columns": gettext_noop(
        "The row has %(found)s columns instead of %(expected)s. Check its delimiters and quotes."
    ),
    "not_a_line": gettext_noop("This is no line of a chat log as it is known here, so it was left out."),
    "no_day": gettext_noop(
        "The log tells the hour but no day. Put the day into the file's name, such as ward-2024-03-05.log."
    ),
    "stray_line": gettext_noop("The lines from here on stand before the first message and belong to none."),
    "text_too_long": gettext_noop("The message is longer than %(limit)s characters; the rest of it was left out."),
    "unclosed_quote": gettext_noop("A quotation mark is opened here and never closed. Double it or take it away."),
}


def reason_for(code: str, **params: object) -> str:
    """The English sentence for ``code``. KeyError for an unknown code or a missing parameter."""
    return TEMPLATES[code] % params if params else TEMPLATES[code]


def rejected(file: str, line: int, code: str, **params: object) -> Rejected:
    """A ``Rejected`` with its sentence. Values are cut at 80 characters: a report must stay readable."""
    short = {key: _short(value) for key, value in params.items()}
    return Rejected(file, line, code, reason_for(code, **short), tuple(short.items()))


def _short(value: object) -> str:
    text = str(value).replace("\n", " ")
    return text if len(text) <= 80 else text[:79] + "…"


def refusal(code: str, **params: object) -> ArchiveRefused:
    """An ``ArchiveRefused`` with its sentence, ready to raise."""
    texts = {key: str(value) for key, value in params.items()}
    return ArchiveRefused(code, TEMPLATES[code], texts)
