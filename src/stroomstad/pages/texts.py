"""Texts about projects that more than one page says, in both languages."""

from __future__ import annotations

from stroomstad.tables.words import Words

# Whether a project fits: homes in part too, a connection whole or not.
HOMES_FIT = {
    "middle": Words("ja, in het middelste geval: {what}{when} passen helemaal op het lokale net; "
                    "als alles tegenzit: {low}",
                    "yes, in the middle case: {what}{when} fit in full on the local grid; with "
                    "everything against: {low}"),
    "yes": Words("ja: {what}{when} passen helemaal op het lokale net",
                 "yes: {what}{when} fit in full on the local grid"),
    "partly": Words("deels: van de {what}{when} passen er {some} op het lokale net ({corners})",
                    "partly: of the {what}{when} {some} fit on the local grid "
                    "({corners})"),
    "no": Words("nee: {what}{when} passen niet op het lokale net",
                "no: {what}{when} do not fit on the local grid"),
}  # fmt: skip

CONNECTION_FITS = {
    "middle": Words("ja, in het middelste geval: {what}{when} past helemaal op het lokale net; als "
                    "alles tegenzit: {low} kW",
                    "yes, in the middle case: {what}{when} fits in full on the local grid; with "
                    "everything against: {low} kW"),
    "yes": Words("ja: {what}{when} past helemaal op het lokale net",
                 "yes: {what}{when} fits in full on the local grid"),
    "partly": Words("nee, niet geheel: van de {what}{when} past {some} kW op het lokale net "
                    "({corners}), en er is niets gereserveerd",
                    "no, not whole: of the {what}{when} {some} kW fits on the local grid "
                    "({corners}), and nothing is reserved"),
    "no": Words("nee: {what}{when} past niet op het lokale net",
                "no: {what}{when} does not fit on the local grid"),
}  # fmt: skip

# By how the power per home with which all fits lies beside the band that is taken for such homes.
PROMISES = {
    "below": Words(
        "Alles past in het gevraagde jaar pas bij {kw} kW per woning: lager dan het laagste dat "
        "voor dit soort woningen wordt aangehouden. Zuiniger bouwen alleen is dus niet genoeg.",
        "All fits in the year asked only at {kw} kW per home: below the lowest that is taken for "
        "this kind of home. Thriftier building alone is not enough.",
    ),
    "above": Words(
        "Met hoogstens {kw} kW per woning past alles in het gevraagde jaar; dat laat ruimte "
        "boven het midden.",
        "With at most {kw} kW per home all fits in the year asked; that leaves room above the "
        "middle.",
    ),
    "within": Words(
        "Wie hoogstens {kw} kW per woning belooft, past helemaal in het gevraagde jaar. Dat is "
        "zuiniger dan het midden, en haalbaar: niet lager dan laag.",
        "Whoever promises at most {kw} kW per home fits in full in the year asked. That is "
        "thriftier than the middle, and feasible: not below low.",
    ),
}

# What stands below the table of projects.
PROJECTS_NOTE = Words(
    "Volgorde: de wettelijke rangorde, dan de datum van de aanvraag. Tussen haakjes: alles "
    "ongunstig – alles gunstig. Een aansluiting past heel of niet; past zij niet, dan is er niets "
    "voor gereserveerd. Het tekort is dat van de hele verbinding, met iedereen die erop zit. De "
    "regio staat apart: zij beperkt boven het net van de stad.",
    "Order: the legal priority, then the date of request. In brackets: everything against – "
    "everything in favour. A connection fits whole or not; where it does not, nothing is reserved "
    "for it. The shortage is that of the whole link, with all who are on it. The region stands "
    "apart: it limits above the grid of the city.",
)

ALL_FROM = {
    "checked": Words(
        "Bevestigd is met een netberekening, en 'alles past vanaf' is het jaar waarin die alles "
        "bevestigt dat tot dan gevraagd is, en daarna.",
        "Confirmed is by a power flow, and 'all fits from' is the year in which that confirms all "
        "that is asked by then, and after.",
    ),
    "linear": Words(
        "'Alles past vanaf' is het antwoord van het lineaire model; er is niet nagerekend.",
        "'All fits from' is the answer of the linear model; nothing was checked.",
    ),
}
