"""Seconds that Pillow takes to decode an image of a folder from memory: FOLDER COUNT EXTENSION."""
import io
import os
import sys
import time

from PIL import Image

folder, count, extension = sys.argv[1], int(sys.argv[2]), sys.argv[3]
files = [open(os.path.join(folder, f"{i}.{extension}"), "rb").read() for i in range(count)]
best = []
for _ in range(4):
    start = time.perf_counter()
    for file in files:
        Image.open(io.BytesIO(file)).convert("RGB").load()
    best.append(time.perf_counter() - start)
print(sorted(best)[1] / count)
