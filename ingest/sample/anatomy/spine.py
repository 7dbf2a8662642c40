"""The lumbar and cervical spine, sagittal, and a lumbar disc level, axial."""

from __future__ import annotations

from ingest.sample.canvas import Canvas

_LEVELS = ("L1", "L2", "L3", "L4", "L5")
_STEP, _TOP = 0.30, -0.78


def _curve(y: float) -> float:
    """Return the lordosis: how far forward (to the left) the column lies at a height."""
    return -0.16 + 0.20 * (y - 0.15) ** 2


SAGITTAL_SITES = {
    f"{level} vertebral body": (_curve(_TOP + _STEP * i), _TOP + _STEP * i) for i, level in enumerate(_LEVELS)
}
SAGITTAL_SITES |= {
    "L3-L4 disc": (_curve(0.0) + 0.165, _TOP + 2.5 * _STEP),
    "L4-L5 disc": (_curve(0.3) + 0.165, _TOP + 3.5 * _STEP),
    "L5-S1 disc": (_curve(0.6) + 0.18, _TOP + 4.45 * _STEP),
    "conus medullaris": (_curve(-0.70) + 0.235, -0.72),
}
AXIAL_SITES = {
    "L3-L4 disc": (0.14, 0.10),
    "L4-L5 disc": (0.14, 0.10),
    "L5-S1 disc": (0.14, 0.10),
    "conus medullaris": (0.0, 0.19),
    "paraspinal muscle": (0.36, 0.50),
    "psoas muscle": (0.52, 0.0),
} | {f"{level} vertebral body": (0.0, -0.18) for level in _LEVELS}
CERVICAL_SITES = {"cervical cord": (0.085, 0.0), "C5-C6 disc": (-0.03, 0.19), "C5 vertebral body": (-0.14, 0.09)}


def draw_sagittal(canvas: Canvas) -> None:
    """Paint a mid-sagittal lumbar spine: bodies, discs, canal with conus and roots, spinous processes, sacrum."""
    canvas.ellipse("skin", 0, 0, 0.92, 1.6, power=6)
    canvas.ellipse("fat", -0.02, 0, 0.88, 1.6, power=6)
    canvas.tube("bowel", [(-0.62, -1), (-0.60, 1.0)], 0.24)
    for _ in range(7):
        x, y = canvas.random.uniform(-0.85, -0.48), canvas.random.uniform(-0.95, 0.95)
        canvas.ellipse("fat" if canvas.random.random() < 0.5 else "air", x, y, 0.09, 0.07)
    canvas.tube("vessel", [(-0.36, -1.1), (-0.38, 0.1), (-0.36, 0.5)], 0.065, 0.05)
    heights = [_TOP + _STEP * i for i in range(-2, 5)]
    behind = [(_curve(y) + 0.24, y) for y in heights]
    canvas.tube("muscle", [(x + 0.30, y) for x, y in behind] + [(0.42, 1.1)], 0.17, 0.10)
    canal = [*behind, (0.14, 0.66), (0.32, 0.92), (0.44, 1.15)]
    canvas.tube("fat", canal, 0.085, 0.05)
    canvas.tube("csf", canal, 0.062, 0.03)
    canvas.tube("white", [(x - 0.005, y) for x, y in behind[:3]], 0.034, 0.020)
    for shift in (-0.02, 0.015):
        canvas.tube("gray", [(x + shift + 0.01, y) for x, y in behind[2:]], 0.007, 0.005)
    for y in heights:
        _segment(canvas, y)
    _sacrum(canvas)


def _segment(canvas: Canvas, y: float) -> None:
    """Paint one vertebra, the disc below it and its spinous process."""
    x = _curve(y)
    lean = 24 * (y - 0.15)
    canvas.ellipse("bone", x, y, 0.175, 0.112, turn=-lean, power=5)
    canvas.ellipse("marrow", x, y, 0.158, 0.096, turn=-lean, power=5)
    below = y + _STEP / 2
    if below < 0.55:
        canvas.ellipse("dry_disc", _curve(below), below, 0.165, 0.035, turn=-24 * (below - 0.15), power=3)
        canvas.ellipse("disc", _curve(below), below, 0.12, 0.020, turn=-24 * (below - 0.15), power=3)
    canvas.tube("bone", [(x + 0.37, y + 0.04), (x + 0.56, y + 0.13)], 0.052, 0.060)
    canvas.tube("marrow", [(x + 0.38, y + 0.05), (x + 0.55, y + 0.13)], 0.036, 0.044)


def _sacrum(canvas: Canvas) -> None:
    """Paint the sacral segments, each smaller and turned further back, and the L5-S1 disc."""
    canvas.ellipse("dry_disc", -0.085, 0.565, 0.165, 0.036, turn=-18, power=3)
    for index, (x, y) in enumerate(((-0.02, 0.70), (0.12, 0.88), (0.28, 1.02))):
        canvas.ellipse("bone", x, y, 0.16 - 0.03 * index, 0.10 - 0.01 * index, turn=-32 - 8 * index, power=4)
        canvas.ellipse("marrow", x, y, 0.14 - 0.03 * index, 0.082 - 0.01 * index, turn=-32 - 8 * index, power=4)


