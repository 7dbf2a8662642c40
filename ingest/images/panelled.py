"""Put the panels of compound figures in the place of the figures, each an image with its own part of the caption.

Only where gutters and caption agree on the number of panels. Else the figure stays whole, and says why. Of a figure
that shows several patients, a case has the panels that are of its own patient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO

import numpy as np

from ingest.case import Case, Image, LedgerEntry
from ingest.concepts.regions import region_in
from ingest.errors import RejectedFile
from ingest.images.decoding import DecodedImage
from ingest.images.derived import derived_image
from ingest.images.panels import Confidence, Panel, panels_of
from ingest.normalise.caption import captioned_as
from ingest.normalise.figure_mentions import MENTIONS, mentions_of_panel
from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.panel_captions import OWN_PANELS, PanelCaptions, panel_captions

KEPT_WHOLE = "kept whole"  # among the source values of a figure: why it was not cut
_LABELLED = ("modality", "plane", "view", "depiction", "region")


@dataclass(frozen=True)
class Panelling:
    """Cuts figures of one ingest.

    Attributes
    ----------
    png_of : callable
        The stored pixels of an object key, as PNG.
    keep : callable
        Stores pixels and returns their key.
    """

    png_of: Callable[[str], bytes]
    keep: Callable[[DecodedImage], str]

    def of_case(self, case: Case) -> Case:
        """Return the case with the panels of its compound figures in their places."""
        cut = {image.image_id: self._panels(image) for image in case.images}
        images = tuple(panel for panels in cut.values() for panel in panels)
        gone = [figure for figure, panels in cut.items() if all(panel.image_id != figure for panel in panels)]
        starts = tuple(f"images[{figure}]." for figure in gone)
        ledger = [entry for entry in case.ledger if not entry.field.startswith(starts)]
        told = [entry for figure in gone for panel in cut[figure] for entry in _entries(panel)]
        return replace(case, images=images, ledger=(*ledger, *told))

    def _panels(self, figure: Image) -> tuple[Image, ...]:
        """Return the panels of a figure, or the figure itself, with the reason."""
        captions = panel_captions(figure.caption or "")
        if figure.object_key is None or len(captions.panels) < 2:
            return (figure,)
        png = self.png_of(figure.object_key)
        found = panels_of(_pixels(png), len(captions.panels))
        if found.confidence is not Confidence.AGREED:
            return (_whole(figure, found.reason or f"{found.confidence}."),)
        try:
            named = [(captions.panels[panel.caption_index or 0].panel, panel) for panel in found.panels]
            own = _own_panels(figure)
            return tuple(
                self._panel(figure, captions, panel, name, png) for name, panel in named if own is None or name in own
            )
        except RejectedFile as error:  # a panel too small to be an image of its own
            return (_whole(figure, str(error)),)

    def _panel(self, figure: Image, captions: PanelCaptions, panel: Panel, named: str, png: bytes) -> Image:
        read = derived_image(png, (), panel.box)
        caption = captions.text_of(named, figure.caption or "")
        labels = captioned_as(caption)
        return replace(
            figure,
            image_id=f"{figure.image_id}_{named}",
            object_key=self.keep(read),
            pixel_sha256=read.pixel_sha256,
            width_px=read.width_px,
            height_px=read.height_px,
            modality=labels.modality or figure.modality,
            plane=labels.plane or figure.plane,
            view=labels.view or figure.view,
            depiction=labels.depiction or figure.depiction,
            region=region_in(caption) or figure.region,
            caption=caption,
            derived_from=figure.object_key,
            crop_box_px=tuple(panel.box),
            grey_values=None,
            source_values={**_values_of(figure), **_mentions_of(figure, named), "panel": named},
        )


def _own_panels(figure: Image) -> list[str] | None:
    """Return the panels of the patient, where the figure shows others too."""
    own = figure.source_values.get(OWN_PANELS)
    return None if own is None else own.split(", ")


def _values_of(figure: Image) -> dict[str, str | None]:
    """Return what the source says of a figure and holds of each of its panels."""
    return {name: value for name, value in figure.source_values.items() if name != OWN_PANELS}


def _whole(figure: Image, reason: str) -> Image:
    return replace(figure, source_values={**figure.source_values, KEPT_WHOLE: reason})


def _mentions_of(figure: Image, panel: str) -> dict[str, str | None]:
    """Return the sentences that mention a panel, or the figure as a whole; nothing where no text mentions figures."""
    mentions = figure.source_values.get(MENTIONS)
    return {MENTIONS: mentions_of_panel(mentions, panel)} if mentions else {}


def _entries(panel: Image) -> Iterator[LedgerEntry]:
    for name in _LABELLED:
        value = getattr(panel, name)
        if value is not None:
            yield Normalised(None, value, Rule.IN_CAPTION).entry(f"images[{panel.image_id}].{name}")


def _pixels(png: bytes) -> np.ndarray:
    from PIL import Image as Opened

    opened = Opened.open(BytesIO(png), formats=("PNG",))
    return np.asarray(opened if opened.mode in ("L", "RGB") else opened.convert("RGB"))
