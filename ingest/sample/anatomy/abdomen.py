"""The abdomen: axial at the liver or the kidneys, coronal through the kidneys."""

from __future__ import annotations

import math

from ingest.sample.canvas import Canvas

AXIAL_SITES = {
    "right hepatic lobe": (-0.52, -0.06),
    "left hepatic lobe": (-0.10, -0.32),
    "spleen": (0.66, 0.16),
    "pancreatic tail": (0.34, -0.02),
    "pancreatic head": (-0.10, -0.06),
    "abdominal aorta": (0.07, 0.13),
    "kidney": (0.40, 0.24),
}
KIDNEY_AXIAL_SITES = {"kidney": (0.54, 0.14), "renal pelvis": (0.31, 0.16), "renal cortex": (0.50, 0.17)}
CORONAL_SITES = {
    "right hepatic lobe": (-0.46, -0.30),
    "left hepatic lobe": (-0.08, -0.42),
    "spleen": (0.58, -0.36),
    "pancreatic tail": (0.26, -0.22),
    "pancreatic head": (-0.12, -0.12),
    "abdominal aorta": (0.03, 0.10),
    "kidney": (0.44, 0.10),
    "renal pelvis": (0.30, 0.06),
    "renal cortex": (0.46, -0.08),
}


def _wall(canvas: Canvas) -> tuple[float, float]:
    """Paint skin, fat and the muscles of the trunk in cross section; return the half axes of the cavity."""
    rx, ry = canvas.jitter(0.95, 0.03), canvas.jitter(0.72, 0.06)
    fat = canvas.jitter(0.09, 0.5)
    canvas.ellipse("skin", 0, 0, rx, ry, power=2.4)
    canvas.ellipse("fat", 0, 0, rx - 0.014, ry - 0.014, power=2.4)
    canvas.ellipse("muscle", 0, 0, rx - fat, ry - fat, power=2.3)
    cx, cy = rx - fat - 0.05, ry - fat - 0.05
    canvas.ellipse("fat", 0, 0, cx, cy, power=2.2)
    return cx, cy


def _spine(canvas: Canvas, y: float) -> None:
    """Paint a lumbar vertebra with canal, the psoas and the muscles of the back."""
    for side in (-1, 1):
        canvas.ellipse("muscle", side * 0.21, y + 0.02, 0.085, 0.115, turn=side * -18)
        canvas.ellipse("muscle", side * 0.17, y + 0.24, 0.155, 0.10)
        canvas.tube("bone", [(side * 0.12, y + 0.07), (side * 0.27, y + 0.12)], 0.022)
    canvas.ellipse("bone", 0, y, 0.155, 0.115, power=2.5)
    canvas.ellipse("marrow", 0, y, 0.13, 0.092, power=2.5)
    canvas.ellipse("bone", 0, y + 0.135, 0.085, 0.065)
    canvas.tube("bone", [(0, y + 0.18), (0, y + 0.28)], 0.02)
    canvas.ellipse("csf", 0, y + 0.13, 0.055, 0.042)
    canvas.ellipse("white", 0, y + 0.13, 0.026, 0.020)


def _bowel(canvas: Canvas, centres: list[tuple[float, float]], size: float = 0.085) -> None:
    """Paint loops of bowel, some with a bubble of gas on top."""
    for cx, cy in centres:
        r = canvas.jitter(size, 0.35)
        canvas.ellipse("bowel", cx, cy, r * 1.15, r, turn=canvas.random.uniform(-40, 40))
        if canvas.random.random() < 0.45:
            canvas.ellipse("air", cx, cy - 0.25 * r, 0.75 * r, 0.5 * r)
        else:
            canvas.ellipse("fluid", cx, cy, 0.6 * r, 0.5 * r)


