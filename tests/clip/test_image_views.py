"""Views of an image: the middle, enlarged; and the mean of what an encoder makes of them."""

from __future__ import annotations

import pytest
import torch

from clip.image_views import WHOLE, averaged


def corner_and_middle(images: torch.Tensor) -> torch.Tensor:
    """Stand for an encoder: the grey of a corner and that of the middle, as unit vectors."""
    side = images.shape[-1]
    rows = torch.stack([images[:, 0, 0, 0], images[:, 0, side // 2, side // 2]], dim=1)
    return torch.nn.functional.normalize(rows, dim=-1)


@pytest.fixture
def images() -> torch.Tensor:
    made = torch.zeros(2, 3, 20, 20)
    made[:, :, 5:15, 5:15] = 3.0
    made[1, :, 0, 0] = 4.0
    return made


def test_the_whole_image_alone_is_what_the_encoder_says(images: torch.Tensor):
    assert averaged(corner_and_middle, images, WHOLE) == pytest.approx(corner_and_middle(images))


def test_the_half_in_the_middle_is_enlarged_to_the_size_of_the_image(images: torch.Tensor):
    seen = []
    averaged(lambda shown: seen.append(shown) or corner_and_middle(shown), images, (0.5,))
    assert seen[0].shape == images.shape
    assert torch.equal(seen[0], torch.full((2, 3, 20, 20), 3.0))


def test_the_mean_of_the_views_is_a_unit_vector(images: torch.Tensor):
    found = averaged(corner_and_middle, images, (1.0, 0.5))
    both = torch.tensor([0.0, 1.0]) + torch.tensor([0.5, 0.5]).sqrt()
    assert found[0].tolist() == pytest.approx((both / both.norm()).tolist())
    other = torch.tensor([0.8, 0.6]) + torch.tensor([0.5, 0.5]).sqrt()
    assert found[1].tolist() == pytest.approx((other / other.norm()).tolist())
