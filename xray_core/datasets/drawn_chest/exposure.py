"""The picture that beam, detector and processing make of densities."""

import numpy as np

from xray_core.datasets.drawn_chest.frame import Frame, blur_layer


def expose(rng: np.random.Generator, frame: Frame, density: np.ndarray) -> np.ndarray:
    """Return the picture, float32 (H, W) up to about 1, that a detector makes of the densities."""
    height = frame.shape[0]
    sharp = blur_layer(density, rng.uniform(0.2, 0.8) * height / 512)
    veiled = _scatter(frame, sharp, rng.uniform(0.0, 0.3))
    # Makers' software evens out large differences, so that ribs show over liver and lung alike.
    local = veiled + rng.uniform(0.3, 0.8) * (veiled - frame.soften(veiled, 0.16))
    local += rng.uniform(0.5, 0.9) * (veiled - frame.soften(veiled, 0.02))
    black, white = rng.uniform(0.05, 0.09), float(np.percentile(local[::8, ::8], 99.5))
    grey = np.clip((local - black) / (white - black), 0, 1.2) ** rng.uniform(0.68, 0.95)
    grey *= rng.uniform(0.77, 0.93)
    grey += _draw_noise(rng, frame, density)
    bright = grey > 0.8  # film and screens saturate slowly
    grey[bright] = 0.8 + 0.2 * np.tanh((grey[bright] - 0.8) / 0.2)
    return (grey + 0.02).astype(np.float32)


def _scatter(frame: Frame, density: np.ndarray, share: float) -> np.ndarray:
    """Veil what lies in thick parts: more of what reaches the film behind them is scattered."""
    around = frame.soften(density, 0.07)
    thick = np.clip((around - 0.55) / 0.3, 0, 1)
    return around + (density - around) * (1 - share * thick)


def _draw_noise(rng: np.random.Generator, frame: Frame, density: np.ndarray) -> np.ndarray:
    """Grain: fewer quanta get through thick parts, so they are noisier."""
    height = frame.shape[0]
    # A stream of its own: else the size would decide what is drawn after it.
    noise = rng.spawn(1)[0].standard_normal(frame.shape, np.float32)
    grain = 0.6 * noise + 1.2 * blur_layer(noise, height / 512)
    return rng.uniform(0.002, 0.006) * (0.6 + np.clip(density, 0, 1)) * grain
