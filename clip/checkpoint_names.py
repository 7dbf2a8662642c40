"""Weights by the names that the model has, out of checkpoints as training leaves them.

Weights lie in a container beside the optimizer, and their names have prefixes: ``module.`` (DistributedDataParallel),
``_orig_mod.`` (torch.compile), ``model.`` (Lightning). Averaged weights (EMA) are others than those of the model: they
are never taken in their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ingest.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

CONTAINERS = ("state_dict", "model_state_dict", "model", "module", "net", "weights")
AVERAGED = ("ema", "model_ema", "ema_model", "ema_state_dict", "state_dict_ema", "model_ema_state_dict")
PREFIXES = ("module", "_orig_mod", "model", "state_dict")
WRAPPERS = ("module", "_orig_mod")  # what is also wrapped round a encoder alone: visual._orig_mod.conv1.weight


def tensors_of(found: object, place: str) -> dict[str, Tensor]:
    """Return the tensors by name of what a checkpoint holds, out of its containers.

    Raises
    ------
    InputError
        If there are none, or averaged ones only.
    """
    import torch

    if not isinstance(found, Mapping):
        raise InputError(f"'{place}' holds no named weights.")
    for name in CONTAINERS:
        if isinstance(found.get(name), Mapping):
            return tensors_of(found[name], place)
    kept = {str(name): value for name, value in found.items() if isinstance(value, torch.Tensor)}
    if kept:
        return kept
    averaged = [name for name in AVERAGED if isinstance(found.get(name), Mapping)]
    if averaged:
        raise InputError(
            f"'{place}' holds averaged weights only ('{averaged[0]}'). If they are what you want, save them alone as "
            ".safetensors."
        )
    raise InputError(f"'{place}' holds no named weights.")


def named_as(wanted: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors under the names of a model: prefixes are cut off where more names fit then.

    Parameters
    ----------
    wanted : mapping
        The model's own weights by name. Whether all fit is for the caller to see.
    """
    asked = set(map(_encoder_name, wanted))

    def fitting(candidate: Mapping[str, Tensor]) -> int:
        return len(asked & set(map(_encoder_name, candidate)))

    return dict(max(_candidates(tensors), key=fitting))  # of equal ones the first: names as they are


def _encoder_name(name: str) -> str:
    """Return a name as both of open_clip's classes have it: the older has no ``text.`` before its text encoder."""
    return name.removeprefix("text.")


def _candidates(tensors: Mapping[str, Tensor]) -> Iterator[Mapping[str, Tensor]]:
    yield tensors
    for start in sorted({_prefix(name) for name in tensors} - {""}, key=len):
        below = {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}
        yield below
        yield from _unwrapped(below)
    yield from _unwrapped(tensors)


def _prefix(name: str) -> str:
    """Return the longest row of known prefixes that a name begins with: ``module._orig_mod.``."""
    parts = name.split(".")
    count = next((place for place, part in enumerate(parts) if part not in PREFIXES), 0)
    return "".join(f"{part}." for part in parts[:count])


def _unwrapped(tensors: Mapping[str, Tensor]) -> Iterator[Mapping[str, Tensor]]:
    names = {name: ".".join(part for part in name.split(".") if part not in WRAPPERS) for name in tensors}
    if len(set(names.values())) == len(names):  # else two weights would get one name
        yield {names[name]: value for name, value in tensors.items()}
