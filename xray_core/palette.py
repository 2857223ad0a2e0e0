"""The colours of the whole product: one for each class and each model, on every page and chart.

The first are Okabe and Ito's (2008), without yellow and black, which vanish on light or on dark
ground, and with a vermilion a little darker than theirs, so that white letters on it can be read.
The others were chosen for their distance from those to normal and to colour-blind eyes.
"""

NORMAL, PNEUMONIA = "#0072B2", "#C25100"
CLASS_COLOURS = {"normal": NORMAL, "pneumonia": PNEUMONIA}

# The first two belong to shipped models for ever; see `xray_core.comparison.style`.
MODEL_COLOURS = ("#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7826FF", "#007364")

ACCENT = "#7F7FFF"  # what a chart is about when that is no class and no finished model
NEUTRAL = "#767C84"  # what it is held against: guessing, reported figures, the ideal
OTHER_COLOURS = (ACCENT, "#53A653", NEUTRAL)  # labels of other people's data sets