def draw_cervical_sagittal(canvas: Canvas) -> None:
    """Paint a mid-sagittal cervical spine: airway, bodies, cord in its canal, cerebellum above."""
    canvas.tube("skin", [(0.02, -1.3), (0.04, 0.5), (0.0, 1.3)], 0.62, 0.86)
    canvas.tube("fat", [(0.02, -1.3), (0.04, 0.5), (0.0, 1.3)], 0.59, 0.83)
    canvas.ellipse("muscle", -0.55, -0.72, 0.34, 0.26)
    canvas.tube("muscle", [(0.42, -0.5), (0.46, 0.4), (0.54, 1.2)], 0.17, 0.22)
    canvas.tube("muscle", [(-0.42, -0.1), (-0.46, 0.5), (-0.52, 1.1)], 0.09)
    canvas.tube("air", [(-0.32, -0.8), (-0.33, -0.2), (-0.36, 0.4), (-0.34, 1.2)], 0.065, 0.08)
    canvas.ellipse("bone", 0.36, -0.88, 0.30, 0.24)
    canvas.ellipse("csf", 0.32, -0.95, 0.30, 0.26)
    canvas.ellipse("gray", 0.40, -0.96, 0.22, 0.20)
    line = [(0.06, -1.1), (0.08, -0.6), (0.085, 0.0), (0.11, 0.5), (0.17, 1.2)]
    canvas.tube("csf", line, 0.095, 0.075)
    canvas.tube("white", line, 0.055, 0.046)
    canvas.ellipse("white", 0.04, -1.05, 0.10, 0.16)
    canvas.tube("bone", [(-0.12, -0.86), (-0.11, -0.48)], 0.06, 0.10)
    canvas.tube("marrow", [(-0.12, -0.84), (-0.11, -0.48)], 0.04, 0.08)
    for level in range(8):
        y = -0.31 + 0.20 * level
        x = -0.14 + 0.05 * (y - 0.1) ** 2 + 0.06 * max(y - 0.6, 0)
        canvas.ellipse("disc", x, y - 0.10, 0.10, 0.024, power=3)
        canvas.ellipse("bone", x, y, 0.115, 0.080, power=5)
        canvas.ellipse("marrow", x, y, 0.098, 0.064, power=5)
        canvas.tube("bone", [(x + 0.36, y + 0.02), (x + 0.54, y + 0.08)], 0.034, 0.042)
        canvas.tube("marrow", [(x + 0.38, y + 0.02), (x + 0.53, y + 0.08)], 0.020, 0.026)


def draw_axial(canvas: Canvas) -> None:
    """Paint an axial lumbar level, zoomed: disc or body, canal, facets, psoas and back muscles."""
    canvas.ellipse("fat", 0, -0.2, 1.3, 1.15, power=3)
    canvas.ellipse("bowel", -0.5, -0.8, 0.3, 0.2)
    canvas.ellipse("bowel", 0.45, -0.82, 0.34, 0.18)
    canvas.ellipse("vessel", 0.14, -0.56, 0.10, 0.10)
    canvas.ellipse("vessel", -0.16, -0.56, 0.12, 0.085)
    for side in (-1, 1):
        canvas.ellipse("muscle", side * 0.54, -0.06, 0.20, 0.25, turn=side * -12)
        canvas.blob("muscle", side * 0.36, 0.56, [0.34, 0.26, 0.24, 0.28, 0.30, 0.28, 0.26, 0.30])
        canvas.tube("fat", [(side * 0.2, 0.5), (side * 0.42, 0.66)], 0.012)
        canvas.tube("bone", [(side * 0.24, 0.18), (side * 0.62, 0.24)], 0.036, 0.026)
        canvas.tube("bone", [(side * 0.30, 0.30), (0, 0.46)], 0.055, 0.05)
        canvas.ellipse("bone", side * 0.31, 0.28, 0.09, 0.11, turn=side * 30)
        canvas.tube("cartilage", [(side * 0.27, 0.33), (side * 0.35, 0.23)], 0.012)
    canvas.ellipse("bone", 0, -0.18, 0.37, 0.265, power=2.6)
    canvas.ellipse("marrow", 0, -0.18, 0.34, 0.238, power=2.6)
    canvas.ellipse("disc", 0, -0.18, 0.25, 0.16)
    canvas.tube("bone", [(0, 0.42), (0, 0.78)], 0.05, 0.065)
    canvas.tube("marrow", [(0, 0.48), (0, 0.76)], 0.03, 0.045)
    canvas.blob("fat", 0, 0.21, [0.19, 0.17, 0.20, 0.17, 0.19, 0.14, 0.11, 0.14])
    canvas.ellipse("csf", 0, 0.19, 0.135, 0.105)
    for root in range(7):
        canvas.ellipse("gray", -0.075 + 0.025 * root, 0.235 - 0.01 * abs(3 - root), 0.010, 0.010)
    canvas.tube("fat", [(-0.6, 0.98), (0.6, 0.98)], 0.11)
