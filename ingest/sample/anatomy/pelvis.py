"""The pelvis: axial at the bladder and the femoral heads, mid-sagittal, coronal through the hips."""

from __future__ import annotations

from ingest.sample.canvas import Canvas

AXIAL_SITES = {
    "bladder wall": (0.17, -0.20),
    "distal ureter": (0.26, 0.02),
    "adnexa": (0.26, -0.14),
    "uterine fundus": (0.0, 0.02),
}
SAGITTAL_SITES = {
    "bladder wall": (-0.36, -0.02),
    "uterine fundus": (-0.08, -0.32),
    "adnexa": (0.04, -0.34),
}
CORONAL_SITES = {
    "bladder wall": (0.17, 0.16),
    "distal ureter": (0.24, 0.02),
    "adnexa": (0.24, -0.10),
    "uterine fundus": (0.0, -0.06),
}


def draw_axial(canvas: Canvas) -> None:
    """Paint an axial pelvis: bladder, rectum, femoral heads in their sockets, gluteal muscles, coccyx."""
    rx, ry = canvas.jitter(0.96, 0.02), canvas.jitter(0.64, 0.06)
    fat = canvas.jitter(0.10, 0.4)
    canvas.ellipse("skin", 0, 0, rx, ry, power=2.5)
    canvas.ellipse("fat", 0, 0, rx - 0.014, ry - 0.014, power=2.5)
    for side in (-1, 1):
        canvas.blob("muscle", side * 0.44, 0.36, [0.30, 0.22, 0.18, 0.24, 0.30, 0.2, 0.16, 0.24], turn=side * -24)
        canvas.ellipse("muscle", side * 0.76, -0.08, 0.10, 0.24, turn=side * 8)
        canvas.ellipse("muscle", side * 0.56, -0.38, 0.16, 0.12, turn=side * 20)
        canvas.ellipse("muscle", side * 0.34, -0.36, 0.10, 0.10)
        canvas.ellipse("vessel", side * 0.42, -0.44, 0.036, 0.036)
        canvas.ellipse("vessel", side * 0.35, -0.42, 0.040, 0.032)
        canvas.tube("muscle", [(side * 0.34, -0.22), (side * 0.34, 0.20)], 0.055)
        for tissue, inset in (("bone", 0.0), ("marrow", 0.022)):
            canvas.tube(tissue, [(side * 0.36, -0.26), (side * 0.42, -0.04), (side * 0.46, 0.18)], 0.065 - inset)
            canvas.tube(tissue, [(side * 0.62, 0.0), (side * 0.80, 0.12)], 0.09 - inset, 0.11 - inset)
            canvas.ellipse(tissue, side * 0.58, -0.04, 0.145 - inset, 0.145 - inset)
    canvas.tube("muscle", [(-0.3, -ry + fat + 0.02), (0.3, -ry + fat + 0.02)], 0.035)
    canvas.ellipse("muscle", 0, -0.14, 0.26, 0.19, power=2.4)
    canvas.ellipse("fluid", 0, -0.14, 0.235, 0.165, power=2.4)
    canvas.ellipse("bowel", 0, 0.07, 0.16, 0.06)
    canvas.ellipse("bowel", 0, 0.24, 0.105, 0.085)
    canvas.ellipse("air", 0.01, 0.22, 0.05, 0.035)
    canvas.ellipse("bone", 0, 0.40, 0.07, 0.035)


