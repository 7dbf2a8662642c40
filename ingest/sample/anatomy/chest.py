"""The chest: axial at the heart, coronal through the airways, sagittal beside the midline."""

from __future__ import annotations

import math

from ingest.sample.canvas import Canvas

AXIAL_SITES = {
    "upper lobe": (0.42, -0.24),
    "lingula": (0.62, -0.18),
    "middle lobe": (0.58, -0.16),
    "lower lobe": (0.52, 0.24),
    "pleural space": (0.52, 0.33),
    "anterior pleural space": (0.40, -0.42),
    "mediastinum": (-0.10, 0.04),
    "descending aorta": (0.16, 0.24),
}
CORONAL_SITES = {
    "upper lobe": (0.42, -0.42),
    "lingula": (0.56, 0.06),
    "middle lobe": (0.42, 0.10),
    "lower lobe": (0.50, 0.22),
    "pleural space": (0.60, 0.34),
    "anterior pleural space": (0.40, -0.60),
    "mediastinum": (-0.10, -0.10),
    "descending aorta": (0.10, 0.05),
}
SAGITTAL_SITES = {
    "upper lobe": (-0.08, -0.46),
    "lingula": (-0.30, 0.04),
    "middle lobe": (-0.34, 0.05),
    "lower lobe": (0.34, 0.22),
    "pleural space": (0.36, 0.34),
    "mediastinum": (0.02, -0.05),
}


def _lung_vessels(canvas: Canvas, side: int, hilum: tuple[float, float], reach: tuple[float, float]) -> None:
    """Paint the vessels of one lung as a tree of tapering branches from the hilum."""
    for branch in range(9):
        angle = math.radians(-105 + 26 * branch + canvas.random.uniform(-9, 9))
        length = canvas.random.uniform(0.55, 0.95)
        bend = angle + canvas.random.uniform(-0.4, 0.4)
        x, y = hilum
        mid = (x + side * reach[0] * length * 0.5 * math.cos(angle), y + reach[1] * length * 0.5 * math.sin(angle))
        end = (x + side * reach[0] * length * math.cos(bend), y + reach[1] * length * math.sin(bend))
        canvas.tube("vessel", [hilum, mid, end], 0.017, 0.003)
        fork = (mid[0] + side * reach[0] * 0.3 * math.cos(bend + 0.7), mid[1] + reach[1] * 0.3 * math.sin(bend + 0.7))
        canvas.tube("vessel", [mid, fork], 0.008, 0.002)


def _ribs_around(canvas: Canvas, rx: float, ry: float, count: int = 7) -> None:
    """Paint rib sections along the chest wall, each lying along it."""
    for side in (-1, 1):
        for rib in range(count):
            angle = math.radians(-62 + 138 * rib / (count - 1) + canvas.random.uniform(-6, 6))
            x, y = side * rx * math.cos(angle), ry * math.sin(angle)
            lie = math.degrees(math.atan2(ry * math.cos(angle), -side * rx * math.sin(angle)))
            canvas.ellipse("bone", x, y, 0.085, 0.026, turn=lie)
            canvas.ellipse("marrow", x, y, 0.06, 0.011, turn=lie)


def draw_axial(canvas: Canvas) -> None:
    """Paint an axial chest at the level of the heart, front up."""
    rx, ry = canvas.jitter(0.95, 0.03), canvas.jitter(0.68, 0.06)
    fat = canvas.jitter(0.06, 0.5)
    canvas.ellipse("skin", 0, 0, rx, ry, power=2.5)
    canvas.ellipse("fat", 0, 0, rx - 0.015, ry - 0.015, power=2.5)
    canvas.ellipse("muscle", 0, 0, rx - fat, ry - fat, power=2.4)
    for side in (-1, 1):
        canvas.tube("bone", [(side * 0.50, 0.52), (side * 0.72, 0.40)], 0.022)
    canvas.ellipse("fat", 0, 0, rx - fat - 0.09, ry - fat - 0.09, power=2.3)
    lx, ly = rx - fat - 0.12, ry - fat - 0.11
    canvas.ellipse("lung", 0, 0, lx, ly, power=2.3)
    _ribs_around(canvas, lx + 0.04, ly + 0.035)
    _lung_vessels(canvas, 1, (0.24, 0.10), (0.5, 0.42))
    _lung_vessels(canvas, -1, (-0.20, 0.10), (0.55, 0.42))
    _axial_mediastinum(canvas, ly)


