"""Points as text, read by pandas, which is told the separator and whether there is a header; gzip files, read by Python."""
import gzip
import io
import re
import zlib

import numpy as np
import pandas
from case import case, damaged, numbers, text

SEPARATORS = [",", ", ", ";", "; ", "\t", " ", "  ", " , "]


def number(rng, value):
    value = float(np.float32(value))
    words = rng.choice([repr, "{:g}".format, "{:e}".format, "{:.3f}".format, "{:E}".format, lambda v: str(round(v)), lambda v: f"{v:+.2f}"])(value)
    if rng.chance(0.05):
        words = rng.choice([".5", "5.", "-.25", "+3.e2", "007", "-0", "1e-50", "1E+05", "3.4028234e38", "0.1000000000000000055511151231257827"])
    return words


def csv(rng):
    rows, dim = rng.randint(1, 7), rng.choice([1, 2, 2, 2, 3, 5])
    values = rng.array((rows, dim)) * 10.0 ** rng.choice([-3, 0, 0, 2, 9])
    fields = [[number(rng, v) for v in row] for row in values]
    separator = rng.choice(SEPARATORS)
    odd = rng.chance(0.3)
    if odd:
        row = rng.randrange(rows)
        word = rng.choice(["nan", "inf", "-Infinity", "", "x", "0x10", "1_000", "1e39", "1e400", "1,5", "1 000", '"1"', "'1'", "1d5", "1e", "--1", "1+2", "\u0661", "1\u00a0", "NA", "None", "true", "1f", "\u22121", "1.2.3", "\0"])
        if rng.chance(0.7):
            fields[row][rng.randrange(dim)] = word
        elif rng.chance(0.5):
            fields[row].append(rng.choice(["1", ""]))
        elif dim > 1:
            fields[row].pop()
    lines = [separator.join(row) for row in fields]
    if rng.chance(0.1):
        lines = [rng.choice(["", " ", "\t"]) + line + rng.choice(["", " ", "\t"]) for line in lines]
    names = None
    if rng.chance(0.35):
        names = [rng.choice(["x", "y", "\u00e9", "a b", "x_1", '"x"', '"y"']) for _ in range(dim)]
        # A space within a name would be a separator.
        if separator.strip() == "":
            names = [name.replace(" ", "") for name in names]
        lines.insert(0, separator.join(names))
    extra = [rng.choice(["", "# a note", "#1,2", "   "]) for _ in range(rng.choice([0, 0, 1, 2]))]
    for line in extra:
        lines.insert(rng.randrange(len(lines) + 1), line)
    if rng.chance(0.05):
        lines = [line + rng.choice(["", " # 3"]) for line in lines]
    words = rng.choice(["\n", "\n", "\r\n", "\r"]).join(lines) + rng.choice(["", "\n", "\n\n"])
    encoding = rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
    data = words.encode(encoding)
    data = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"") + data
    # White space around a line is no field of it.
    words = "\n".join(line.strip(" \t") for line in words.splitlines())
    answers = [read(words, separator, names is not None)]
    # A first row 0,1 may be the names that pandas gives columns, and one without a number is a header.
    isCount = all(exact_or_none(field.strip('"')) == k for k, field in enumerate(fields[0]))
    isWords = not any(re.match(r"[+\-\u2212]*(\.?\d|(nan|inf|infinity)$)", field.strip(), re.I | re.A) for field in fields[0])
    if names is None and rows > 1 and (isCount or isWords):
        answers.append(read(words, separator, True))
    # Of one word a column or more, it may be a title.
    if names is not None and (separator.strip() == "" or dim == 1 or len(fields[-1]) == 1):
        answers.append(read(words.replace(separator.join(names).strip(" \t"), "", 1), separator, False))
    return case("readCsvPoints", data, answers, must=not odd)


def read(words, separator, has_header):
    """pandas' numbers as float32, or None where one is none, or where a line has more fields than the first, which pandas drops."""
    sep = separator.strip() or ("\t" if "\t" in separator else r"\s+")
    try:
        table = pandas.read_csv(
            io.StringIO(words), sep=sep, header=0 if has_header else None, comment="#", index_col=False, skipinitialspace=True,
            na_filter=False, float_precision="round_trip", dtype=str, keep_default_na=False, encoding="utf-8",
        )  # fmt: skip
        lines = [line.split("#")[0].strip() for line in words.split("\n")]
        if len({len(re.split(sep, line)) for line in lines if line}) > 1:
            return None
        found = np.array([[exact(field) for field in row] for row in table.to_numpy()])
    except Exception:
        return None
    if found.size == 0:
        return None
    with np.errstate(over="ignore"):
        rounded = found.astype("f4")
    return numbers(rounded) if np.all(np.isfinite(rounded)) else None


def exact(field):
    """A decimal number as text, as C reads it: no underscores, no digits of other scripts; a space of any kind around it."""
    field = field.strip()
    if "_" in field or not field.isascii():
        raise ValueError(field)
    return float(field)


def exact_or_none(field):
    try:
        return exact(field)
    except ValueError:
        return None


def gzipped(rng):
    content = [bytes(rng.choice([0, 31, 139, 65, rng.randrange(256)]) for _ in range(rng.choice([0, 1, 9, 80, 300]))) for _ in range(rng.choice([1, 1, 2, 3]))]
    data = b"".join(member(rng, part) for part in content)
    whole = not rng.chance(0.4)
    if not whole:
        # Python passes over the checksum of a header, and takes nothing for a file.
        data = damaged(rng, data) if rng.chance(0.7) else data + rng.choice([b"\0\0\0", b"\0", b"x", b"\x1f\x8b"])
    try:
        answer = {"text": text(gzip.decompress(data))}
    except (OSError, EOFError, zlib.error):
        answer = None
    return case("gunzip", data, [answer], must=whole)


def member(rng, part):
    """One member, with a header of RFC 1952 that may have a name, a comment, an extra field and a checksum."""
    flags = rng.choice([0, 0, rng.randrange(32)])
    head = bytes([31, 139, 8, flags, 1, 2, 3, 4, 0, 3])
    if flags & 4:
        head += b"\3\0abc"
    if flags & 8:
        head += b"name\0"
    if flags & 16:
        head += b"\xe9 comment\0"
    if flags & 2:
        head += (zlib.crc32(head) & 0xFFFF).to_bytes(2, "little")
    packer = zlib.compressobj(rng.choice([0, 1, 9]), zlib.DEFLATED, -15, 8, rng.choice([0, 2, 4]))
    body = packer.compress(part) + packer.flush()
    return head + body + zlib.crc32(part).to_bytes(4, "little") + len(part).to_bytes(4, "little")
