"""The vector that a site brings to a product over sites."""

import numpy as np
from numpy.typing import NDArray


def site_vectors(channels: NDArray[np.float32]) -> NDArray[np.float32]:
    """A 1 and the tanh of the site's channels, so that far values do not blow a product up.

    Without the 1 a product over N sites is homogeneous: it has no terms of fewer sites.

    Args:
        channels: standardised, float32 (R, C, N), see `SiteChannels`.

    Returns:
        float32 (R, N, 1 + C).
    """
    bounded = np.tanh(channels.transpose(0, 2, 1))
    return np.concatenate([np.ones_like(bounded[:, :, :1]), bounded], axis=2)
