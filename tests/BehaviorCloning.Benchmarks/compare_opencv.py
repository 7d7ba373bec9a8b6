"""Geometric features beside OpenCV's, on the same images and judged by the same code. Prints the tables of docs/results/vision.md.

    /usr/bin/python3 tests/BehaviorCloning.Benchmarks/compare_opencv.py --images ../shared/data/images/skimage

Needs numpy and python3-opencv. Pairs of images are made here (a known turn, scale, change of light or warp of real photographs), written to a
folder, read by `BehaviorCloning.Benchmarks --vision FOLDER`, which writes what our library finds in them, and judged here.
"""
import argparse
import json
import os
import subprocess
import tempfile
import time

import cv2
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
FEATURES = 500  # the strongest of either library: repeatability depends on how many there are
cv2.setNumThreads(1)


def photographs(folder):
    names = ["astronaut.png", "camera.png", "chelsea.png", "coffee.png", "retina.jpg", "rocket.jpg"]
    for name in names:
        image = cv2.imread(os.path.join(folder, name), cv2.IMREAD_GRAYSCALE)
        if image is None:
            raise SystemExit(f"'{name}' is not in {folder}.")
        if max(image.shape) > 720:
            scale = 720 / max(image.shape)
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        yield name.split(".")[0], image


# --- pairs -------------------------------------------------------------------------------------------------------------

def similarity(image, degrees, scale):
    """The image turned about its center and scaled, and the 2 x 3 matrix that takes its points there."""
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, scale)
    source = image
    if scale < 1:  # what a camera farther away would see is blurred by its pixels
        source = cv2.GaussianBlur(image, (0, 0), 0.5 * np.sqrt(1 / scale ** 2 - 1))
    return cv2.warpAffine(source, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101), matrix


def light(image, kind):
    x = image.astype(np.float64) / 255
    if kind == "darker":
        x = 0.4 * x
    elif kind == "gamma 2":
        x = x ** 2
    elif kind == "gamma .5":
        x = x ** 0.5
    elif kind == "from the left":
        x = x * np.linspace(1, 0.25, image.shape[1])[None]
    elif kind == "noise 5":
        x = x + np.random.default_rng(0).normal(0, 5 / 255, image.shape)
    return np.clip(np.round(255 * x), 0, 255).astype(np.uint8)


IDENTITY = np.array([[1.0, 0, 0], [0, 1, 0]])
CHANGES = ([(f"turn {d}", lambda i, d=d: similarity(i, d, 1)) for d in (15, 45, 90, 140)]
           + [(f"scale {s}", lambda i, s=s: similarity(i, 0, s)) for s in (0.5, 0.7, 1.4, 2)]
           + [("turn 30, scale .7", lambda i: similarity(i, 30, 0.7))]
           + [(k, lambda i, k=k: (light(i, k), IDENTITY)) for k in ("darker", "gamma 2", "gamma .5", "from the left", "noise 5")])


def smooth_motion(shape, size, seed):
    """A field of motions that vary over a third of the image, `size` pixels long at most."""
    random = np.random.default_rng(seed)
    height, width = shape
    field = []
    for _ in range(2):
        coarse = random.normal(0, 1, (5, 5)).astype(np.float32)
        field.append(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))
    field = np.stack(field, -1)
    return field * (size / np.linalg.norm(field, axis=-1).max())


def warped(image, motion):
    """The image before the motion: what is at p in it is at p + motion(p) in the given one."""
    height, width = image.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    big = cv2.copyMakeBorder(image, 32, 32, 32, 32, cv2.BORDER_REFLECT_101)
    return cv2.remap(big, x + motion[..., 0] + 32, y + motion[..., 1] + 32, cv2.INTER_LANCZOS4)


