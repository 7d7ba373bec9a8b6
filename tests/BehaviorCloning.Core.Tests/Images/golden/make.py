"""Small PNG and JPEG files of every kind, and their pixels as Pillow decodes them. Run: /usr/bin/python3 make.py"""
import base64
import io
import json
import zlib

import numpy as np
from PIL import Image, PngImagePlugin

H, W = 13, 19
y, x = np.mgrid[0:H, 0:W]
rgb = np.stack([(x * 13) % 256, (y * 19) % 256, (x * y * 3 + 40) % 256], -1).astype(np.uint8)
gray = rgb[..., 2]
rgba = np.concatenate([rgb, ((x + y) * 8 % 256).astype(np.uint8)[..., None]], -1)
depth = (x * 3001 + y * 17 + (x * y)).astype(np.uint16)
depth[3, 5] = 0
depth[4, 4] = 65535
smooth = Image.fromarray(np.stack([x * 10, y * 15, 255 - x * 7], -1).astype(np.uint8), "RGB")

cases = {}


def add(name, image, decoded, **save):
    stream = io.BytesIO()
    image.save(stream, **save)
    pixels = np.ascontiguousarray(decoded if isinstance(decoded, np.ndarray) else np.asarray(Image.open(io.BytesIO(stream.getvalue())).convert(decoded)))
    cases[name] = {
        "file": base64.b64encode(stream.getvalue()).decode(),
        "height": pixels.shape[0], "width": pixels.shape[1], "channels": 1 if pixels.ndim == 2 else pixels.shape[2],
        "pixels": base64.b64encode(pixels.tobytes()).decode(),
    }


add("rgb.png", Image.fromarray(rgb, "RGB"), rgb, format="PNG")
add("gray.png", Image.fromarray(gray, "L"), gray, format="PNG")
add("rgba.png", Image.fromarray(rgba, "RGBA"), rgba, format="PNG")
add("gray and opacity.png", Image.fromarray(rgba[..., 2:], "LA"), rgba[..., 2:], format="PNG")
add("palette.png", Image.fromarray(rgb, "RGB").quantize(7), "RGB", format="PNG")
add("palette with opacity.png", Image.fromarray(rgb, "RGB").quantize(7), "RGBA", format="PNG", transparency=bytes([255, 128, 0]))
add("one bit.png", Image.fromarray(((x + y) % 3 == 0)), "L", format="PNG")
add("depth.png", Image.fromarray(depth), depth, format="PNG")
text = PngImagePlugin.PngInfo()
text.add_text("bomb", "x" * 100000, zip=True)
text.add(b"gAMA", (100000).to_bytes(4, "big"))
add("gamma and text.png", Image.fromarray(rgb, "RGB"), rgb, format="PNG", pnginfo=text)
text = PngImagePlugin.PngInfo()
text.add(b"gAMA", (45455).to_bytes(4, "big"))
add("depth with gamma.png", Image.fromarray(depth), depth, format="PNG", pnginfo=text)
for sampling, name in ((0, "444"), (1, "422"), (2, "420")):
    add(f"{name}.jpg", smooth, "RGB", format="JPEG", quality=90, subsampling=sampling)
add("gray.jpg", smooth.convert("L"), "L", format="JPEG", quality=90)
add("progressive.jpg", smooth, "RGB", format="JPEG", quality=90, progressive=True)
add("print.jpg", smooth.convert("CMYK"), "RGB", format="JPEG")

# An interlaced file, which Pillow reads but does not write: Adam7's seven passes, no filter.
raw = b""
for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
    for row in rgb[y0::dy, x0::dx]:
        raw += b"\0" + row.tobytes()


def chunk(kind, data):
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", W.to_bytes(4, "big") + H.to_bytes(4, "big") + bytes([8, 2, 0, 0, 1])) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
assert (np.asarray(Image.open(io.BytesIO(file))) == rgb).all()
cases["interlaced.png"] = dict(cases["rgb.png"], file=base64.b64encode(file).decode())
with open("images.json", "w") as out:
    json.dump(cases, out, indent=0)
