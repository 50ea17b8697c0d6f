"""One area on trial: its room placed on stations, a probe above it, and what AC says of both.

A limit other than that of a link on the way, such as a voltage, is charged to the link through
which the new power reaches it. A limit that is broken without any new home is left out, unless
it is a voltage behind a station at which homes are placed: there it leaves no room.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stroomstad.blocks import Floats, Ints
from stroomstad.capacity.headroom import Branch, Flags, binding_links, raised, room, spread, whole
from stroomstad.capacity.homes import Capacities, Places, largest_link
from stroomstad.capacity.stress import Limits
from stroomstad.tables.grid import RadialTree

QUARTERS_MOST = 3
# Beside those, every quarter in which some link is this full by the linear rule, so many at most:
# losses and voltage may still fill it.
FULL_FROM, FULL_QUARTERS_MOST = 0.99, 12
PROBE_FRACTION = 0.01
# Rounding of single precision; a limit counts as broken above it.
TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True)
class Question:
    """What is checked: one direction, in the case whose design week was solved.

    Attributes
    ----------
    tree
        The radial grid.
    limits
        Every limit, and the design week.
    capacities
        What every link takes by the linear rule.
    """

    tree: RadialTree
    limits: Limits
    capacities: Capacities


@dataclass(frozen=True, slots=True)
class Trial:
    """What is held to be true of one area before a round.

    Attributes
    ----------
    place
        The area.
    quarters
        Positions in the design week that press hardest. Shape (quarters,)
    concerned
        Nodes and links that feel a home of this area. Shape (nodes,)
    capacity
        What each link of the branch takes. [homes], shape (branch,)
    charged
        The limit that sets it: link ``i`` is ``i``, the voltage at node ``i`` is ``nodes + i``.
        Shape (branch,)
    watched
        Limits besides those of the links on the way that were broken in an earlier round.
    """

    place: Places
    quarters: Ints
    concerned: Flags
    capacity: Floats
    charged: Ints
    watched: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Placing:
    """Where the homes of a trial are placed.

    Attributes
    ----------
    homes
        How many.
    placed
        Per node of the branch. Shape (branch,)
    probe
        The same with the larger of one home and 1 % more. Shape (branch,)
    named
        Link of the branch that binds, as a position in it.
    binding
        Links of the smallest cut, as positions in the branch.
    named_next
        Link that binds next; -1 when there is none.
    """

    homes: float
    placed: Floats
    probe: Floats
    named: int
    binding: Ints
    named_next: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What an AC power flow says of a placing.

    Attributes
    ----------
    before, at_answer, at_probe
        Stress of every limit without new homes, with them, and with the probe.
        [1], shape (links + nodes, quarters)
    fits
        Whether the answer breaks no limit.
    breaks_above
        Whether the probe breaks the named limit.
    """

    before: Floats
    at_answer: Floats
    at_probe: Floats
    fits: bool
    breaks_above: bool


def first_trial(place: Places, question: Question, trunk: Ints) -> Trial:
    """Start from the linear rule.

    Parameters
    ----------
    place
        The area.
    question
        What is checked.
    trunk
        Answer of `trunks`. Shape (nodes,)
    """
    nodes = place.branch.nodes
    concerned = np.isin(trunk, trunk[nodes])
    quarters = _hardest_quarters(place.branch, question, concerned)
    return Trial(place, quarters, concerned, question.capacities.exact[nodes], nodes)


def trunks(tree: RadialTree) -> Ints:
    """First link after the substation on the way to each node; the substation itself at a root.

    The voltage of a substation is held, so new homes on one trunk leave the others as they are.
    """
    trunk = np.arange(tree.parent.size)
    for node in tree.order.tolist():
        above = tree.parent[node]
        if above >= 0 and tree.parent[above] >= 0:
            trunk[node] = trunk[above]
    return trunk


