"""How much less many homes draw together than each draws on its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rusck(homes: Floats, g_infinite: float) -> Floats:
    """Coincident peak per home over the peak of a single home.

    Parameters
    ----------
    homes
        How many homes draw together; fewer than one counts as one. [1], any shape
    g_infinite
        What is left of it for infinitely many homes. [1]

    Returns
    -------
    Simultaneity, 1 for one home and falling to ``g_infinite``. [1], shape of ``homes``

    References
    ----------
    .. [1] S. Rusck, "The simultaneous demand in distribution network supplying domestic
       consumers", ASEA Journal 10 (11), 1956: g(n) = g∞ + (1 - g∞)/√n.

    Examples
    --------
    >>> rusck(np.array([1.0, 100.0]), 0.2)
    array([1.  , 0.28])
    """
    return g_infinite + (1.0 - g_infinite) / np.sqrt(np.maximum(homes, 1.0))


def level_factor(
    homes_downstream: Floats,
    household_share: Floats,
    g_infinite: float,
    reference_homes: float,
    coincident_share: float = 0.0,
) -> Floats:
    """Peak at a level of the grid over the peak that the same loads have at station level.

    Only the part of the load that is drawn by homes changes with their number; the rest
    keeps its shape at every level.

    Parameters
    ----------
    homes_downstream
        Homes behind the link; where there are none the factor is 1. [1], shape (links,)
    household_share
        Share of the link's load that homes draw, from 0 to 1. [1], shape (links,)
    g_infinite
        Simultaneity of infinitely many homes. [1]
    reference_homes
        Number of homes for which the load is calibrated. [1]
    coincident_share
        What is left of the calibrated peak for infinitely many homes, where a published shape
        tells; the factor of the homes does not fall below it. [1]

    Returns
    -------
    Factor, above 1 for fewer homes than the reference and below 1 for more. [1], shape (links,)

    References
    ----------
    .. [1] Rusck 1956, as in `rusck`. Own choice: applied to the share of homes only, because
       no curve for firms of unknown kind is published.

    Examples
    --------
    >>> level_factor(np.array([0.0, 25.0, 400.0]), np.array([1.0, 1.0, 0.5]), 0.1, 100.0)
    array([1.        , 1.47368421, 0.88157895])
    """
    ratio = rusck(homes_downstream, g_infinite) / rusck(np.asarray(reference_homes), g_infinite)
    ratio = np.maximum(ratio, coincident_share)
    return np.where(homes_downstream > 0, 1.0 + (ratio - 1.0) * household_share, 1.0)
