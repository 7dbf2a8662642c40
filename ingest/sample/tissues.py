"""How bright each tissue is in each contrast: the table from which the sample images get their look.

Values are display brightness, 0 black to 1 white. CT columns follow common Hounsfield values under the usual
windows (brain 40/80, soft tissue 40/400, lung -600/1500, bone 300/2000); MR columns follow what textbooks say of
T1, T2, FLAIR and STIR weighting.
"""

from __future__ import annotations

from collections.abc import Mapping

CONTRASTS = ("ct_brain", "ct_soft", "ct_iv", "ct_lung", "ct_bone", "t1", "t1_gd", "t1_gd_fs", "t2", "flair", "stir")

# fmt: off
#                    brain  soft   iv    lung  bone   t1    t1gd  gd_fs  t2   flair  stir
_TABLE: Mapping[str, tuple[float, ...]] = {
    "air":           (0.00, 0.00, 0.00, 0.00, 0.00, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02),
    "lung":          (0.00, 0.03, 0.03, 0.16, 0.04, 0.05, 0.06, 0.06, 0.07, 0.07, 0.07),
    "skin":          (0.42, 0.50, 0.52, 0.80, 0.32, 0.55, 0.58, 0.45, 0.40, 0.40, 0.30),
    "fat":           (0.06, 0.22, 0.22, 0.68, 0.24, 0.90, 0.92, 0.20, 0.78, 0.66, 0.12),
    "muscle":        (0.60, 0.56, 0.60, 0.86, 0.36, 0.38, 0.46, 0.48, 0.20, 0.30, 0.30),
    "bone":          (1.00, 0.97, 0.97, 1.00, 0.98, 0.05, 0.06, 0.05, 0.05, 0.05, 0.04),
    "marrow":        (0.95, 0.78, 0.80, 0.97, 0.60, 0.70, 0.72, 0.26, 0.52, 0.46, 0.18),
    "cartilage":     (0.62, 0.58, 0.60, 0.88, 0.38, 0.50, 0.55, 0.60, 0.42, 0.50, 0.50),
    "fluid":         (0.20, 0.46, 0.46, 0.80, 0.31, 0.14, 0.15, 0.16, 0.96, 0.14, 0.96),
    "csf":           (0.10, 0.45, 0.45, 0.80, 0.30, 0.10, 0.11, 0.12, 0.98, 0.05, 0.96),
    "gray":          (0.52, 0.55, 0.57, 0.85, 0.34, 0.42, 0.45, 0.46, 0.56, 0.56, 0.56),
    "white":         (0.43, 0.53, 0.55, 0.84, 0.33, 0.60, 0.61, 0.60, 0.36, 0.43, 0.38),
    "liver":         (0.70, 0.62, 0.74, 0.88, 0.37, 0.55, 0.66, 0.66, 0.34, 0.40, 0.34),
    "spleen":        (0.66, 0.60, 0.78, 0.88, 0.37, 0.38, 0.68, 0.70, 0.58, 0.56, 0.62),
    "kidney":        (0.60, 0.57, 0.90, 0.87, 0.36, 0.45, 0.78, 0.85, 0.62, 0.58, 0.64),
    "pancreas":      (0.62, 0.57, 0.68, 0.86, 0.36, 0.60, 0.70, 0.72, 0.40, 0.44, 0.42),
    "vessel":        (0.62, 0.57, 0.94, 0.90, 0.36, 0.08, 0.90, 0.90, 0.06, 0.08, 0.10),
    "bowel":         (0.58, 0.53, 0.62, 0.85, 0.36, 0.34, 0.50, 0.52, 0.46, 0.44, 0.55),
    "disc":          (0.75, 0.60, 0.60, 0.88, 0.40, 0.34, 0.36, 0.40, 0.62, 0.50, 0.60),
    "dry_disc":      (0.78, 0.62, 0.62, 0.89, 0.42, 0.28, 0.30, 0.32, 0.18, 0.22, 0.18),
    "edema":         (0.26, 0.48, 0.50, 0.82, 0.32, 0.30, 0.32, 0.34, 0.84, 0.90, 0.88),
    "necrosis":      (0.20, 0.44, 0.45, 0.80, 0.31, 0.18, 0.18, 0.18, 0.90, 0.45, 0.90),
    "mass":          (0.66, 0.55, 0.70, 0.92, 0.38, 0.34, 0.74, 0.82, 0.64, 0.72, 0.78),
    "bright_mass":   (0.86, 0.60, 0.86, 0.94, 0.40, 0.42, 0.96, 0.97, 0.58, 0.66, 0.70),
    "dark_mass":     (0.56, 0.52, 0.58, 0.90, 0.36, 0.36, 0.50, 0.54, 0.22, 0.26, 0.26),
    "blood":         (0.88, 0.66, 0.66, 0.90, 0.40, 0.80, 0.80, 0.82, 0.30, 0.70, 0.45),
    "consolidation": (0.60, 0.55, 0.66, 0.88, 0.36, 0.36, 0.52, 0.56, 0.74, 0.70, 0.80),
    "calcium":       (1.00, 1.00, 1.00, 1.00, 1.00, 0.04, 0.05, 0.05, 0.04, 0.04, 0.04),
}
# fmt: on


def tissues_of(contrast: str) -> dict[str, float]:
    """Return the brightness of every tissue in one contrast.

    Raises
    ------
    ValueError
        If `contrast` is not in `CONTRASTS`.
    """
    if contrast not in CONTRASTS:
        raise ValueError(f"contrast {contrast!r} is not in the table. Expected one of: {', '.join(CONTRASTS)}.")
    column = CONTRASTS.index(contrast)
    return {tissue: values[column] for tissue, values in _TABLE.items()}