def place_homes(trial: Trial, tree: RadialTree) -> Placing:
    """Work out the room of a trial, and place it and its probe."""
    branch = trial.place.branch
    capacity = whole(trial.capacity)
    through = room(branch, capacity)
    cut = binding_links(branch, capacity, through)
    beyond = raised(capacity, cut)
    named = _largest(trial, cut, tree)
    placed = spread(branch, through)
    return Placing(
        homes=float(placed.sum()),
        placed=placed,
        probe=placed + _extra(branch, placed, named),
        named=named,
        binding=cut,
        named_next=_largest(trial, binding_links(branch, beyond, room(branch, beyond)), tree),
    )


def judge(trial: Trial, placing: Placing, tree: RadialTree, stress: tuple[Floats, ...]) -> Finding:
    """Hold what AC says against the limits.

    Parameters
    ----------
    trial, placing
        What was asked.
    tree
        The radial grid.
    stress
        Stress before, at the answer and at the probe, as in `Finding`.
    """
    before, at_answer, at_probe = stress
    through = flow_through(trial.place.branch, placing.placed)
    broken = _broken(trial, tree, through, before, at_answer)
    named = trial.charged[placing.named]
    return Finding(
        before, at_answer, at_probe, not broken, bool((at_probe[named] > 1 + TOLERANCE).any())
    )


def corrected(trial: Trial, placing: Placing, finding: Finding, question: Question) -> Trial:
    """Set the capacities to what AC used of each limit, one secant step from no new homes.

    The step is taken at the answer, so that it lands on the limit as the answer nears it; at
    the probe where the answer is no home at all.
    """
    tree, branch = question.tree, trial.place.branch
    if _collapsed(finding.at_answer, tree):
        return _halved(trial, placing, tree)
    at_probe = placing.homes == 0
    after = finding.at_probe if at_probe else finding.at_answer
    through = flow_through(branch, placing.probe if at_probe else placing.placed)
    broken = _broken(trial, tree, through, finding.before, after)
    watched = tuple(sorted({*trial.watched, *broken} - set(branch.nodes.tolist())))
    used = _used(finding.before, after)
    capacity, charged = _own_limits(trial, through, used, question)
    shift_pu = (after - finding.before)[tree.parent.size :]
    shift_pu *= np.abs(question.limits.voltage_limit_pu - 1.0)[:, None]
    for limit in watched:
        worst = int(used[limit].argmax())
        share = float(used[limit, worst])
        link = _charged_to(trial, tree, through, limit)
        if share <= 0 or not _counts(trial, finding.before, limit, link):
            continue
        for above, most in tightened(branch, through, shift_pu[:, worst], (link, share)):
            if most < capacity[above]:
                capacity[above], charged[above] = most, limit
    # Half of what rounding may hide, so that a whole number of homes is not lost to it.
    nudged = capacity * (1 + TOLERANCE / 2)
    return replace(trial, capacity=nudged, charged=charged, watched=watched)


def tightened(
    branch: Branch, through: Floats, shift_pu: Floats, pressed: tuple[int, float]
) -> list[tuple[int, float]]:
    """Capacities with which a limit off the way is used up to 1, the furthest link giving first.

    Parameters
    ----------
    branch, through
        The links on the way, and the homes (or any power) behind each.
    shift_pu
        How far new homes shift the voltage at each node of the tree; over the homes behind a
        link this is its impedance, whatever its kind. [1], shape (nodes,)
    pressed
        Link through which new power reaches the limit, and how much of it is used.

    Notes
    -----
    A home further out shifts the voltage over more links, so taking it away helps most.
    """
    link, share = pressed
    if not np.isfinite(share):
        return [(link, 0.0)]
    excess_pu = shift_pu[branch.nodes[link]] * (1.0 - 1.0 / share)
    few = max(1.0, PROBE_FRACTION * float(through.max()))
    removed = 0.0
    capacities = []
    while link >= 0 and shift_pu[branch.nodes[link]] > 0:
        left = through[link] - removed
        if excess_pu > 0 and left <= few:
            # So few homes say nothing of the impedance; they give way, and the next link too.
            most = -1.0
        else:
            per_home_pu = _shift_per_home(branch, through, shift_pu, link)
            most = left - excess_pu / per_home_pu
            excess_pu -= left * per_home_pu if most < 0 else 0.0
        capacities.append((link, max(most, 0.0)))
        if most >= 0:
            break
        removed += left
        link = int(branch.parent[link])
    return capacities