def _axial_mediastinum(canvas: Canvas, ly: float) -> None:
    """Paint the heart with its chambers, aorta, oesophagus, sternum and the thoracic vertebra."""
    canvas.blob("fat", 0.10, -0.12, [0.40, 0.34, 0.30, 0.24, 0.26, 0.30, 0.36, 0.42], turn=10)
    canvas.blob("muscle", 0.12, -0.12, [0.36, 0.30, 0.24, 0.20, 0.22, 0.26, 0.30, 0.37], turn=12)
    canvas.ellipse("vessel", 0.26, -0.10, 0.17, 0.09, turn=32)
    canvas.ellipse("vessel", 0.04, -0.24, 0.15, 0.08, turn=24)
    canvas.ellipse("vessel", -0.07, -0.08, 0.10, 0.10)
    canvas.ellipse("vessel", 0.06, 0.06, 0.14, 0.07)
    canvas.tube("muscle", [(0.02, -0.14), (0.34, -0.16)], 0.014)
    canvas.ellipse("fat", 0.05, 0.22, 0.22, 0.12)
    canvas.ellipse("muscle", 0.02, 0.18, 0.035, 0.028)
    canvas.ellipse("vessel", 0.16, 0.24, 0.072, 0.072)
    canvas.ellipse("muscle", 0, 0.50, 0.42, 0.11)
    canvas.ellipse("bone", 0, 0.36, 0.135, 0.105, power=2.6)
    canvas.ellipse("marrow", 0, 0.36, 0.11, 0.082, power=2.6)
    for side in (-1, 1):
        canvas.tube("bone", [(side * 0.10, 0.42), (side * 0.24, 0.50)], 0.026)
        canvas.tube("bone", [(side * 0.11, 0.44), (0, 0.56)], 0.020)
    canvas.tube("bone", [(0, 0.55), (0, 0.62)], 0.018)
    canvas.ellipse("csf", 0, 0.475, 0.052, 0.040)
    canvas.ellipse("white", 0, 0.475, 0.030, 0.024)
    canvas.ellipse("bone", 0, -ly - 0.035, 0.15, 0.035)
    canvas.ellipse("marrow", 0, -ly - 0.035, 0.125, 0.018)


def draw_coronal(canvas: Canvas) -> None:
    """Paint a coronal chest: shoulders, lungs, heart to the patient's left, diaphragm, liver and stomach."""
    wide = canvas.jitter(0.74, 0.04)
    canvas.ellipse("skin", 0, 0.55, wide, 1.25, power=3)
    canvas.tube("skin", [(-0.72, -0.55), (0.72, -0.55)], 0.22)
    canvas.tube("skin", [(0, -1.2), (0, -0.6)], 0.24)
    canvas.ellipse("fat", 0, 0.55, wide - 0.02, 1.23, power=3)
    canvas.tube("fat", [(-0.72, -0.55), (0.72, -0.55)], 0.20)
    canvas.ellipse("muscle", 0, 0.50, wide - 0.08, 1.20, power=3)
    canvas.tube("muscle", [(-0.66, -0.56), (0.66, -0.56)], 0.16)
    canvas.tube("muscle", [(0, -1.2), (0, -0.6)], 0.20)
    for side in (-1, 1):
        canvas.ellipse("bone", side * 0.80, -0.56, 0.10, 0.11)
        canvas.ellipse("marrow", side * 0.80, -0.56, 0.085, 0.095)
        canvas.tube("bone", [(side * 0.12, -0.66), (side * 0.62, -0.76)], 0.028)
        canvas.tube("bone", [(side * 0.86, -0.50), (side * 0.90, 0.3)], 0.05)
        canvas.tube("marrow", [(side * 0.86, -0.50), (side * 0.90, 0.3)], 0.03)
        canvas.blob("lung", side * 0.37, -0.14, [0.27, 0.46, 0.56, 0.46, 0.27, 0.40, 0.54, 0.40])
        _lung_vessels(canvas, side, (side * 0.18, -0.10), (0.42, 0.56))
    _coronal_organs(canvas)
    for side in (-1, 1):
        for rib in range(8):
            y = -0.52 + 0.135 * rib
            x = side * (0.38 + 0.27 * math.sin(min(1.0, (rib + 1.2) / 4) * math.pi / 2))
            canvas.ellipse("bone", x, y, 0.026, 0.040, turn=side * 18)
            canvas.ellipse("marrow", x, y, 0.011, 0.022, turn=side * 18)


