"""Read the arrays of a PyTorch checkpoint without PyTorch and without running code from it."""

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import numpy as np

_DTYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
_HEADER_PICKLES = 3  # magic number, protocol version, system information


class _Storage:
    """The name of a block of numbers, which follow the pickles in the file."""

    def __init__(self, key: str, dtype: np.dtype[Any]) -> None:
        self.key, self.dtype = key, dtype


class _Tensor:
    """Where a tensor lies inside its storage."""

    def __init__(
        self,
        storage: _Storage,
        offset: int,
        shape: tuple[int, ...],
        strides: tuple[int, ...],
        *_rest: object,
    ) -> None:
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides


class _ArraysOnly(pickle.Unpickler):
    """An unpickler that knows tensors and dictionaries and refuses every other name."""

    _known: ClassVar[dict[tuple[str, str], Any]] = {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _Tensor,
        **{("torch", name): dtype for name, dtype in _DTYPES.items()},
    }

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self._known[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"Expected a checkpoint of plain tensors, found {module}.{name}."
            ) from None

    def persistent_load(self, pid: Any) -> _Storage:
        _kind, dtype, key, _device, _count, *_rest = pid
        return _Storage(key, dtype)


def read_torch_checkpoint(path: Path) -> dict[str, np.ndarray]:
    """Return the named arrays of a checkpoint in PyTorch's format from before 1.6.

    Args:
        path: a ``.pth`` file that holds one state dictionary.

    Returns:
        Parameter name to array, contiguous, in the file's order.

    Raises:
        pickle.UnpicklingError: the file names anything but tensors.
    """
    with path.open("rb") as file:
        for _ in range(_HEADER_PICKLES):
            _ArraysOnly(file).load()
        tensors: dict[str, _Tensor] = _ArraysOnly(file).load()
        keys: list[str] = _ArraysOnly(file).load()
        dtypes = {tensor.storage.key: tensor.storage.dtype for tensor in tensors.values()}
        blocks = {key: _read_block(file, dtypes[key]) for key in keys}
    return {name: _cut(tensor, blocks[tensor.storage.key]) for name, tensor in tensors.items()}


def _read_block(file: BinaryIO, dtype: np.dtype[Any]) -> np.ndarray:
    count = int.from_bytes(file.read(8), "little")
    return np.frombuffer(file.read(count * dtype.itemsize), dtype)


def _cut(tensor: _Tensor, block: np.ndarray) -> np.ndarray:
    # The strides matter: tensors that came from TensorFlow are stored in its order of axes.
    strides = [step * block.itemsize for step in tensor.strides]
    view = np.lib.stride_tricks.as_strided(block[tensor.offset :], tensor.shape, strides)
    return np.ascontiguousarray(view)
