"""What may be done to a shape without making or losing energy: cut it finer, and sharpen it.

The published household shape is a national mean per hour; much of the peak that a station
of a few hundred homes sees is averaged away in it. Raising the shape to a power and scaling it
back to the same yearly energy makes peaks higher and valleys deeper, and nothing else.
"""

from __future__ import annotations

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

from stroomstad.blocks import Floats
from stroomstad.errors import InvalidData, Issue
from stroomstad.units import QUARTERS_PER_HOUR

# The monotone slope at a knot looks one interval to either side; two make the ends seamless.
_WRAP_HOURS = 2
# Wide enough for any shape that is not flat; outside it a planning value is a slip of the pen.
EXPONENTS = (0.05, 20.0)


def quarters_from_hours(hourly: Floats) -> Floats:
    """Divide the energy of every hour over its four quarters, smoothly.

    The running total of energy is interpolated with a monotone cubic: it passes through the
    total of every whole hour, so energy per hour is kept, and never falls, so no quarter is
    negative. The year is taken as a circle.

    Parameters
    ----------
    hourly
        Energy per hour, never negative. [any], shape (..., hours)

    Returns
    -------
    Energy per quarter. [as given], shape (..., 4 × hours)

    References
    ----------
    .. [1] F. N. Fritsch, J. Butland, "A method for constructing local monotone piecewise cubic
       interpolants", SIAM J. Sci. Stat. Comput. 5 (2), 1984.

    Examples
    --------
    >>> quarters_from_hours(np.array([1.0, 1.0])).tolist()
    [0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25]
    """
    hours = hourly.shape[-1]
    circle = np.concatenate(
        [hourly[..., -_WRAP_HOURS:], hourly, hourly[..., :_WRAP_HOURS]], axis=-1
    )
    total = np.concatenate([np.zeros((*hourly.shape[:-1], 1)), np.cumsum(circle, axis=-1)], axis=-1)
    knots = np.arange(total.shape[-1]) - _WRAP_HOURS
    at = np.arange(hours * QUARTERS_PER_HOUR + 1) / QUARTERS_PER_HOUR
    with np.errstate(over="ignore"):  # slopes near 1e-308 have no reciprocal; they count as flat
        curve = PchipInterpolator(knots, total, axis=-1)
    quarters: Floats = np.diff(curve(at), axis=-1)
    return np.maximum(quarters, 0.0)  # rounding of the running total, of the order of 1e-17


def sharpened(shape: Floats, exponent: float, yearly: Floats) -> Floats:
    """Raise a shape to a power at constant yearly energy.

    Parameters
    ----------
    shape
        Power per unit of yearly energy, never negative. [any], shape (quarters,)
    exponent
        1 leaves the shape as it is, more makes it more peaked. [1]
    yearly
        The shape over the whole year that keeps its energy; ``shape`` itself, or the year
        that another weather year is measured against. [as ``shape``], shape (quarters of a year,)

    Returns
    -------
    Sharpened shape, never negative. [as ``shape``], shape (quarters,)

    Notes
    -----
    Own choice: a power keeps the order of quarters and zeros, and needs one number. It also
    makes nights and summers lower, so it understates load outside the peak.

    Examples
    --------
    >>> flat_and_peak = np.array([1.0, 3.0])
    >>> sharpened(flat_and_peak, 2.0, flat_and_peak)
    array([0.4, 3.6])
    """
    mean = yearly.mean()
    powered: Floats = mean * (shape / mean) ** exponent
    result: Floats = powered * (yearly.sum() / (mean * (yearly / mean) ** exponent).sum())
    return result


def sharpening_exponent(shape: Floats, yearly: Floats, peak: float) -> float:
    """Find the exponent at which the highest value of a shape reaches a given peak.

    Parameters
    ----------
    shape
        Shape in the week that holds the peak. [any], shape (quarters,)
    yearly
        As in `sharpened`.
    peak
        What the highest value must become. [as ``shape``]

    Raises
    ------
    InvalidData
        When no exponent brings the shape there.
    """

    def excess(exponent: float) -> float:
        return float(sharpened(shape, exponent, yearly).max()) - peak

    low, high = EXPONENTS
    if not excess(low) < 0 < excess(high):
        raise InvalidData(
            [
                Issue(
                    "parameters.base_home_peak_kw",
                    f"the household shape has a peak of {shape.max() / peak:.3g} times the "
                    "planning value, and no sharpening brings it there.",
                    "Check the peak per home, the yearly energy and the number of homes.",
                )
            ]
        )
    return float(brentq(excess, low, high, xtol=1e-12, rtol=1e-12))
