"""The loop of every stage: rates, resuming after a kill to the same end, refusing another run's folder."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import torch

from clip.training.loop import Rates, Schedule, adam_w, batches, run_stage, spread_batches, take_step
from ingest.errors import DamagedFile, InputError


class Line:
    """A stage that fits a line with noise drawn from the epoch's own generators."""

    def __init__(self, seed: int = 0, validation: list[float] | None = None) -> None:
        torch.manual_seed(seed)
        self.model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 1))
        self.optimizer = adam_w({"model": (self.model, 0.05)}, 0.01)
        self.modules = {"model": self.model}
        self.validation = iter(validation or [])

    def train_epoch(self, random: np.random.Generator, rates: Rates) -> dict[str, float]:
        self.model.train()
        for step in range(4):
            points = torch.from_numpy(random.normal(size=(8, 3)).astype(np.float32)) + torch.randn(8, 3)
            loss = (self.model(points) - points.sum(1, keepdim=True)).square().mean()
            take_step(self.optimizer, loss, rates(step))
        return {"loss": float(loss.detach())}

    def validate(self) -> dict[str, float]:
        value = next(self.validation, None)
        return {} if value is None else {"validation_loss": value}


class Killed(Exception):
    """Stands for a process that ends in the middle."""


def killed_after(epoch: int):
    def stop(done: int, _: int, __: object) -> None:
        if done == epoch:
            raise Killed

    return stop


@pytest.mark.parametrize("epoch", [1, 2, 4])
def test_a_killed_run_goes_on_to_the_weights_that_it_would_have_had(tmp_path: Path, epoch: int):
    schedule = Schedule(epochs=5, steps_per_epoch=4, seed=3)
    whole = Line()
    rows = run_stage(whole, tmp_path / "whole", schedule, {"a": 1})
    with pytest.raises(Killed):
        run_stage(Line(), tmp_path / "killed", schedule, {"a": 1}, on_progress=killed_after(epoch))
    resumed = Line(seed=99)  # other weights to start with: everything has to come from the checkpoint
    assert run_stage(resumed, tmp_path / "killed", schedule, {"a": 1}) == rows
    for name, tensor in whole.model.state_dict().items():
        assert torch.equal(tensor, resumed.model.state_dict()[name]), name


def test_an_epoch_whose_loss_is_no_number_is_not_kept(tmp_path: Path):
    stage = Line(validation=[1.0, float("nan")])
    with pytest.raises(InputError, match=r"validation_loss is nan in epoch 2.*Lower the rates"):
        run_stage(stage, tmp_path, Schedule(3, 4), {})
    assert len(run_stage(Line(validation=[1.0]), tmp_path, Schedule(1, 4), {})) == 1


def test_a_finished_run_is_not_trained_again(tmp_path: Path):
    schedule = Schedule(epochs=2, steps_per_epoch=4)
    rows = run_stage(Line(), tmp_path, schedule, {})
    told: list[int] = []
    assert run_stage(Line(), tmp_path, schedule, {}, on_progress=lambda done, *_: told.append(done)) == rows
    assert told == []


def test_a_folder_with_a_run_of_other_settings_is_refused(tmp_path: Path):
    run_stage(Line(), tmp_path, Schedule(1, 4), {"rate": 1})
    with pytest.raises(InputError, match="other settings or other cases"):
        run_stage(Line(), tmp_path, Schedule(1, 4), {"rate": 2})


def test_a_damaged_checkpoint_is_refused(tmp_path: Path):
    run_stage(Line(), tmp_path, Schedule(1, 4), {})
    file = next(tmp_path.glob("*.safetensors"))
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(DamagedFile, match="damaged"):
        run_stage(Line(), tmp_path, Schedule(2, 4), {})


def test_training_stops_when_nothing_gets_better_for_as_long_as_the_patience(tmp_path: Path):
    stage = Line(validation=[3.0, 2.0, 2.5, 2.1, 1.0])
    rows = run_stage(stage, tmp_path, Schedule(5, 4, patience=2), {})
    assert [row["validation_loss"] for row in rows] == [3.0, 2.0, 2.5, 2.1]


def test_the_metrics_stand_in_a_table(tmp_path: Path):
    rows = run_stage(Line(), tmp_path, Schedule(3, 4), {})
    with (tmp_path / "metrics.csv").open(newline="") as table:
        read = list(csv.DictReader(table))
    assert [float(row["loss"]) for row in read] == pytest.approx([row["loss"] for row in rows], abs=1e-4)


def test_fewer_examples_than_a_batch_are_refused(tmp_path: Path):
    with pytest.raises(InputError, match="fewer examples than one batch"):
        run_stage(Line(), tmp_path, Schedule(1, 0), {})


def test_the_rate_rises_for_a_tenth_of_the_steps_and_falls_to_nothing():
    rates = [Rates(epoch * 10, 100)(step) for epoch in range(10) for step in range(10)]
    assert np.argmax(rates) == 9
    assert np.all(np.diff(rates[:10]) > 0)
    assert np.all(np.diff(rates[9:]) < 0)
    assert rates[-1] == pytest.approx(0)


def test_batches_take_each_row_at_most_once_and_none_is_smaller():
    taken = list(batches(np.random.default_rng(1), range(10), 3))
    assert [len(rows) for rows in taken] == [3, 3, 3]
    assert len({row for rows in taken for row in rows}) == 9


def test_spread_batches_take_each_row_at_most_once_and_keep_the_images_of_a_case_apart():
    case_ids = [f"case-{number % 10}" for number in range(60)] + [f"single-{number}" for number in range(20)]
    for seed in range(20):
        found = list(spread_batches(np.random.default_rng(seed), case_ids, 10))
        rows = [row for batch in found for row in batch]
        assert len(found) == 8
        assert sorted(rows) == list(range(80))
        for batch in found:
            cases = [case_ids[row] for row in batch if row < 60]
            assert max(cases.count(case_id) for case_id in set(cases)) <= 2, batch


def test_spread_batches_differ_from_epoch_to_epoch_and_leave_a_rest_for_another():
    case_ids = ["a"] * 3 + ["b"] * 4
    first, second = (list(spread_batches(np.random.default_rng((0, epoch)), case_ids, 2)) for epoch in (0, 1))
    assert first != second
    assert [len(batch) for batch in first] == [2, 2, 2]


def test_biases_do_not_decay():
    optimizer = adam_w({"model": (torch.nn.Linear(2, 2), 0.1)}, 0.5)
    decays = {group["params"][0].ndim: group["weight_decay"] for group in optimizer.param_groups}
    assert decays == {2: 0.5, 1: 0.0}
