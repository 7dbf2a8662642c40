"""What the models say of an image, and the models that were added to a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casegraph.classification import (
    Classification,
    NearImage,
    classify_image,
    names_of_labels,
    names_of_own_labels,
    own_doubt,
)
from casegraph.engines import Engines
from casegraph.file import read_workspace_file
from casegraph.reading import decode
from clip.classification.classify import Prediction
from clip.encoder_names import COMPACT, HOG_PCA, MINILM, TFIDF_SVD
from clip.minilm import is_installed as minilm_is_installed
from clip.registry import (
    IMAGES_AND_TEXTS,
    TEXTS,
    AddedModel,
    added_models,
    described_models,
    problems_of,
    problems_of_builtin,
)
from ingest.curation.decisions import Box
from ingest.errors import InputError
from ingest.images.burned_in import without_text
from ingest.images.decoding import DecodedImage
from ingest.images.derived import derived_image, require_crop_box
from ingest.notices import Notice, NoticeCode

if TYPE_CHECKING:
    from clip.classification.zero_shot import ZeroShotAnswer

__all__ = [
    "COMPACT",
    "IN_PACKAGE",
    "IN_WORKSPACE",
    "NOT_HERE",
    "UNCALIBRATED",
    "AddedModel",
    "Classification",
    "ModelAddition",
    "ModelRow",
    "Models",
    "NearImage",
    "Prediction",
    "Verdict",
    "add_model",
    "encoders_here",
    "listed_models",
    "models_folder",
    "own_doubt",
    "verify_models",
]


UNCALIBRATED = "By words alone: how near the image is to each label. Not calibrated, and no probability."


@dataclass(frozen=True)
class Verdict:
    """What became of one model's files: how many there are, and what is wrong with them."""

    name: str
    files: int
    problems: tuple[str, ...]


IN_PACKAGE, IN_WORKSPACE, NOT_HERE = "in the package", "in the workspace", "not here"


@dataclass(frozen=True)
class ModelRow:
    """One model of the list.

    Attributes
    ----------
    place : str
        ``in the package``, ``in the workspace`` or ``not here``.
    source : str
        Where its weights are published.
    sha256 : str or None
        The publisher's for its file of weights; None where it is not known here.
    """

    name: str
    title: str
    place: str
    source: str
    sha256: str | None
    licence: str | None


@dataclass(frozen=True)
class ModelAddition:
    """A model that was copied into a workspace, and what its user should know of it."""

    model: AddedModel
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class Models:
    """The models of one workspace."""

    _engines: Engines

    def classify(self, image: bytes | Path | DecodedImage, *, neighbours: int = 3) -> Classification:
        """Tell modality, plane, depiction, region and location of an image."""
        engines, decoded = self._engines, decode(self._engines, image)
        return classify_image(decoded, engines.models, engines.finder.images, engines.store, neighbours=neighbours)

    def zero_shot(
        self, image: bytes | Path | DecodedImage, *, labels: Sequence[str] | None = None
    ) -> list[ZeroShotAnswer]:
        """Name an image by words alone, without trained heads.

        Parameters
        ----------
        labels : sequence of str, optional
            What to choose from; by default, for each task, the labels of the workspace's own images.

        Raises
        ------
        InputError
            If the image encoder knows no words, there are fewer than two labels to choose from, or a label names a
            disease or finding.
        """
        from clip.classification.zero_shot import open_zero_shot

        engines, decoded = self._engines, decode(self._engines, image)
        cases = (stored.case for stored in engines.store.cases())
        names = names_of_labels(cases) if labels is None else names_of_own_labels(labels)
        return open_zero_shot(engines.models.image_encoder, names).classify(decoded.png)

    def heat_map(self, image: bytes | Path | DecodedImage, task: str) -> bytes:
        """Return the image as PNG, red where hiding a part costs the answer of the task its probability."""
        from clip.classification.heat_map import heat_map, overlay

        decoded = decode(self._engines, image)
        return overlay(decoded.png, heat_map(self._engines.models.classifier, decoded.png, task))

    def heat_layer(self, image: bytes | Path | DecodedImage, task: str) -> bytes:
        """Return the red of `heat_map` alone, as a transparent PNG to lay over the image, more or less opaque."""
        from clip.classification.heat_map import heat_map, layer

        decoded = decode(self._engines, image)
        return layer(decoded.png, heat_map(self._engines.models.classifier, decoded.png, task))

    def region_of(self, image: DecodedImage, box_px: Box) -> DecodedImage:
        """Return a region of an image, given as left, top, right, bottom in its pixels. Raises InputError."""
        require_crop_box(box_px, image.width_px, image.height_px)
        return derived_image(image.png, (), box_px)

    def without_text(self, image: DecodedImage) -> DecodedImage:
        """Return an image with the text that was seen burned in made black."""
        return without_text(image)