def _kidney(canvas: Canvas, cx: float, cy: float, rx: float, ry: float, *, side: int) -> None:
    """Paint a kidney with its sinus fat opening towards the spine."""
    turn = side * (16 if rx > 0.8 * ry else -14)
    canvas.ellipse("kidney", cx, cy, rx, ry, turn=turn)
    for k in range(5):
        angle = math.radians(60 * k + canvas.random.uniform(-10, 10))
        canvas.ellipse(
            "bowel", cx + 0.55 * rx * math.cos(angle), cy + 0.55 * ry * math.sin(angle), rx * 0.16, ry * 0.16
        )
    canvas.ellipse("fat", cx - side * 0.35 * rx, cy, 0.52 * rx, 0.36 * ry, turn=turn)
    canvas.tube("vessel", [(cx - side * 0.2 * rx, cy), (cx - side * 1.4 * rx, cy - 0.02)], 0.016, 0.012)


def draw_axial(canvas: Canvas) -> None:
    """Paint an axial upper abdomen: liver, stomach, spleen, pancreas, kidneys, great vessels."""
    cx, cy = _wall(canvas)
    inside = canvas.ellipse_mask(0, 0, cx - 0.015, cy - 0.015, power=2.2)
    _ribs(canvas, cx + 0.015, cy + 0.015)
    _spine(canvas, 0.32)
    canvas.blob("liver", -0.46, -0.10, [0.34, 0.32, 0.42, 0.42, 0.38, 0.40, 0.44, 0.46])
    canvas.blob("liver", -0.08, -0.34, [0.26, 0.12, 0.14, 0.2, 0.3, 0.14, 0.15, 0.18])
    for end in ((-0.72, -0.20), (-0.66, 0.10), (-0.40, -0.38), (-0.50, 0.18)):
        canvas.tube("vessel", [(-0.26, -0.02), ((end[0] - 0.26) / 2, end[1] / 2 - 0.03), end], 0.024, 0.006)
    canvas.ellipse("fluid", -0.30, 0.02, 0.075, 0.055, turn=-30)
    canvas.blob("bowel", 0.36, -0.28, [0.30, 0.20, 0.16, 0.26, 0.30, 0.18, 0.17, 0.2])
    canvas.ellipse("air", 0.36, -0.36, 0.19, 0.075)
    canvas.blob("spleen", 0.66, 0.16, [0.14, 0.17, 0.25, 0.20, 0.12, 0.16, 0.22, 0.17], turn=12)
    canvas.tube("pancreas", [(-0.10, -0.06), (0.08, -0.08), (0.24, -0.02), (0.44, 0.02)], 0.062, 0.038)
    for side in (-1, 1):
        _kidney(canvas, side * canvas.jitter(0.40, 0.06), 0.28, 0.125, 0.14, side=side)
    canvas.ellipse("vessel", 0.07, 0.13, 0.062, 0.062)
    canvas.ellipse("vessel", -0.09, 0.13, 0.070, 0.052)
    canvas.ellipse("vessel", 0.02, -0.01, 0.03, 0.03)
    _bowel(canvas, [(0.52, -0.06), (0.62, -0.16)], 0.06)
    outside = canvas.ellipse_mask(0, 0, cx + 0.05, cy + 0.05, power=2.2) - inside
    canvas.paint("muscle", outside.clip(0, 1) * (canvas.pixels < canvas.brightness("bone") - 0.1))
    _ribs(canvas, cx + 0.02, cy + 0.02)


def _ribs(canvas: Canvas, rx: float, ry: float) -> None:
    """Paint the lower ribs in the wall."""
    for side in (-1, 1):
        for degrees in (-28, 2, 34, 58):
            angle = math.radians(degrees + canvas.random.uniform(-6, 6))
            lie = math.degrees(math.atan2(ry * math.cos(angle), -side * rx * math.sin(angle)))
            canvas.ellipse("bone", side * rx * math.cos(angle), ry * math.sin(angle), 0.055, 0.022, turn=lie)


