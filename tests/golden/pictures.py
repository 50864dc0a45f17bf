"""JPEG files of every colour model and coding that libjpeg writes, with its pixels, for tests/images/jpeg.test.ts.

    pip install pillow==13.0.0 numpy==2.4.6
    python tests/golden/pictures.py && npx biome check --write tests/golden

Writes pictures.json beside this script: for each of these the file, and red, green and blue of its pixels [11, 17, 3] as Pillow's
libjpeg-turbo decodes them, bytes packed by zlib, in base64. Inks become colours as Pillow has it: (255 - ink)(255 - black) / 255.
"""
import base64
import io
import json
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

y, x = np.mgrid[0:11, 0:17]
colour = np.stack([15 * x, 20 * y, 255 - 9 * x - 8 * y], -1).clip(0, 255).astype("u1")
inks = np.stack([15 * x, 20 * y, 255 - 9 * x - 8 * y, 10 * ((x + y) % 4)], -1).clip(0, 255).astype("u1")
RGB, GREY, CMYK = Image.fromarray(colour), Image.fromarray(colour).convert("L"), Image.fromarray(inks, "CMYK")


def text(data):
    return base64.b64encode(zlib.compress(data, 9)).decode()


def saved(image, edit=lambda data: data, **options):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80, **options)
    data = edit(file.getvalue())
    # Not by convert, which rounds twice.
    pixels = np.asarray(Image.open(io.BytesIO(data))).astype(int)
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, -1)
    if pixels.shape[-1] == 4:
        pixels = np.floor((255 - pixels[..., :3]) * (255 - pixels[..., 3:]) / 255 + 0.5)
    return {"file": text(data), "rgb": text(pixels.astype("u1").tobytes())}


def ycck(data):
    """The same numbers, said to be YCCK: the last byte of Adobe's marker."""
    at = data.index(b"Adobe") + 11
    return data[:at] + b"\2" + data[at + 1 :]


def plain(data):
    """Without Adobe's marker: the names of the components, R, G and B, say what they are; inks are inverted all the same."""
    at = data.index(b"\xff\xee")
    return data[:at] + data[at + 16 :]


made = {
    "grey": saved(GREY),
    "colour": saved(RGB),
    "colour, 4:4:4": saved(RGB, subsampling=0),
    "colour, 4:2:2": saved(RGB, subsampling=1),
    "colour, progressive": saved(RGB, progressive=True),
    "colour, restarts": saved(RGB, restart_marker_blocks=1),
    "colour, progressive, restarts": saved(RGB, progressive=True, restart_marker_blocks=1),
    "RGB": saved(RGB, keep_rgb=True),
    "RGB, progressive": saved(RGB, keep_rgb=True, progressive=True),
    "RGB by names": saved(RGB, plain, keep_rgb=True),
    "CMYK": saved(CMYK),
    "CMYK without Adobe's marker": saved(CMYK, plain),
    "CMYK, restarts": saved(CMYK, restart_marker_blocks=2),
    "CMYK, progressive": saved(CMYK, progressive=True),
    "CMYK, progressive, restarts": saved(CMYK, progressive=True, restart_marker_blocks=1),
    "CMYK, 4:2:0": saved(CMYK, subsampling=2),
    "YCCK": saved(CMYK, ycck),
    "YCCK, progressive": saved(CMYK, ycck, progressive=True),
}
(Path(__file__).parent / "pictures.json").write_text(json.dumps(made))