def _shift_per_home(branch: Branch, through: Floats, shift_pu: Floats, link: int) -> float:
    """Shift at the end of a link by one home there, over every link on the way to it."""
    total = 0.0
    while link >= 0:
        above = int(branch.parent[link])
        shift_above = shift_pu[branch.nodes[above]] if above >= 0 else 0.0
        total += (shift_pu[branch.nodes[link]] - shift_above) / through[link]
        link = above
    return total


def flow_through(branch: Branch, placed: Floats) -> Floats:
    """Homes behind each link of a branch. Shape (branch, …), as what is placed."""
    through = placed.copy()
    for link in range(through.shape[0] - 1, -1, -1):
        if branch.parent[link] >= 0:
            through[branch.parent[link]] += through[link]
    return through


def _hardest_quarters(branch: Branch, question: Question, concerned: Flags) -> Ints:
    """Quarters of the highest linear loading on the way, and the one of the worst voltage."""
    state, capacities = question.limits.state, question.capacities
    nodes = branch.nodes
    through = room(branch, whole(capacities.exact[nodes]))
    per_home = (state.kva_per_kw * state.level_factor_unit)[nodes]
    level_kva = state.base_kva[nodes] + np.outer(through * per_home, state.unit_kw)
    peak = level_kva.argmax(axis=1)
    loading = level_kva[np.arange(nodes.size), peak] / np.maximum(state.limit_kva[nodes], TOLERANCE)
    cut = binding_links(branch, whole(capacities.exact[nodes]), through)
    named = largest_link(nodes[cut], question.tree, capacities.exact)
    # A substation may be full in a quarter that is nobody else's: its own is always tried.
    first = np.unique(capacities.quarter[np.append(nodes[branch.parent < 0], named)])
    order = np.argsort(-loading, kind="stable")
    wanted = np.concatenate([first[first >= 0], peak[order]])
    _, once = np.unique(wanted, return_index=True)
    full = np.unique(peak[loading >= FULL_FROM]).size
    most = max(QUARTERS_MOST, min(full, FULL_QUARTERS_MOST)) + first.size - 1
    chosen = wanted[np.sort(once)][:most]
    voltage_pu = question.limits.week.flows.voltage_pu[concerned]
    worst = (
        voltage_pu.min(axis=0).argmin()
        if question.capacities.direction == "load"
        else voltage_pu.max(axis=0).argmax()
    )
    return np.unique(np.append(chosen, worst))


def _extra(branch: Branch, placed: Floats, named: int) -> Floats:
    """Homes of the probe: in proportion, and at least one behind the named link."""
    total = placed.sum()
    extra = max(1.0, PROBE_FRACTION * total)
    behind = _behind(branch, named)
    inside, outside = placed * behind, placed * ~behind
    share = max(1.0, extra * inside.sum() / total) if total > 0 else 1.0
    if outside.sum() == 0:
        share = extra
    if inside.sum() == 0:
        inside = np.zeros(placed.size)
        inside[np.flatnonzero(behind & branch.site)[0]] = 1.0
    added: Floats = share * inside / inside.sum()
    if share < extra:
        added += (extra - share) * outside / outside.sum()
    return added


def _behind(branch: Branch, link: int) -> Flags:
    behind = np.zeros(branch.nodes.size, dtype=bool)
    behind[link] = True
    for below in range(link + 1, behind.size):
        behind[below] = branch.parent[below] >= 0 and behind[branch.parent[below]]
    return behind


