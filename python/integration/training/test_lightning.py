"""A callback for Lightning."""

import lightning
import torch


class Line(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(1, 1)

    def training_step(self, batch, batch_idx):
        return torch.nn.functional.mse_loss(self.linear(batch[0]), batch[1])

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.01)


def test_epochs_are_tasks_of_the_run(example, rows):
    x = torch.arange(32.0).reshape(-1, 1) / 32
    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, 2 * x), batch_size=8)
    names = example("Lightning", model=Line(), dataloader=data)
    (row,) = rows()
    assert row["project_name"] == "line"
    kg = names["trainer"].callback_metrics["epoch_emissions_kg"]
    assert 0 < kg < float(row["emissions"])