def draw_sagittal(canvas: Canvas) -> None:
    """Paint a mid-sagittal female pelvis: symphysis left, bladder, uterus, rectum, sacrum right."""
    canvas.blob("skin", 0, 0, [0.84, 0.92, 0.86, 0.80, 0.72, 1.1, 1.3, 1.2])
    canvas.blob("fat", 0, 0, [0.82, 0.90, 0.84, 0.78, 0.70, 1.1, 1.3, 1.2])
    canvas.tube("muscle", [(-0.62, -1.1), (-0.56, -0.2), (-0.54, 0.10)], 0.045)
    for index in range(5):
        x, y = 0.26 + 0.085 * index - 0.012 * index**2, -0.92 + 0.19 * index
        canvas.ellipse("dry_disc", x - 0.03, y - 0.10, 0.13 - 0.018 * index, 0.025, turn=28)
        canvas.ellipse("bone", x, y, 0.15 - 0.02 * index, 0.085 - 0.006 * index, turn=32 - 4 * index, power=4)
        canvas.ellipse("marrow", x, y, 0.13 - 0.02 * index, 0.066 - 0.006 * index, turn=32 - 4 * index, power=4)
    canvas.tube("bone", [(0.44, 0.06), (0.36, 0.26)], 0.035, 0.02)
    canvas.tube("csf", [(0.42, -1.0), (0.58, -0.62), (0.64, -0.32)], 0.05, 0.02)
    canvas.tube("muscle", [(0.62, -0.7), (0.72, 0.0), (0.60, 0.44)], 0.06, 0.12)
    for cx, cy in ((-0.36, -0.66), (-0.12, -0.78), (-0.30, -0.46), (0.02, -0.62)):
        canvas.ellipse("bowel", cx, cy, canvas.jitter(0.12, 0.2), canvas.jitter(0.09, 0.2))
    canvas.tube("bowel", [(0.16, -0.5), (0.26, -0.1), (0.16, 0.24), (0.20, 0.52)], 0.085, 0.06)
    canvas.tube("air", [(0.24, -0.2), (0.20, 0.10)], 0.03)
    canvas.ellipse("bone", -0.52, 0.28, 0.08, 0.15, turn=28)
    canvas.ellipse("marrow", -0.52, 0.28, 0.058, 0.125, turn=28)
    canvas.ellipse("muscle", -0.28, 0.08, 0.20, 0.16, turn=24)
    canvas.ellipse("fluid", -0.28, 0.08, 0.175, 0.135, turn=24)
    canvas.tube("mass", [(-0.20, -0.24), (0.02, -0.10), (0.06, 0.14)], 0.115, 0.05)
    canvas.tube("fluid", [(-0.19, -0.23), (0.0, -0.11)], 0.020, 0.008)
    canvas.tube("muscle", [(0.06, 0.14), (-0.02, 0.50)], 0.03)


def draw_coronal(canvas: Canvas) -> None:
    """Paint a coronal pelvis: iliac wings, hips, bladder between them, thighs below."""
    canvas.ellipse("skin", 0, -0.1, 0.86, 1.5, power=5)
    canvas.ellipse("fat", 0, -0.1, 0.845, 1.5, power=5)
    for side in (-1, 1):
        canvas.tube("muscle", [(side * 0.62, -0.75), (side * 0.66, -0.05), (side * 0.70, 0.9)], 0.13)
        canvas.tube("muscle", [(side * 0.20, -0.95), (side * 0.34, -0.30), (side * 0.46, 0.10)], 0.11, 0.07)
        canvas.tube("muscle", [(side * 0.26, 0.56), (side * 0.40, 1.2)], 0.15, 0.18)
        for tissue, inset in (("bone", 0.0), ("marrow", 0.022)):
            canvas.tube(
                tissue, [(side * 0.62, -0.86), (side * 0.42, -0.36), (side * 0.40, 0.02)], 0.052 - inset, 0.075 - inset
            )
            canvas.ellipse(tissue, side * 0.52, 0.16, 0.15 - inset, 0.15 - inset)
            canvas.tube(tissue, [(side * 0.54, 0.20), (side * 0.72, 0.34)], 0.09 - inset)
            canvas.tube(tissue, [(side * 0.72, 0.32), (side * 0.64, 1.3)], 0.115 - inset, 0.08 - inset)
            canvas.tube(tissue, [(side * 0.34, 0.26), (side * 0.20, 0.56)], 0.05 - inset, 0.04 - inset)
    for level in range(2):
        canvas.ellipse("bone", 0, -0.86 + 0.2 * level, 0.14, 0.085, power=4)
        canvas.ellipse("marrow", 0, -0.86 + 0.2 * level, 0.12, 0.066, power=4)
    for cx, cy in ((-0.14, -0.42), (0.12, -0.44), (0.0, -0.30), (0.22, -0.28), (-0.24, -0.24)):
        canvas.ellipse("bowel", cx, cy, canvas.jitter(0.11, 0.2), canvas.jitter(0.08, 0.2))
    canvas.ellipse("muscle", 0, 0.14, 0.265, 0.21, power=2.4)
    canvas.ellipse("fluid", 0, 0.14, 0.24, 0.185, power=2.4)
    canvas.ellipse("mass", 0, 0.46, 0.11, 0.08)
