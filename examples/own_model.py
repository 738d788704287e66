"""A PyTorch model of your own, from data to a score: `python examples/own_model.py`."""

import torch

import qslbench

FIRST, LAST = torch.triu_indices(8, 8, 1)  # all pairs of sites


def features(parameters):
    """The product of the couplings J between two sites, and their distance, (R, 28, 2)."""
    logs = torch.tensor(parameters[:, :7]).clamp(min=1e-6).log().cumsum(1)
    logs = torch.nn.functional.pad(logs, (1, 0))
    between = (logs[:, LAST] - logs[:, FIRST]).exp()
    return torch.stack([between, (LAST - FIRST).expand_as(between)], dim=-1).float()


if __name__ == "__main__":
    config = qslbench.build("tfim_1d_wide", 8, train=100, test=100, shots=64, out="own-data")
    cell = qslbench.Cell.open("own-data", config, "correlation", n=100, shots=64)
    labels = torch.tensor(cell.labels).float().reshape(-1, 8, 8)[:, FIRST, LAST]  # from the shots
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(300):
        optimizer.zero_grad()
        loss = (model(features(cell.parameters))[..., 0] - labels).square().mean()
        loss.backward()
        optimizer.step()

    answer = torch.eye(8).repeat(len(cell.rows), 1, 1)  # of the test rows, (R, 8, 8)
    answer[:, FIRST, LAST] = model(features(cell.rows.parameters))[..., 0].detach()
    answer[:, LAST, FIRST] = answer[:, FIRST, LAST]
    about = {"name": "my network", "authors": ["Me"], "entry_class": "learned"}
    about["uses_test_shots"] = False
    qslbench.write_submission("own.parquet", {cell.key: (cell.rows.row_id, answer)}, about)
    print(*qslbench.score_file("own.parquet", private="own-data-private"), sep="\n")
