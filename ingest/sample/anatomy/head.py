"""The head: axial at the ventricles, coronal through the third ventricle, mid-sagittal with the face to the left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.sample.canvas import Canvas

if TYPE_CHECKING:
    from ingest.sample.canvas import Field

AXIAL_SITES = {
    "frontal lobe": (0.30, -0.44),
    "temporal lobe": (0.44, 0.02),
    "parietal lobe": (0.36, 0.34),
    "occipital lobe": (0.24, 0.60),
    "basal ganglia": (0.24, -0.10),
    "frontal convexity": (0.47, -0.40),
    "parietal convexity": (0.55, 0.22),
    "hemisphere": (0.6, 0.0),
    "middle cerebral artery territory": (0.46, 0.02),
    "periventricular white matter": (0.0, 0.0),
    "ventricles": (0.0, 0.0),
}
CORONAL_SITES = {
    "frontal lobe": (0.32, -0.46),
    "temporal lobe": (0.46, 0.24),
    "parietal lobe": (0.36, -0.40),
    "occipital lobe": (0.34, -0.30),
    "basal ganglia": (0.25, -0.02),
    "frontal convexity": (0.44, -0.50),
    "parietal convexity": (0.50, -0.46),
    "hemisphere": (0.6, -0.12),
    "middle cerebral artery territory": (0.46, -0.12),
    "ventricles": (0.0, -0.2),
}
SAGITTAL_SITES = {
    "frontal lobe": (-0.34, -0.42),
    "parietal lobe": (0.34, -0.46),
    "occipital lobe": (0.58, -0.20),
    "periventricular white matter": (0.06, -0.30),
    "ventricles": (0.05, -0.2),
}


def _cortex(canvas: Canvas, brain: Field, core: Field) -> None:
    """Paint a brain: gray matter with winding sulci around white matter with an uneven border."""
    import numpy as np

    canvas.paint("gray", brain)
    folds = canvas.texture(0.13)
    white = core * np.clip(0.55 + 0.9 * np.abs(folds), 0, 1)
    canvas.paint("white", (white * brain).astype(np.float32))
    rim = np.clip(brain - core, 0, 1)
    sulci = np.clip(1 - np.abs(folds) / 0.20, 0, 1) * rim
    canvas.paint("csf", (0.75 * sulci).astype(np.float32))


def _skull(canvas: Canvas, cx: float, cy: float, rx: float, ry: float) -> Field:
    """Paint scalp, outer table, marrow, inner table and the fluid inside, from the outside in; return the inside."""
    thick = canvas.jitter(0.055, 0.2)
    canvas.ellipse("skin", cx, cy, rx, ry, power=2.15)
    canvas.ellipse("fat", cx, cy, rx - 0.02, ry - 0.02, power=2.15)
    canvas.ellipse("bone", cx, cy, rx - 0.055, ry - 0.055, power=2.15)
    canvas.ellipse("marrow", cx, cy, rx - 0.055 - 0.3 * thick, ry - 0.055 - 0.3 * thick, power=2.15)
    canvas.ellipse("bone", cx, cy, rx - 0.055 - 0.7 * thick, ry - 0.055 - 0.7 * thick, power=2.15)
    inside = canvas.ellipse_mask(cx, cy, rx - 0.055 - thick, ry - 0.055 - thick, power=2.15)
    canvas.paint("csf", inside)
    return inside


def draw_axial(canvas: Canvas, *, ventricles: float = 1.0) -> None:
    """Paint an axial head at the level of the lateral ventricles, the face up."""
    rx, ry = canvas.jitter(0.75, 0.04), canvas.jitter(0.93, 0.03)
    inside = _skull(canvas, 0, 0, rx, ry)
    inner = canvas.jitter(0.125, 0.12)
    brain = canvas.ellipse_mask(0, 0, rx - inner, ry - inner, power=2.15)
    _cortex(canvas, brain, canvas.ellipse_mask(0, 0, rx - inner - 0.13, ry - inner - 0.14))
    for side in (-1, 1):
        canvas.tube("csf", [(side * (rx - inner), -0.10), (side * 0.44, -0.05), (side * 0.36, 0.06)], 0.020, 0.008)
        canvas.ellipse("gray", side * 0.15, -0.27, 0.045, 0.09, turn=side * -12)
        canvas.ellipse("gray", side * 0.26, -0.10, 0.075, 0.15, turn=side * -14)
        canvas.ellipse("gray", side * 0.10, 0.10, 0.085, 0.13, turn=side * 18)
    _axial_ventricles(canvas, ventricles * canvas.jitter(1.0, 0.15))
    for start, end in ((-ry + inner, -0.42), (0.46, ry - inner)):
        canvas.tube("csf", [(0, start), (0, end)], 0.012)
        canvas.tube("skin", [(0, start), (0, end)], 0.005)
    canvas.bounds = inside


def _axial_ventricles(canvas: Canvas, size: float) -> None:
    """Paint frontal horns, third ventricle and occipital horns; a size over 2 is hydrocephalus."""
    wide = 0.042 * size
    for side in (-1, 1):
        horn = [(side * (0.06 + wide), -0.40), (side * (0.05 + wide / 2), -0.26), (side * 0.05, -0.12)]
        canvas.tube("csf", horn, wide, wide * 0.5)
        trigone = [(side * (0.17 + wide / 2), 0.22), (side * (0.22 + wide / 2), 0.36), (side * 0.18, 0.54)]
        canvas.tube("csf", trigone, wide * 1.1, wide * 0.4)
        if size > 1.8:
            canvas.tube("csf", [(side * 0.13, -0.20), (side * 0.20, 0.05), (side * 0.25, 0.30)], wide * 1.1)
        canvas.ellipse("calcium" if canvas.tissues["fat"] < 0.1 else "gray", side * 0.20, 0.30, 0.018, 0.03)
    canvas.ellipse("csf", 0, 0.04, 0.016 * size, 0.12)


def draw_coronal(canvas: Canvas, *, ventricles: float = 1.0) -> None:
    """Paint a coronal head through the third ventricle, with jaw muscles and neck below."""
    rx, ry = canvas.jitter(0.74, 0.03), canvas.jitter(0.72, 0.03)
    canvas.blob("skin", 0, 0.42, [0.62, 0.60, 0.58, 0.60, 0.62, 0.60, 0.5, 0.60])
    canvas.blob("fat", 0, 0.42, [0.59, 0.57, 0.55, 0.57, 0.59, 0.57, 0.5, 0.57])
    for side in (-1, 1):
        canvas.ellipse("muscle", side * 0.42, 0.56, 0.11, 0.24, turn=side * 8)
        canvas.ellipse("bone", side * 0.30, 0.62, 0.03, 0.24, turn=side * 8)
        canvas.ellipse("muscle", side * 0.18, 0.66, 0.08, 0.20)
    canvas.ellipse("air", 0, 0.66, 0.06, 0.12)
    canvas.ellipse("muscle", 0, 0.90, 0.20, 0.08)
    inside = _skull(canvas, 0, -0.22, rx, ry)
    inner = canvas.jitter(0.12, 0.1)
    brain = canvas.ellipse_mask(0, -0.22, rx - inner, ry - inner, power=2.2)
    _cortex(canvas, brain, canvas.ellipse_mask(0, -0.24, rx - inner - 0.13, ry - inner - 0.13))
    canvas.blob("bone", 0, 0.42, [0.24, 0.12, 0.1, 0.12, 0.24, 0.12, 0.18, 0.12])
    for side in (-1, 1):
        canvas.tube("csf", [(side * 0.62, 0.0), (side * 0.42, -0.06), (side * 0.36, 0.02)], 0.024, 0.01)
        canvas.tube("csf", [(side * 0.30, 0.22), (side * 0.22, 0.10)], 0.02, 0.012)
        canvas.ellipse("gray", side * 0.26, -0.10, 0.08, 0.12, turn=side * 20)
        canvas.ellipse("gray", side * 0.09, 0.0, 0.07, 0.09)
    canvas.tube("white", [(-0.22, -0.36), (0, -0.33), (0.22, -0.36)], 0.035)
    size = ventricles * canvas.jitter(1.0, 0.15)
    for side in (-1, 1):
        body = [(side * 0.03, -0.25), (side * (0.10 + 0.03 * size), -0.30)]
        canvas.tube("csf", body, 0.030 * size, 0.022 * size)
        canvas.ellipse("csf", side * 0.36, 0.13, 0.035 * size, 0.020 * size, turn=side * 25)
    canvas.ellipse("csf", 0, -0.06, 0.017 * size, 0.10)
    canvas.tube("csf", [(0, -0.84), (0, -0.42)], 0.013)
    canvas.tube("skin", [(0, -0.84), (0, -0.42)], 0.005)
    canvas.tube("white", [(0, 0.08), (0, 0.36)], 0.10, 0.07)
    canvas.bounds = inside


def draw_sagittal(canvas: Canvas, *, ventricles: float = 1.0) -> None:
    """Paint a mid-sagittal head: face to the left, brainstem, cerebellum, airway and upper neck."""
    _face(canvas)
    _skull(canvas, 0.10, -0.24, canvas.jitter(0.80, 0.02), canvas.jitter(0.68, 0.03))
    _skull_base(canvas)
    brain = canvas.ellipse_mask(0.10, -0.28, 0.685, 0.555)
    _cortex(canvas, brain, canvas.ellipse_mask(0.08, -0.28, 0.54, 0.40))
    _midline(canvas, ventricles)


def _face(canvas: Canvas) -> None:
    """Paint the profile, the palate, tongue and airway, the jaw and the vertebrae of the neck."""
    canvas.tube("skin", [(0.34, 0.2), (0.36, 1.2)], 0.46, 0.50)
    canvas.blob("skin", -0.34, 0.34, [0.6, 0.58, 0.52, 0.52, 0.45, 0.45, 0.5, 0.6])
    canvas.tube("skin", [(-0.66, 0.02), (-0.84, 0.26), (-0.62, 0.30)], 0.06)
    canvas.blob("fat", -0.32, 0.36, [0.6, 0.55, 0.46, 0.46, 0.40, 0.40, 0.5, 0.6])
    canvas.tube("fat", [(0.38, 0.3), (0.40, 1.2)], 0.42, 0.46)
    canvas.tube("muscle", [(0.62, 0.42), (0.66, 1.2)], 0.14)
    canvas.ellipse("muscle", -0.40, 0.56, 0.25, 0.16, turn=-10)
    canvas.ellipse("bone", -0.66, 0.72, 0.06, 0.10, turn=20)
    canvas.ellipse("marrow", -0.66, 0.72, 0.03, 0.07, turn=20)
    canvas.tube("bone", [(-0.68, 0.40), (-0.30, 0.38)], 0.022)
    canvas.ellipse("air", -0.50, 0.24, 0.18, 0.08)
    canvas.tube("mass" if canvas.tissues["fat"] < 0.1 else "muscle", [(-0.62, 0.27), (-0.36, 0.28)], 0.025)
    canvas.ellipse("air", -0.62, -0.06, 0.06, 0.10, turn=20)
    canvas.tube("air", [(-0.28, 0.26), (-0.10, 0.32), (-0.06, 0.62), (-0.02, 1.2)], 0.05, 0.065)
    for level in range(5):
        canvas.ellipse("bone", 0.16 + 0.012 * level, 0.50 + 0.155 * level, 0.095, 0.066, power=4)
        canvas.ellipse("marrow", 0.16 + 0.012 * level, 0.50 + 0.155 * level, 0.075, 0.048, power=4)
    canvas.tube("csf", [(0.31, 0.34), (0.33, 0.7), (0.36, 1.2)], 0.065)
    for level in range(4):
        canvas.tube("bone", [(0.44, 0.62 + 0.16 * level), (0.56, 0.70 + 0.16 * level)], 0.03)


def _skull_base(canvas: Canvas) -> None:
    """Paint the floor of the skull: clivus, sella and the sphenoid sinus."""
    canvas.tube("bone", [(-0.62, -0.02), (-0.34, 0.08), (-0.20, 0.12)], 0.03)
    canvas.tube("bone", [(-0.16, 0.12), (0.10, 0.36)], 0.055, 0.04)
    canvas.tube("marrow", [(-0.14, 0.14), (0.08, 0.34)], 0.03, 0.02)
    canvas.ellipse("air", -0.30, 0.17, 0.09, 0.06)


def _midline(canvas: Canvas, ventricles: float) -> None:
    """Paint corpus callosum, ventricles, thalamus, brainstem and cerebellum."""
    arch = [(-0.22, -0.10), (-0.27, -0.24), (-0.14, -0.36), (0.10, -0.38), (0.30, -0.30), (0.36, -0.16)]
    size = canvas.jitter(ventricles, 0.1)
    under = [(x * 0.92, y + 0.055 + 0.02 * size) for x, y in arch[1:5]]
    canvas.tube("csf", under, 0.028 * size, 0.02 * size)
    canvas.tube("white", arch, 0.042, 0.05)
    canvas.ellipse("gray", 0.06, -0.14, 0.12, 0.08)
    canvas.ellipse("csf", 0.03, -0.02, 0.07 * size, 0.025 * size)
    canvas.blob("csf", 0.42, 0.16, [0.31, 0.30, 0.27, 0.24, 0.26, 0.24, 0.24, 0.28])
    canvas.tube("csf", [(-0.14, 0.02), (0.04, 0.20), (0.28, 0.40)], 0.085)
    canvas.ellipse("gray", 0.44, 0.16, 0.26, 0.22, turn=-8)
    for fold in range(-3, 4):
        canvas.tube("csf", [(0.46, 0.15), (0.46 + 0.235, 0.16 + 0.062 * fold)], 0.002, 0.009)
        canvas.tube("white", [(0.34, 0.14), (0.56, 0.15 + 0.045 * fold)], 0.014, 0.006)
    canvas.tube("white", [(0.06, 0.00), (0.13, 0.12)], 0.075, 0.08)
    canvas.ellipse("white", 0.10, 0.16, 0.10, 0.12, turn=-24)
    canvas.tube("white", [(0.17, 0.22), (0.27, 0.38), (0.32, 0.62), (0.36, 1.2)], 0.060, 0.034)
    canvas.blob("csf", 0.25, 0.17, [0.06, 0.07, 0.05, 0.04, 0.03, 0.035, 0.05, 0.05])
    canvas.ellipse("mass", -0.20, 0.05, 0.035, 0.025)
