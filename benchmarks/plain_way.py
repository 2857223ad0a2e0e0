"""What most people would write: Keras predict, tf-keras-vis Grad-CAM, an OpenCV overlay.

The lung outline is handed in ready-made, which spares the plain way a second network: the
comparison is kinder to it than to ours.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

_INPUT_SIZE = 224


def load_plain_way(model_id: str, lungs: np.ndarray) -> Callable[[bytes], np.ndarray]:
    """Return a function from a file's bytes to an overlay, uint8 (H, W, 3).

    Args:
        model_id: a published classifier that pools over the lungs.
        lungs: bool (224, 224), taken for every picture.
    """
    from tf_keras_vis.gradcam import Gradcam

    from xray_core.training.networks import load_keras_network

    model = load_keras_network(model_id)
    gradcam = Gradcam(model, clone=True)
    weights = lungs.astype(np.float32)

    def explain(data: bytes) -> np.ndarray:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
        if picture is None:
            raise ValueError("Expected a picture that OpenCV reads.")
        small = cv2.resize(picture, (_INPUT_SIZE, _INPUT_SIZE)).astype(np.float32) / 255
        batch = np.stack([small * weights, weights], axis=-1)[np.newaxis]
        model.predict(batch, verbose=0)
        heat = gradcam(
            lambda output: output[:, 0],
            batch,
            penultimate_layer="evidence_map",
            seek_penultimate_conv_layer=False,
        )[0]
        enlarged = cv2.resize(np.asarray(heat, np.float32), picture.shape[::-1])
        colours = cv2.applyColorMap((enlarged * 255).astype(np.uint8), cv2.COLORMAP_JET)
        return cv2.addWeighted(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), 0.6, colours, 0.4, 0)

    return explain


if __name__ == "__main__":
    model_id, mask_file, picture_file, overlay_file = sys.argv[1:]
    overlay = load_plain_way(model_id, np.load(mask_file))(Path(picture_file).read_bytes())
    cv2.imwrite(overlay_file, overlay)
