"""CPU seconds of one block of rows of a family, labels and shots included, as a build makes it.

OMP_NUM_THREADS=1 python -m benchmarks.block_seconds kicked_ising_1d --size 48 --device FakeFez
OMP_NUM_THREADS=1 python -m benchmarks.block_seconds quench_xxz_1d --size 48 --ood
"""

import argparse
import time

from builders import families
from builders.building.blocks import make_rows
from builders.core.machine import hardware
from builders.dataset.spec import BuildSpec
from builders.physics.channel import Channel
from builders.physics.rows import BuildSettings
from builders.solvers.devices.backends import calibrated


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family")
    parser.add_argument("--size", required=True)
    parser.add_argument("--shots", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ood", action="store_true", help="of the split test_ood")
    parser.add_argument("--device", help="whose gates circuits run on")
    args = parser.parse_args()
    family = families.load(args.family)
    size = family.geometry.parse(args.size)
    device = None
    if args.device:
        channel = Channel.parse(f"device:{args.device}")
        device = calibrated(channel, size, family.couplings_of(size))
    rows = family.block_ood(size) if args.ood else family.block(size)
    spec = BuildSpec(family.name, size, {"train": rows}, args.shots, args.seed)
    seeds = spec.row_seeds("train", spec.row_ids("train"))
    settings = BuildSettings(family.solver(BuildSettings("")), shifted=args.ood, device=device)
    began = time.process_time()
    make_rows(family, size, args.shots, seeds, settings)
    seconds = time.process_time() - began
    print(f"{spec.config}, {rows} rows, {args.shots} shots: {seconds:.1f} CPU s, {hardware()}")


if __name__ == "__main__":
    main()