def draw_kidney_axial(canvas: Canvas) -> None:
    """Paint an axial mid abdomen at the renal hila: large kidneys, tip of the liver, bowel in front."""
    _wall(canvas)
    _spine(canvas, 0.28)
    canvas.blob("liver", -0.64, 0.02, [0.12, 0.18, 0.22, 0.16, 0.12, 0.18, 0.24, 0.16])
    _bowel(
        canvas,
        [(-0.36, -0.34), (-0.14, -0.40), (0.10, -0.38), (0.34, -0.36), (0.56, -0.24), (0.02, -0.20), (0.26, -0.16)],
    )
    _bowel(canvas, [(0.74, 0.0), (-0.30, -0.14)], 0.075)
    for side in (-1, 1):
        _kidney(canvas, side * canvas.jitter(0.44, 0.05), 0.20, 0.165, 0.185, side=side)
    canvas.ellipse("vessel", 0.07, 0.10, 0.060, 0.060)
    canvas.ellipse("vessel", -0.09, 0.10, 0.070, 0.050)


def draw_coronal(canvas: Canvas) -> None:
    """Paint a coronal abdomen: lung bases, liver, spleen, kidneys beside the psoas, bowel, iliac wings."""
    wide = canvas.jitter(0.72, 0.05)
    fat = canvas.jitter(0.07, 0.4)
    canvas.ellipse("skin", 0, 0, wide, 1.5, power=6)
    canvas.ellipse("fat", 0, 0, wide - 0.014, 1.5, power=6)
    canvas.ellipse("muscle", 0, 0, wide - fat, 1.5, power=6)
    canvas.ellipse("fat", 0, 0.05, wide - fat - 0.04, 1.3, power=6)
    _coronal_spine(canvas)
    for side in (-1, 1):
        canvas.blob("lung", side * 0.36, -0.86, [0.24, 0.2, 0.2, 0.2, 0.24, 0.4, 0.5, 0.4])
        for rib in range(5):
            canvas.ellipse("bone", side * (wide - fat - 0.03), -0.86 + 0.15 * rib, 0.022, 0.04, turn=side * 14)
    canvas.blob("liver", -0.36, -0.36, [0.34, 0.26, 0.34, 0.36, 0.24, 0.32, 0.30, 0.32])
    canvas.blob("liver", 0.0, -0.50, [0.18, 0.1, 0.1, 0.16, 0.2, 0.1, 0.1, 0.1])
    canvas.blob("spleen", 0.50, -0.44, [0.10, 0.13, 0.19, 0.16, 0.11, 0.13, 0.17, 0.12])
    canvas.ellipse("bowel", 0.26, -0.46, 0.14, 0.12, turn=30)
    canvas.ellipse("air", 0.25, -0.52, 0.10, 0.06)
    for side in (-1, 1):
        canvas.tube("muscle", [(side * 0.11, -0.02), (side * 0.17, 0.36), (side * 0.28, 0.78)], 0.05, 0.10)
        _kidney(canvas, side * 0.37, 0.04 + 0.04 * (side < 0), 0.125, 0.20, side=side)
        canvas.blob("bone", side * 0.46, 0.72, [0.16, 0.10, 0.14, 0.07, 0.10, 0.18, 0.16, 0.14], turn=side * 8)
        canvas.blob("marrow", side * 0.46, 0.72, [0.14, 0.08, 0.12, 0.05, 0.08, 0.16, 0.14, 0.12], turn=side * 8)
        _bowel(canvas, [(side * 0.52, 0.34), (side * 0.50, 0.48)], 0.075)
    _bowel(canvas, [(-0.08, 0.92), (0.12, 0.90), (0.0, 0.80)], 0.07)


def _coronal_spine(canvas: Canvas) -> None:
    """Paint the lumbar column in front view with the aorta and the cava beside it."""
    for level in range(8):
        y = -0.86 + 0.21 * level
        canvas.ellipse("bone", 0, y, 0.105, 0.082, power=4)
        canvas.ellipse("marrow", 0, y, 0.088, 0.066, power=4)
        canvas.ellipse("disc", 0, y + 0.105, 0.095, 0.020, power=3)
    canvas.tube("vessel", [(0.04, -0.8), (0.03, 0.42)], 0.045, 0.04)
    canvas.tube("vessel", [(0.03, 0.42), (0.18, 0.72)], 0.03, 0.024)
    canvas.tube("vessel", [(-0.08, -0.3), (-0.07, 0.42), (-0.18, 0.72)], 0.045, 0.028)
