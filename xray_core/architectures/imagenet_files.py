"""Whether the ImageNet weights that Keras downloads can be had here; needs no TensorFlow."""

import os
import threading
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from xray_core.errors import InvalidConfigError

_ADDRESS = "https://storage.googleapis.com"
_ANSWER_SECONDS = 3.0

# As keras.applications names them without the layers on top.
_FILES = {
    "vgg19": "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "inceptionv3": "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "densenet121": "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "mobilenetv3": "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
    "convnext-tiny": "convnext_tiny_notop.h5",
}


def require_imagenet(name: str) -> None:
    """Return if a network's ImageNet weights lie here, or their server answers within seconds.

    Args:
        name: in the catalog, of a network whose weights are downloaded.

    Raises:
        InvalidConfigError: neither; a run would only find out after it began.
    """
    if (_keras_folder() / "models" / _FILES[name]).exists() or _answers(_ADDRESS):
        return
    raise InvalidConfigError(
        f"initial_weights: the ImageNet weights of {name} are not on this machine yet, and "
        f"{_ADDRESS.partition('//')[2]} does not answer. Choose random, or connect to the internet "
        f"once."
    )


def _keras_folder() -> Path:
    """Return where Keras keeps its downloads."""
    home = Path.home() if os.access(Path.home(), os.W_OK) else Path("/tmp")
    return Path(os.environ.get("KERAS_HOME", home / ".keras"))


def _answers(address: str) -> bool:
    """Return whether a server says anything, if only that it refuses."""
    heard = threading.Event()

    def ask() -> None:
        try:
            urlopen(Request(address, method="HEAD"), timeout=_ANSWER_SECONDS).close()
        except HTTPError:
            pass
        except OSError:
            return
        heard.set()

    # In a thread, since without internet it may take long until no address is found for a name.
    asker = threading.Thread(target=ask, daemon=True)
    asker.start()
    asker.join(_ANSWER_SECONDS)
    return heard.is_set()