def _coronal_organs(canvas: Canvas) -> None:
    """Paint mediastinum, heart, great vessels, trachea and what lies under the diaphragm."""
    canvas.tube("fat", [(0, -0.62), (0, 0.30)], 0.13, 0.17)
    canvas.blob("muscle", 0.14, 0.10, [0.27, 0.26, 0.20, 0.24, 0.26, 0.24, 0.20, 0.22], turn=14)
    canvas.ellipse("vessel", 0.20, 0.12, 0.15, 0.11, turn=28)
    canvas.ellipse("vessel", -0.04, 0.12, 0.10, 0.14)
    canvas.tube("vessel", [(0.02, 0.0), (0.0, -0.22), (0.12, -0.34), (0.16, -0.26)], 0.062, 0.055)
    canvas.tube("vessel", [(-0.24, -0.10), (0.06, -0.12), (0.26, -0.12)], 0.042, 0.04)
    canvas.tube("vessel", [(-0.12, -0.58), (-0.12, -0.05)], 0.036)
    canvas.tube("air", [(0, -1.0), (0, -0.30)], 0.042)
    for side in (-1, 1):
        canvas.tube("air", [(0, -0.30), (side * 0.15, -0.18)], 0.032, 0.022)
    canvas.blob("liver", -0.30, 0.66, [0.34, 0.40, 0.42, 0.42, 0.36, 0.36, 0.33, 0.32])
    canvas.blob("muscle", 0.36, 0.70, [0.28, 0.38, 0.42, 0.40, 0.30, 0.32, 0.30, 0.30])
    canvas.blob("fat", 0.36, 0.72, [0.26, 0.36, 0.40, 0.38, 0.28, 0.30, 0.28, 0.28])
    canvas.ellipse("bowel", 0.26, 0.62, 0.15, 0.13)
    canvas.ellipse("air", 0.26, 0.58, 0.12, 0.08)
    canvas.ellipse("spleen", 0.50, 0.66, 0.11, 0.17, turn=14)


def draw_sagittal(canvas: Canvas) -> None:
    """Paint a sagittal chest beside the midline: sternum left, lung, hilum, diaphragm, ribs behind."""
    canvas.ellipse("skin", 0, 0.30, 0.66, 1.25, power=2.6)
    canvas.ellipse("fat", 0, 0.30, 0.64, 1.23, power=2.6)
    canvas.ellipse("muscle", 0.02, 0.32, 0.57, 1.17, power=2.6)
    canvas.tube("muscle", [(0.42, -0.75), (0.50, 0.0), (0.46, 1.0)], 0.12)
    canvas.blob("lung", 0.02, -0.10, [0.44, 0.60, 0.50, 0.52, 0.42, 0.50, 0.58, 0.54])
    canvas.blob("liver", 0.0, 0.72, [0.46, 0.46, 0.5, 0.46, 0.44, 0.40, 0.42, 0.40])
    canvas.ellipse("muscle", -0.26, 0.18, 0.20, 0.17, turn=-20)
    canvas.ellipse("vessel", -0.25, 0.17, 0.13, 0.10, turn=-20)
    for side in (-1, 1):
        _lung_vessels(canvas, side, (0.02, -0.08), (0.42, 0.55))
    canvas.ellipse("vessel", 0.02, -0.08, 0.08, 0.10)
    canvas.ellipse("air", 0.05, -0.12, 0.035, 0.05)
    for rib in range(9):
        y = -0.66 + 0.165 * rib
        canvas.ellipse("bone", 0.45 + 0.05 * math.sin(rib / 8 * math.pi), y, 0.035, 0.05, turn=-20)
        canvas.ellipse("marrow", 0.45 + 0.05 * math.sin(rib / 8 * math.pi), y, 0.016, 0.03, turn=-20)
        if rib > 1:
            canvas.ellipse("bone", -0.44 - 0.05 * math.sin(rib / 8 * math.pi), y + 0.08, 0.024, 0.036)
