"""Run Almere, and say where the most homes still fit and what binds there."""

from stroomstad.run import default_city, run_city
from stroomstad.store import load_run

run = load_run(run_city(default_city()))
room = run.tables["room"].query("direction == 'load' and case == 'mid'")
print(room.nlargest(5, "room")[["area_name", "room", "binding_kind", "binding_at"]])
