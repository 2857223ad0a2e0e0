"""The colours of the whole product: one for each class and each model, on every page and chart.

Okabe and Ito's (2008), told apart by colour-blind readers on light and on dark ground; without
yellow and black, which vanish on one of the two. Vermilion is a little darker than theirs, so that
white letters on it can be read.
"""

NORMAL, PNEUMONIA = "#0072B2", "#C25100"
CLASS_COLOURS = {"normal": NORMAL, "pneumonia": PNEUMONIA}

# The first two belong to shipped models for ever; see `xray_core.comparison.style`.
MODEL_COLOURS = ("#009E73", "#CC79A7", "#56B4E9", "#E69F00", NORMAL, PNEUMONIA)

NEUTRAL = "#8a9199"  # what is no class and no model: guessing, reported figures, the ideal
