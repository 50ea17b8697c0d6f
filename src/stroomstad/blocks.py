"""What every node draws or feeds in, as arrays that are multiplied out a stretch of time at a time.

The full matrix of 100,000 nodes times 35,040 quarters is 55 GB; kept apart as weights
and shapes it is a few megabytes. Load and feed-in are two separate blocks, both never negative.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LoadBlocks:
    """Power per node and quarter: sparse weights times shapes, plus explicit rows.

    Attributes
    ----------
    weights
        Yearly energy of each node in each shape. [kWh/year], shape (nodes, shapes)
    shapes
        Power per unit of yearly energy. [kW per kWh/year], shape (shapes, quarters)
    explicit_nodes
        Positions of nodes that have a row of their own on top. Shape (rows,)
    explicit_kw
        Those rows. [kW], shape (rows, quarters)
    """

    weights: csr_matrix
    shapes: Floats
    explicit_nodes: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    explicit_kw: Floats = field(default_factory=lambda: np.zeros((0, 0)))

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return int(self.weights.shape[0])

    @property
    def quarters(self) -> int:
        """Number of quarters that the shapes cover."""
        return int(self.shapes.shape[1])

    def block(self, start: int, stop: int) -> Floats:
        """Power of every node in the quarters ``start`` up to ``stop``.

        Returns
        -------
        Power, never negative. [kW], shape (nodes, stop - start)
        """
        power_kw: Floats = np.asarray(self.weights @ self.shapes[:, start:stop])
        if self.explicit_nodes.size:
            np.add.at(power_kw, self.explicit_nodes, self.explicit_kw[:, start:stop])
        return power_kw

    def select(self, quarters: Ints) -> LoadBlocks:
        """Keep the given quarters only, in the given order."""
        explicit_kw = (
            self.explicit_kw[:, quarters] if self.explicit_nodes.size else self.explicit_kw
        )
        return LoadBlocks(self.weights, self.shapes[:, quarters], self.explicit_nodes, explicit_kw)

    def with_rows(self, nodes: Ints, power_kw: Floats) -> LoadBlocks:
        """Add explicit rows; a node may occur more than once, its rows add up.

        Parameters
        ----------
        nodes
            Positions of the nodes. Shape (rows,)
        power_kw
            Their extra power, never negative. [kW], shape (rows, quarters)
        """
        if not self.explicit_nodes.size:
            return LoadBlocks(self.weights, self.shapes, nodes, power_kw)
        return LoadBlocks(
            self.weights,
            self.shapes,
            np.concatenate([self.explicit_nodes, nodes]),
            np.vstack([self.explicit_kw, power_kw]),
        )