def models_folder(workspace: Path) -> Path:
    """Return where a workspace keeps its models. It need not be one yet: models may be added first."""
    return workspace / "models"


def verify_models(folder: Path, names: Sequence[str] = ()) -> list[Verdict]:
    """Compare every file of the models in a folder with its SHA-256; of all models where none is named.

    Raises
    ------
    InputError
        If there are no weights of a named one.
    """
    added = added_models(folder)
    unknown = sorted(set(names) - {COMPACT, *added})
    if unknown:
        raise InputError(f"there are no weights of a model '{unknown[0]}'. There are: {', '.join([COMPACT, *added])}.")
    built_in = Verdict(COMPACT, 1, tuple(problems_of_builtin()))
    all_here = [built_in, *(Verdict(each.name, len(each.files), tuple(problems_of(each))) for each in added.values())]
    return [verdict for verdict in all_here if not names or verdict.name in names]


def listed_models(folder: Path) -> list[ModelRow]:
    """Return the models that CaseGraph describes, and those that were added to a folder."""
    added, described = added_models(folder), described_models()
    rows: list[ModelRow] = []
    for each in described.values():
        place = IN_PACKAGE if each.name == COMPACT else IN_WORKSPACE if each.name in added else NOT_HERE
        weights = each.weights
        rows.append(ModelRow(each.name, each.title, place, weights.source, weights.sha256, each.licence))
    own = (model for name, model in added.items() if name not in described)
    return rows + [
        ModelRow(each.name, f"for {each.kind}", IN_WORKSPACE, each.source_name, each.source_sha256, None)
        for each in own
    ]


def encoders_here(folder: Path) -> tuple[list[str], list[str]]:
    """Return the encoders of images and those of texts that can be used without fetching anything.

    Parameters
    ----------
    folder : Path
        Holds the models that were added.
    """
    added = added_models(folder).values()
    images = [model.name for model in added if model.kind == IMAGES_AND_TEXTS]
    texts = [model.name for model in added if model.kind == TEXTS]
    minilm = [MINILM] if minilm_is_installed() else []
    return [COMPACT, HOG_PCA, *images], [TFIDF_SVD, COMPACT, *minilm, *texts, *images]


def add_model(
    name: str, source: Path, workspace: Path, *, architecture: str | None = None, text_folder: Path | None = None
) -> ModelAddition:
    """Copy a model into a workspace; see `clip.adding.add_model`.

    Raises
    ------
    WorkspaceError
        If the folder is no workspace.
    """
    from clip.adding import add_model as add

    read_workspace_file(workspace)
    told: list[str] = []
    folder = models_folder(workspace)
    model = add(name, source, folder, architecture=architecture, text_folder=text_folder, tell=told.append)
    origin = _origin(model, architecture or name)
    notices = [Notice(NoticeCode.PUBLISHER, origin)] if origin else []
    return ModelAddition(model, (*notices, *(Notice(NoticeCode.TEXT_ENCODER, said) for said in told)))


def _origin(model: AddedModel, architecture: str) -> str | None:
    """Say whether the file is the publisher's own; None of a folder, or of a model that is not described."""
    described = described_models().get(architecture)
    if described is None or model.source_sha256 is None:
        return None
    published = described.weights.sha256
    if published is None:
        return "the publisher's digest is not known here, so the file could not be compared with it"
    if published == model.source_sha256:
        return "the file is the one that its publisher gives this digest for"
    return f"the publisher's own file has another digest ({published[:16]}...); yours may be a conversion of it"
