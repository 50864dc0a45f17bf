"""PNG files of every kind, written here and read by Pillow too; JPEG files that Pillow writes and reads."""
import io
import struct
import zlib

import numpy as np
from case import case, damaged, numbers
from PIL import Image, ImageOps

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(name, data, wrong=False):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data) ^ wrong)


def packed(row, depth):
    """Samples of a row as bytes, those below 8 bits from the left."""
    if depth >= 8:
        return np.asarray(row, ">u2" if depth == 16 else "u1").tobytes()
    bits = "".join(format(int(value), f"0{depth}b") for value in row)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def filtered(kind, row, above, step):
    """A row less what its filter foretells (PNG 9.2)."""
    out = bytearray()
    for i, value in enumerate(row):
        left, up = (row[i - step] if i >= step else 0), above[i]
        corner = above[i - step] if i >= step else 0
        guess = min((abs(up - corner), 0, left), (abs(left - corner), 1, up), (abs(left + up - 2 * corner), 2, corner))[2]
        out.append((value - [0, left, up, (left + up) // 2, guess][kind]) & 255)
    return bytes([kind]) + bytes(out)


def stream(rng, samples, depth, interlaced):
    """Rows of samples [height, width, channels], unpacked."""
    step = max(1, samples.shape[2] * depth // 8)
    out = b""
    for x, y, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        part = samples[y::dy, x::dx]
        if part.size == 0:
            continue
        above = bytes(len(packed(part[0].ravel(), depth)))
        for row in part:
            data = packed(row.ravel(), depth)
            out += filtered(rng.randrange(5), data, above, step)
            above = data
    return out


def rgba(samples, depth, kind, palette, transparent):
    """Red, green, blue and opacity in [0, 1] of samples, as the standard says."""
    most = 2**depth - 1
    if kind == 3:
        alphas = np.full(256, 255)
        alphas[: len(transparent or b"")] = list(transparent or b"")
        return np.concatenate([palette[samples[..., 0]], alphas[samples]], -1) / 255
    colour = samples[..., :1].repeat(3, -1) if kind in (0, 4) else samples[..., :3]
    if kind in (4, 6):
        opacity = samples[..., -1:] / most
    elif transparent:
        named = np.frombuffer(transparent, ">u2") & most
        opacity = 1.0 - np.all(samples == named, -1, keepdims=True)
    else:
        opacity = np.ones(samples.shape[:2] + (1,))
    return np.concatenate([colour / most, opacity], -1)


def answer(picture, reader, invert):
    """What a reader gives of red, green, blue and opacity [height, width, 4] in [0, 1]: over white."""
    colour, opacity = picture[..., :3], picture[..., 3:]
    if reader == "decodeImage":
        isGrey = np.all(colour == colour[..., :1], -1, keepdims=True)
        colour = np.where(isGrey, colour[..., :1], colour @ np.array([[0.2126], [0.7152], [0.0722]]))
    found = opacity * colour + (1 - opacity)
    found = 1 - found if invert else found
    return numbers(found[..., 0] if reader == "decodeImage" else found)


def png(rng):
    kind = rng.choice(list(CHANNELS))
    depth = rng.choice(DEPTHS[kind])
    height, width = rng.choice([1, 2, 3, 5, 9]), rng.choice([1, 2, 3, 5, 9, 17])
    interlaced = rng.chance(0.4)
    colours = rng.randint(1, 2**depth) if kind == 3 else 0
    most = colours or 2**depth
    samples = np.array([rng.randrange(most) for _ in range(height * width * CHANNELS[kind])]).reshape(height, width, -1)
    if rng.chance(0.2):
        samples[...] = samples[0, 0]
    palette = np.array([rng.randrange(256) for _ in range(3 * colours)]).reshape(-1, 3)
    transparent = None
    if rng.chance(0.4) and kind in (0, 2):
        transparent = struct.pack(f">{CHANNELS[kind]}H", *samples[0, 0])
    if rng.chance(0.4) and kind == 3:
        transparent = bytes(rng.randrange(256) for _ in range(rng.randint(1, colours)))
    pixels = zlib.compress(stream(rng, samples, depth, interlaced), rng.choice([0, 1, 9]))
    extras = [(b"gAMA", struct.pack(">I", 45455)), (b"pHYs", bytes(9)), (b"tEXt", b"a\0b"), (b"sRGB", b"\0"), (b"tIME", bytes(7)), (b"bKGD", bytes([0] * (1 if kind == 3 else 2 * (1 if kind in (0, 4) else 3))))]
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)
    chunks = [chunk(b"IHDR", header)]
    chunks += [chunk(*extra) for extra in extras[:4] if rng.chance(0.15)]
    if kind == 3 or (kind in (2, 6) and rng.chance(0.1)):
        chunks.append(chunk(b"PLTE", palette.astype("u1").tobytes() if kind == 3 else bytes(6)))
    if transparent:
        chunks.append(chunk(b"tRNS", transparent))
    chunks += [chunk(*extra) for extra in extras[5:] if rng.chance(0.1)]
    cuts = sorted({0, len(pixels), *(rng.randrange(len(pixels)) for _ in range(rng.choice([0, 0, 1, 3])))})
    chunks += [chunk(b"IDAT", pixels[a:b]) for a, b in zip(cuts, cuts[1:])]
    chunks += [chunk(*extra) for extra in extras[2:5] if rng.chance(0.1)]
    chunks.append(chunk(b"IEND", b""))
    whole = not rng.chance(0.25)
    if not whole and rng.chance(0.5):
        shuffle(rng, chunks, header)
    data = b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
    if not whole and rng.chance(0.6):
        data = damaged(rng, data)
    reader, invert = rng.choice(["decodeImage", "decodeColour"]), rng.chance(0.2)
    true = rgba(samples, depth, kind, palette, transparent)
    seen = pillow(data)
    if whole:
        check(true, seen)
    # A damaged file may be read for what it was, since only chunks that pixels need must be whole, as libpng has it, which
    # passes over transparency that is not; or as Pillow reads it.
    opaque = rgba(samples, depth, kind, palette, None)
    answers = [answer(picture, reader, invert) for picture in (true, opaque, seen) if picture is not None]
    return case(reader, data, answers[:1] if whole else answers, must=whole, **({"invert": True} if invert else {}))


def shuffle(rng, chunks, header):
    """Chunks out of place, missing, twice, wrong, or of other sizes."""
    change = rng.randrange(7)
    if change < 3 and sum(one[4:8] == b"IDAT" for one in chunks) > 1:
        # Pixels in another order fail the checksum of their stream alone, which libpng does not mind once it has them all.
        change = 3
    at = rng.randrange(len(chunks))
    if change == 0:
        rng.shuffle(chunks)
    elif change == 1:
        del chunks[at]
    elif change == 2:
        chunks.insert(at, chunks[rng.randrange(len(chunks))])
    elif change == 3:
        chunks[at] = chunks[at][:-1] + bytes([chunks[at][-1] ^ 1])
    elif change == 4:
        place = rng.randrange(8, 13)
        chunks[0] = chunk(b"IHDR", header[:place] + bytes([rng.randrange(9)]) + header[place + 1 :])
    elif change == 5:
        chunks.insert(at, chunk(rng.choice([b"ABCD", b"abcd", b"acTL", b"fdAT", b"CgBI"]), bytes(4)))
    else:
        chunks[at] = chunk(chunks[at][4:8], chunks[at][8 : max(8, len(chunks[at]) - 4 - rng.randint(1, 3))])


def pillow(data):
    """Pillow's red, green, blue and opacity in [0, 1], or None. Of 16 bits a sample it keeps the upper 8, but of grey."""
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except Exception:
        return None
    if image.mode.startswith("I"):
        grey = np.asarray(image).astype("f8")[..., None] / 65535
        opacity = np.ones_like(grey)
        if image.info.get("transparency") is not None:
            opacity = 1.0 - (np.asarray(image)[..., None] == image.info["transparency"])
        return np.concatenate([grey.repeat(3, -1), opacity], -1)
    return np.asarray(image.convert("RGBA")).astype("f8") / 255


def check(true, seen):
    """Pillow and this script must agree, up to the bits that Pillow drops; its transparent colour of 16 bits is of 8, too."""
    assert seen is not None and seen.shape == true.shape
    near = np.abs(seen - true) <= 1 / 255
    assert np.all(near[..., :3]), (seen, true)


def jpeg(rng):
    height, width = rng.randint(1, 26), rng.randint(1, 26)
    y, x = np.mgrid[0:height, 0:width]
    slopes = [rng.uniform(-9, 9) for _ in range(8)]
    planes = [128 + slopes[2 * k] * (x - width / 2) + slopes[2 * k + 1] * (y - height / 2) for k in range(4)]
    mode = rng.choice(["L", "RGB", "RGB", "RGB", "CMYK"])
    pixels = np.stack(planes, -1).clip(0, 255).astype("u1")
    image = Image.fromarray(pixels[..., 0] if mode == "L" else pixels[..., : len(mode)], mode)
    options = {"quality": rng.randint(1, 100), "progressive": rng.chance(0.3), "optimize": rng.chance(0.3)}
    if mode != "L":
        options["subsampling"] = rng.randrange(3)
    if rng.chance(0.2):
        options["restart_marker_blocks"] = rng.randint(1, 3)
    if mode == "RGB" and rng.chance(0.1):
        # libjpeg keeps red, green and blue of the same size alone.
        options |= {"keep_rgb": True, "subsampling": 0}
    if rng.chance(0.3):
        exif = Image.Exif()
        exif[0x0112] = rng.randint(1, 8)
        options["exif"] = exif
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    data, whole = file.getvalue(), True
    if rng.chance(0.15):
        # The marks of its beginning and its end, or a note, which pixels do not need.
        data = rng.choice([data[:-2], data + b"more", data[:2] + b"\xff\xfe\0\4ab" + data[2:], data[:2] + b"\xff\xff" + data[3:]])
    reader = rng.choice(["decodeImage", "decodeColour"])
    return case(reader, data, [answer(decoded(file.getvalue()), reader, False)], must=whole, within=(2 if mode == "CMYK" else 1) / 255)


def decoded(data):
    """Pillow's pixels, turned as Exif says; inks as colours: (255 - ink)(255 - black) / 255."""
    pixels = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data)))).astype("f8")
    if pixels.ndim == 2:
        pixels = pixels[..., None].repeat(3, -1)
    if pixels.shape[-1] == 4:
        pixels = np.floor((255 - pixels[..., :3]) * (255 - pixels[..., 3:]) / 255 + 0.5)
    return np.concatenate([pixels, np.full(pixels.shape[:2] + (1,), 255.0)], -1) / 255
