"""What was found in the shapes and chosen for the loads, as a table that a reader can follow."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd

from stroomstad.loads.almanac import HOURS_PER_WEEK, Clock, coldest_spell, monday
from stroomstad.loads.city_year import CityYear, city_power_kw, heat_pump_share, new_home_kw
from stroomstad.loads.published import TEMPERATURE, Published
from stroomstad.tables.city import FEED_IN_COLUMNS, LOAD_COLUMNS, City
from stroomstad.tables.parameters import Parameters
from stroomstad.units import HOURS_PER_QUARTER, QUARTERS_PER_WEEK

# Quantity, value, unit, and what it is in English and in Dutch.
Row = tuple[str, str, str, str, str]


def calibration_table(city: City, year: CityYear, parameters: Parameters) -> pd.DataFrame:
    """Tell how the loads came about.

    Returns
    -------
    ``quantity, value, unit, about, about_nl``, all of them text.
    """
    rows = [
        *_clock_rows(year.published),
        *_week_rows(year),
        *_home_rows(year, parameters),
        *_city_rows(city, year),
        *_shift_rows(year.published),
    ]
    return pd.DataFrame(rows, columns=["quantity", "value", "unit", "about", "about_nl"])


def _clock_rows(published: Published) -> list[Row]:
    household, solar = published.household, published.solar
    return [
        (
            "household_clock",
            str(household.clock),
            "",
            "clock of the load shapes: best fit of the household shape to the standard profile",
            "klok van de profielen: waar dat van huishoudens het standaardprofiel het best volgt",
        ),
        _row("household_lag_winter", household.winter_lag_hours, "h", "November to January",
             "november tot en met januari"),
        _row("household_lag_summer", household.summer_lag_hours, "h", "August and September",
             "augustus en september"),
        (
            "weather_clock",
            str(solar.clock),
            "",
            "clock of the weather-driven shapes, by the middle of the solar day",
            "klok van de profielen die het weer volgen, naar het midden van de zonnedag",
        ),
        _row("solar_lag_winter", solar.winter_lag_hours, "h", "December and January",
             "december en januari"),
        _row("solar_lag_summer", solar.summer_lag_hours, "h", "June and July", "juni en juli"),
    ]  # fmt: skip


def _week_rows(year: CityYear) -> list[Row]:
    axis = year.published.axis
    temperature_c = year.published.design[TEMPERATURE].to_numpy()
    spell = coldest_spell(temperature_c)
    first = axis.start + dt.timedelta(hours=spell)
    last = first + dt.timedelta(hours=HOURS_PER_WEEK - 1)
    mean_c = float(temperature_c[spell : spell + HOURS_PER_WEEK].mean())
    return [
        ("winter_week", monday(axis, year.winter).isoformat(), "date", "Monday of the winter week",
         "maandag van de winterweek"),
        ("summer_week", monday(axis, year.summer).isoformat(), "date", "Monday of the summer week",
         "maandag van de zomerweek"),
        (
            "cold_spell",
            f"{first:%Y-%m-%d %H:%M} – {last:%Y-%m-%d %H:%M}",
            "UTC",
            "coldest seven days of the design weather, on the calendar of the base year",
            "koudste zeven dagen van het ontwerpweer, op de kalender van het basisjaar",
        ),
        _row("cold_spell_temperature", mean_c, "C", "mean outdoor temperature of those seven days",
             "gemiddelde buitentemperatuur van die zeven dagen"),
        _row(
            "heat_scale",
            year.published.heat_scale,
            "1",
            "heating degree days of the design weather over those of the base year",
            "graaddagen van het ontwerpweer gedeeld door die van het basisjaar",
        ),
    ]  # fmt: skip


def _home_rows(year: CityYear, parameters: Parameters) -> list[Row]:
    before_kw, after_kw = year.home_peaks_kw
    home_kw = new_home_kw(year.base, year.home_mix)
    new_home_kwh = float(home_kw.sum()) * HOURS_PER_QUARTER
    return [
        _row("sharpening_exponent", year.exponent, "1",
             "power to which the household shape is raised",
             "macht waartoe het profiel van huishoudens is verheven"),
        _row("home_peak_before", before_kw, "kW/home",
             "average existing home, shapes as published",
             "gemiddelde bestaande woning, profielen zoals gepubliceerd"),
        _row("home_peak_after", after_kw, "kW/home", "average existing home, shapes sharpened",
             "gemiddelde bestaande woning, profielen aangescherpt"),
        _row("new_home_peak", parameters.value("new_home_peak_kw"), "kW/home",
             "new home, winter week", "nieuwe woning, winterweek"),
        _row("new_home_heat_share", heat_pump_share(parameters), "1", "of that peak, from heating",
             "deel van die piek dat van verwarming komt"),
        _row("new_home_energy", new_home_kwh, "kWh/year", "new home, weather of the base year",
             "nieuwe woning, weer van het basisjaar"),
        _row("solar_full_load_hours", parameters.value("solar_full_load_hours"), "h/year",
             "yield of new roof panels; sun of the base year and of the design year alike",
             "opbrengst van nieuwe panelen; zon van basisjaar en ontwerpjaar gelijk"),
    ]  # fmt: skip


def _city_rows(city: City, year: CityYear) -> list[Row]:
    winter = slice(year.winter, year.winter + QUARTERS_PER_WEEK)
    summer = slice(year.summer, year.summer + QUARTERS_PER_WEEK)
    load_kw = city_power_kw(city, year.design, LOAD_COLUMNS)[winter]
    net_kw = (
        city_power_kw(city, year.base, FEED_IN_COLUMNS)
        - city_power_kw(city, year.base, LOAD_COLUMNS)
    )[summer]
    return [
        _row("city_load_max", float(load_kw.max()) / 1000, "MW", "highest city load, winter week",
             "hoogste belasting van de stad, winterweek"),
        _row("city_net_feed_in_max", float(net_kw.max()) / 1000, "MW", "highest, summer week",
             "hoogste, zomerweek"),
    ]  # fmt: skip


def _shift_rows(published: Published) -> list[Row]:
    return [
        _row(
            f"summer_shift_{name}",
            shift,
            "h",
            f"July working day against January's; taken as {published.clocks[name]}",
            f"werkdag in juli tegen die in januari; gelezen als {_dutch(published.clocks[name])}",
        )
        for name, shift in sorted(published.shifts_hours.items())
    ]


def _dutch(clock: Clock) -> str:
    kind = "met Nederlandse zomertijd" if clock.summer_time else "het hele jaar"
    return f"UTC{clock.offset_hours:+d} {kind}"


def _row(quantity: str, value: float, unit: str, about: str, about_nl: str) -> Row:
    return quantity, "" if math.isnan(value) else f"{value:.4g}", unit, about, about_nl
