from tiny import make_grid

from stroomstad.tables.geometry import as_lines, as_points


def test_a_station_is_a_point_in_the_national_grid():
    points = as_points(make_grid().stations)
    assert points.crs.to_epsg() == 28992
    assert points.geometry.iloc[1].coords[:] == [(1600.0, 0.0)]


def test_a_cable_runs_straight_between_its_nodes():
    grid = make_grid()
    lines = as_lines(grid.cables, grid.nodes).set_index("cable_id")
    assert lines.geometry["M2"].coords[:] == [(800.0, 0.0), (1600.0, 0.0)]
    assert lines["length_m"].tolist() == grid.cables["length_m"].tolist()
