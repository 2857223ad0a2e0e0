"""What a clinician read before the answer appeared, and what they made of the answer.

No patient data: a picture is known by its hash alone, and nothing here is ever written.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, get_args

import pandas as pd
import plotly.graph_objects as go

from xray_core.palette import ACCENT

Impression = Literal["normal", "pneumonia", "unsure"]
Judgement = Literal["agree", "correct", "reject"]
IMPRESSIONS: tuple[Impression, ...] = get_args(Impression)
JUDGEMENTS: tuple[Judgement, ...] = get_args(Judgement)


@dataclass(frozen=True)
class Commitment:
    """What a clinician committed to before the answer appeared.

    Attributes:
        impression: what the X-ray shows.
        zones: of `ZONE_NAMES`, where; empty unless it shows pneumonia.
    """

    impression: Impression
    zones: tuple[str, ...]


@dataclass(frozen=True)
class LoggedReading:
    """One X-ray that was read first and answered then.

    Attributes:
        time: when the reading was committed to, in the server's time zone.
        image_sha256: of the file; it tells whether two entries are about the same picture.
        reading, reading_zones: what the clinician said first.
        model_id: who answered.
        verdict, probability: what was answered.
        verdict_zones: that hold most of the evidence, the strongest first.
        judgement: what the clinician made of the answer; None until they said.
        note: typed by the clinician.
    """

    time: datetime
    image_sha256: str
    reading: Impression
    reading_zones: tuple[str, ...]
    model_id: str
    verdict: str
    probability: float
    verdict_zones: tuple[str, ...]
    judgement: Judgement | None = None
    note: str = ""

    @property
    def agrees(self) -> bool | None:
        """Whether both said the same; None where one of them would not say."""
        if self.reading == "unsure" or self.verdict not in IMPRESSIONS:
            return None
        return self.reading == self.verdict


def tabulate_log(log: Sequence[LoggedReading]) -> pd.DataFrame:
    """Return one row for each entry, with `agreement`: yes, no, or empty where one was unsure."""
    rows = []
    for entry in log:
        row = asdict(entry)
        row["time"] = entry.time.isoformat(timespec="seconds")
        row["reading_zones"] = ", ".join(entry.reading_zones)
        row["verdict_zones"] = ", ".join(entry.verdict_zones)
        row["probability"] = round(entry.probability, 4)
        row["judgement"] = entry.judgement or ""
        row["agreement"] = {True: "yes", False: "no", None: ""}[entry.agrees]
        rows.append(row)
    return pd.DataFrame(rows)


def for_spreadsheets(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of a log with notes that no spreadsheet takes for a formula.

    Source: OWASP, CSV Injection.
    """
    formulas = table["note"].str.startswith(("=", "+", "-", "@"))
    return table.assign(note=table["note"].where(~formulas, "'" + table["note"]))


def describe_agreement(log: Sequence[LoggedReading]) -> str:
    """Return how often reader and model agreed, as a sentence."""
    told = [entry.agrees for entry in log if entry.agrees is not None]
    open_ones = len(log) - len(told)
    left = f" {open_ones} more without a clear answer of both." if open_ones else ""
    if not told:
        return f"No X-ray yet with a clear answer of both.{left}"
    return f"You and the model agreed on {sum(told)} of {len(told)} X-rays.{left}"


def draw_agreement(log: Sequence[LoggedReading]) -> go.Figure:
    """Return the share of agreement so far after each X-ray with a clear answer of both."""
    told = pd.Series([entry.agrees for entry in log if entry.agrees is not None], dtype=float)
    figure = go.Figure()
    figure.add_scatter(
        x=list(range(1, len(told) + 1)),
        y=100 * told.expanding().mean(),
        mode="lines+markers",
        line={"color": ACCENT},
        hovertemplate="After %{x} X-rays: %{y:.0f} %<extra></extra>",
    )
    figure.update_xaxes(title="X-rays with a clear answer of both", nticks=min(10, len(told) + 1))
    figure.update_yaxes(title="Agreement so far", range=[0, 105], ticksuffix=" %")
    return figure.update_layout(height=260, margin={"l": 10, "r": 10, "t": 10, "b": 10})