def known_disparity(shape, seed):
    """Slanted and bent surfaces, 5 to 45 pixels."""
    random = np.random.default_rng(seed)
    height, width = shape
    bent = cv2.resize(random.uniform(0, 1, (4, 4)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(5 + 40 * bent, 5, 45)


# --- judging -----------------------------------------------------------------------------------------------------------

def judge_sift(a, b, matches, matrix, shape):
    """Repeatability (2 pixels, scale within 1.5), and how many matches there are and are right (3 pixels)."""
    height, width = shape
    scale = np.sqrt(np.linalg.det(matrix[:, :2]))
    moved = a[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    back = cv2.invertAffineTransform(matrix)
    origin = b[:, :2] @ back[:, :2].T + back[:, 2]

    def inside(p):
        return (p[:, 0] >= 8) & (p[:, 0] < width - 8) & (p[:, 1] >= 8) & (p[:, 1] < height - 8)

    seen_a, seen_b = inside(moved), inside(origin)
    distance = np.linalg.norm(moved[seen_a][:, None] - b[seen_b][None, :, :2], axis=-1)
    ratio = np.abs(np.log(b[seen_b][None, :, 2] / (scale * a[seen_a][:, None, 2])))
    near = (distance < 2) & (ratio < np.log(1.5))
    common = min(seen_a.sum(), seen_b.sum())
    repeated = min(near.any(1).sum(), near.any(0).sum())
    error = np.linalg.norm(moved[matches[:, 0]] - b[matches[:, 1], :2], axis=-1) if len(matches) else np.zeros(0)
    right = error < 3
    return dict(repeatability=repeated / max(common, 1), right=right.sum() / max(len(matches), 1), matches=int(right.sum()), error=float(np.median(error[right])) if right.any() else np.nan)


def opencv_sift(image):
    start = time.perf_counter()
    points, descriptors = cv2.SIFT_create(nfeatures=FEATURES).detectAndCompute(image, None)
    seconds = time.perf_counter() - start
    rows = np.array([[p.pt[0], p.pt[1], p.size / 2, p.angle, p.response] for p in points], np.float32)
    return rows, descriptors, seconds


def opencv_matches(a, b):
    matcher = cv2.BFMatcher()
    forward, backward = matcher.knnMatch(a, b, 2), matcher.knnMatch(b, a, 1)
    nearest = {m[0].queryIdx: m[0].trainIdx for m in backward}
    kept = [(m.queryIdx, m.trainIdx) for m, n in forward if m.distance <= 0.8 * n.distance and nearest[m.trainIdx] == m.queryIdx]
    return np.array(kept, int).reshape(-1, 2)


def end_point_error(flow, motion, margin=16):
    error = np.linalg.norm(flow - motion, axis=-1)[margin:-margin, margin:-margin]
    return error.mean()


def opencv_flows():
    # Its documentation's values, and a Gaussian window as wide as ours.
    yield "Farnebäck", lambda a, b: cv2.calcOpticalFlowFarneback(a, b, None, 0.5, 5, 15, 3, 5, 1.2, 0)
    yield "Farnebäck, Gaussian", lambda a, b: cv2.calcOpticalFlowFarneback(a, b, None, 0.5, 5, 33, 5, 5, 1.1, cv2.OPTFLOW_FARNEBACK_GAUSSIAN)
    dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    yield "DIS", lambda a, b: dis.calc(a, b, None)
    if hasattr(cv2, "optflow"):
        tvl1 = cv2.optflow.createOptFlow_DualTVL1()
        yield "TV-L1", lambda a, b: tvl1.calc(a, b, None)


def opencv_stereo():
    return cv2.StereoSGBM_create(minDisparity=0, numDisparities=80, blockSize=5, P1=8 * 25, P2=32 * 25, disp12MaxDiff=1, uniquenessRatio=5,
                                 speckleWindowSize=60, speckleRange=1, mode=cv2.STEREO_SGBM_MODE_HH)


def judge_stereo(disparity, truth):
    valid = np.isfinite(disparity)
    inside = np.zeros(valid.shape, bool)
    inside[4:-4, 50:-4] = True
    valid &= inside
    error = np.abs(disparity - truth)[valid]
    return dict(valid=valid.sum() / inside.sum(), mean=error.mean(), bad=(error > 1).mean())


def photometric(disparity, left, right):
    """Mean absolute difference of the left image and the right one brought there, over the pixels that both know."""
    height, width = left.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    brought = cv2.remap(right, np.nan_to_num(x - disparity).astype(np.float32), y, cv2.INTER_LINEAR)
    return np.abs(brought.astype(float) - left)


# --- the run -----------------------------------------------------------------------------------------------------------

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", required=True)
    parser.add_argument("--folder", help="where pairs are kept; default: a temporary one")
    parser.add_argument("--tool", default=f"dotnet run -c Release --project {HERE} --", help="how our side is started")
    options = parser.parse_args()
    folder = options.folder or tempfile.mkdtemp(prefix="vision-")
    os.makedirs(folder, exist_ok=True)
    sift, flows, stereo = {}, {}, {}

    def put(name, a, b):
        np.save(os.path.join(folder, name + "-a.npy"), a)
        np.save(os.path.join(folder, name + "-b.npy"), b)

    for i, (photo, image) in enumerate(photographs(options.images)):
        for number, (change, make) in enumerate(CHANGES):
            b, matrix = make(image)
            name = f"sift-{photo}-{number:02}"
            sift[name] = (change, image, b, matrix)
            put(name, image, b)
        for size in (1, 2, 4, 8):
            motion = smooth_motion(image.shape, size, 10 * i + size)
            name = f"flow-{photo}-{size}"
            flows[name] = (size, warped(image, motion), image, motion)
            put(name, flows[name][1], image)
        disparity = known_disparity(image.shape, i)
        name = f"stereo-{photo}"
        # The right image is the photograph; the left one shows at x what the right shows at x - disparity.
        stereo[name] = (warped(image, np.stack([-disparity, 0 * disparity], -1)), image, disparity)
        put(name, *stereo[name][:2])
    left, right = (cv2.imread(os.path.join(options.images, f"motorcycle_{side}.png"), cv2.IMREAD_GRAYSCALE) for side in ("left", "right"))
    put("stereo-motorcycle", left, right)

    subprocess.run(options.tool.split() + ["--vision", folder, "--features", str(FEATURES)], check=True)
    ours_ms = json.load(open(os.path.join(folder, "milliseconds.json")))
    load = lambda name: np.load(os.path.join(folder, name + ".npy"))

    print(f"OpenCV {cv2.__version__}, {FEATURES} strongest features, matches by ratio .8 and mutual; means over the photographs\n")
    print("| change | repeatability ours | OpenCV | right matches ours | OpenCV | share right ours | OpenCV | median error px ours | OpenCV |\n|---|---|---|---|---|---|---|---|---|")
    rows, times = {}, []
    for name, (change, a, b, matrix) in sift.items():
        ours = judge_sift(load(name + "-a.features"), load(name + "-b.features"), load(name + ".matches").astype(int), matrix, a.shape)
        (pa, da, ta), (pb, db, tb) = opencv_sift(a), opencv_sift(b)
        theirs = judge_sift(pa, pb, opencv_matches(da, db), matrix, a.shape)
        rows.setdefault(change, []).append((ours, theirs))
        times.append((ours_ms[name], 500 * (ta + tb)))
    everything = [pair for pairs in rows.values() for pair in pairs]
    for change, pairs in [*rows.items(), ("all", everything)]:
        cells = []
        for key, form in (("repeatability", "{:.3f}"), ("matches", "{:.0f}"), ("right", "{:.3f}"), ("error", "{:.2f}")):
            cells += [form.format(np.nanmean([pair[side][key] for pair in pairs])) for side in (0, 1)]
        print(f"| {change} | " + " | ".join(cells) + " |")
    print("\nmilliseconds an image: ours {:.0f}, OpenCV {:.0f}\n".format(*np.median(times, 0)))

    methods = list(opencv_flows())
    print("| largest motion px | ours | " + " | ".join(name for name, _ in methods) + " | no motion |\n|---|---|" + "---|" * (len(methods) + 1))
    table, times = {}, []
    for name, (size, a, b, motion) in flows.items():
        errors, spent = [end_point_error(load(name + ".flow"), motion)], [ours_ms[name]]
        for _, method in methods:
            start = time.perf_counter()
            errors.append(end_point_error(method(a, b), motion))
            spent.append(1000 * (time.perf_counter() - start))
        table.setdefault(size, []).append(errors + [end_point_error(0 * motion, motion)])
        times.append(spent)
    for size, errors in table.items():
        print(f"| {size} | " + " | ".join(f"{e:.3f}" for e in np.mean(errors, 0)) + " |")
    print("\nmilliseconds a pair: ours " + ", ".join(f"{name} {t:.0f}" for name, t in zip(["", *(n for n, _ in methods)], np.median(times, 0))) + "\n")

    print("| pair | known share ours | SGBM | mean error px ours | SGBM | worse than 1 px ours | SGBM |\n|---|---|---|---|---|---|---|")
    results = []
    for name, (a, b, truth) in stereo.items():
        theirs = opencv_stereo().compute(a, b).astype(np.float32) / 16
        theirs[theirs < 0] = np.nan
        pair = judge_stereo(load(name + ".disparity"), truth), judge_stereo(theirs, truth)
        results.append(pair)
        print(f"| {name[7:]} | " + " | ".join(f"{side[key]:.3f}" for key in ("valid", "mean", "bad") for side in pair) + " |")
    print("| all | " + " | ".join(f"{np.mean([pair[i][key] for pair in results]):.3f}" for key in ("valid", "mean", "bad") for i in (0, 1)) + " |")
    start = time.perf_counter()
    theirs = opencv_stereo().compute(left, right).astype(np.float32) / 16
    spent = 1000 * (time.perf_counter() - start)
    theirs[theirs < 0] = np.nan
    ours = load("stereo-motorcycle.disparity")
    both = np.isfinite(ours) & np.isfinite(theirs)
    both[:, :80] = False
    difference = np.abs(ours - theirs)[both]
    print(f"\nMotorcycle (Middlebury 2014): known share ours {np.isfinite(ours)[:, 80:].mean():.3f}, SGBM {np.isfinite(theirs)[:, 80:].mean():.3f}; where both know: "
          f"median difference {np.median(difference):.2f} px, {(difference < 1).mean():.3f} within 1 px; mean photometric difference ours {photometric(ours, left, right)[both].mean():.2f}, "
          f"SGBM {photometric(theirs, left, right)[both].mean():.2f} gray levels; milliseconds ours {ours_ms['stereo-motorcycle']:.0f}, SGBM {spent:.0f}")


if __name__ == "__main__":
    main()