def _broken(
    trial: Trial, tree: RadialTree, through: Floats, before: Floats, after: Floats
) -> list[int]:
    """Limits that new homes break, as far as they count."""
    concerned = np.tile(trial.concerned, 2)
    over = np.flatnonzero(concerned & (after > 1 + TOLERANCE).any(axis=1))
    return [
        limit
        for limit in over.tolist()
        if _counts(trial, before, limit, _charged_to(trial, tree, through, limit))
    ]


def _counts(trial: Trial, before: Floats, limit: int, link: int) -> bool:
    """Whether a limit is held against the homes that reach it through a link."""
    if link < 0:
        return False
    if not (before[limit] > 1 + TOLERANCE).any():
        return True
    is_voltage = limit >= before.shape[0] // 2
    return is_voltage and bool(trial.place.branch.site[link])


def _charged_to(trial: Trial, tree: RadialTree, through: Floats, limit: int) -> int:
    """Link of the branch through which new power reaches a limit; -1 when there is none."""
    node = limit % tree.parent.size
    nodes = trial.place.branch.nodes
    while node >= 0:
        found = np.flatnonzero(nodes == node)
        if found.size and through[found[0]] > 0:
            return int(found[0])
        node = int(tree.parent[node])
    return -1


def _used(before: Floats, after: Floats) -> Floats:
    """Share of what a limit had left that is used; infinite where nothing was left."""
    left, added = 1.0 - before, after - before
    nothing_left = np.where(added > TOLERANCE, np.inf, 0.0)
    return np.divide(added, left, out=nothing_left, where=left > 0)


def _own_limits(
    trial: Trial, through: Floats, used: Floats, question: Question
) -> tuple[Floats, Ints]:
    """Capacity of each link by its own limit: the linear one times linear over AC use."""
    state, nodes = question.limits.state, trial.place.branch.nodes
    per_home = (state.kva_per_kw * state.level_factor_unit)[nodes]
    base_kva = state.base_kva[nodes][:, trial.quarters].astype(np.float64)
    left_kva = state.limit_kva[nodes, None] - base_kva
    added_kva = np.outer(through * per_home, state.unit_kw[trial.quarters])
    linear = np.divide(added_kva, left_kva, out=np.zeros_like(left_kva), where=left_kva > 0)
    linear_used, ac_used = linear.max(axis=1), used[nodes].max(axis=1)
    known = (linear_used > 0) & (ac_used > 0) & np.isfinite(ac_used)
    ratio = np.divide(linear_used, ac_used, out=np.ones(nodes.size), where=known)
    return (
        np.where(known, question.capacities.exact[nodes] * ratio, trial.capacity),
        np.where(known, nodes, trial.charged),
    )


def _largest(trial: Trial, links: Ints, tree: RadialTree) -> int:
    """Position in the branch of the link with the largest capacity; -1 when there is none."""
    nodes = trial.place.branch.nodes
    exact = np.zeros(tree.parent.size)
    exact[nodes] = trial.capacity
    link = largest_link(nodes[links], tree, exact)
    return -1 if link < 0 else int(np.flatnonzero(nodes == link)[0])


def _collapsed(stress: Floats, tree: RadialTree) -> bool:
    """Whether a step has no solution: the voltages are missing."""
    return bool(np.isinf(stress[tree.parent.size :]).any())


def _halved(trial: Trial, placing: Placing, tree: RadialTree) -> Trial:
    """Halve what binds: the answer had no solution, its voltage collapses."""
    capacity, charged = trial.capacity.copy(), trial.charged.copy()
    cut = placing.binding
    capacity[cut] = capacity[cut] / 2.0
    charged[cut] = tree.parent.size + trial.place.branch.nodes[cut]
    return replace(trial, capacity=capacity, charged=charged)
