"""The callback that Transformers brings, in a training of a line."""

import torch
from transformers.integrations import CodeCarbonCallback


class Numbers(torch.utils.data.Dataset):
    def __len__(self):
        return 32

    def __getitem__(self, i):
        return {"x": torch.tensor([i / 32]), "labels": torch.tensor([i / 16])}


class Line(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(1, 1)

    def forward(self, x, labels=None):
        y = self.linear(x)
        return {"loss": torch.nn.functional.mse_loss(y, labels), "logits": y}


def test_a_training_is_a_run(example, rows):
    trainer = example("Hugging Face Transformers", model=Line(), dataset=Numbers())["trainer"]
    (row,) = rows("out/emissions.csv")
    callbacks = trainer.callback_handler.callbacks
    (callback,) = [c for c in callbacks if isinstance(c, CodeCarbonCallback)]
    assert callback.tracker.final_emissions == float(row["emissions"])

    trainer.train()
    assert len(rows("out/emissions.csv")) == 2
