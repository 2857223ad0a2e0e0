"""Small X-ray files of every kind, drawn and encoded here, for the tests of decoding."""

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import pydicom.data
from PIL import Image
from pydicom import uid
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate

from xray_core.images.decode import decode_xray
from xray_core.images.xray import XRay

# pydicom's wheel carries a few small files; they hold the codecs for which nobody ships an encoder.
PYDICOM_FILES = Path(pydicom.data.__file__).parent / "test_files"

PATIENT = "Zyxwvut^Distinctive"


def draw_chest(height: int = 96, width: int = 80) -> np.ndarray:
    """A chest of ellipses, uint8: air and lungs dark, body, spine and diaphragm bright."""
    canvas: np.ndarray = np.full((96, 80), 8, np.uint8)
    cv2.ellipse(canvas, (40, 60), (36, 58), 0, 0, 360, 120, -1)
    for x in (24, 56):
        cv2.ellipse(canvas, (x, 44), (11, 28), 0, 0, 360, 45, -1)
    cv2.rectangle(canvas, (36, 0), (44, 95), 200, -1)
    cv2.ellipse(canvas, (40, 92), (34, 24), 0, 0, 360, 225, -1)
    canvas = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)
    noise = np.random.default_rng(7).integers(-4, 5, canvas.shape)
    return np.clip(canvas.astype(int) + noise, 0, 255).astype(np.uint8)


def draw_deep(bits: int = 12) -> np.ndarray:
    """The same chest with more bits, uint16."""
    fine = np.random.default_rng(8).integers(0, 2 ** (bits - 8), (96, 80))
    return (draw_chest().astype(np.uint16) * 2 ** (bits - 8) + fine).astype(np.uint16)


def save_picture(pixels: np.ndarray | Image.Image, file_format: str, **options: Any) -> bytes:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


def make_dataset(pixels: np.ndarray, syntax: str = uid.ExplicitVRLittleEndian) -> FileDataset:
    """A DICOM data set with a patient in it; further tags can be set on what comes back."""
    order: Literal["<", ">"] = ">" if syntax == uid.ExplicitVRBigEndian else "<"
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = uid.UID(syntax)
    meta.MediaStorageSOPClassUID = uid.ComputedRadiographyImageStorage
    meta.MediaStorageSOPInstanceUID = uid.UID("1.2.3.4")
    dataset = FileDataset("", Dataset(), file_meta=meta, preamble=bytes(128))
    dataset.set_original_encoding(meta.TransferSyntaxUID.is_implicit_VR, order == "<")
    dataset.SOPClassUID, dataset.SOPInstanceUID = meta.MediaStorageSOPClassUID, uid.UID("1.2.3.4")
    dataset.Modality, dataset.PatientName, dataset.PatientID = "CR", PATIENT, PATIENT
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel = 1 if pixels.ndim == 2 else 3
    dataset.PhotometricInterpretation = "MONOCHROME2" if pixels.ndim == 2 else "RGB"
    if pixels.ndim == 3:
        dataset.PlanarConfiguration = 0
    bits = pixels.dtype.itemsize * 8
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    dataset.PixelData = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    dataset["PixelData"].VR = "OB" if bits == 8 else "OW"
    return dataset


def save_dicom(dataset: FileDataset) -> bytes:
    stream = io.BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def wrap_frame(pixels: np.ndarray, frame: bytes, syntax: str, bits: int) -> FileDataset:
    """A data set whose pixels are one compressed frame."""
    dataset = make_dataset(pixels, syntax)
    dataset.BitsStored, dataset.HighBit = bits, bits - 1
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return dataset


def compress(pixels: np.ndarray, syntax: str) -> FileDataset:
    dataset = make_dataset(pixels)
    dataset.compress(syntax, generate_instance_uid=False)
    return dataset


def encode_jpeg_lossless(pixels: np.ndarray) -> bytes:
    """JPEG process 14, selection value 1: each pixel minus the one before, Huffman-coded."""
    height, width = pixels.shape
    bits = pixels.dtype.itemsize * 8
    values = pixels.astype(np.int64)
    before = np.empty_like(values)
    before[:, 1:] = values[:, :-1]
    before[1:, 0] = values[:-1, 0]
    before[0, 0] = 2 ** (bits - 1)
    differences = (values - before + 32767) % 65536 - 32767  # modulo 2 ** 16 at any depth
    coded = "".join(_code_difference(int(each)) for each in differences.ravel())
    coded += "1" * (-len(coded) % 8)
    body = int(coded, 2).to_bytes(len(coded) // 8, "big").replace(b"\xff", b"\xff\0")
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    frame = b"\xff\xc3\0\x0b" + bytes([bits]) + size + b"\x01\x01\x11\0"
    counts = bytes([0, 0, 0, 0, 17]) + bytes(11)  # seventeen codes of five bits each
    table = b"\xff\xc4" + (2 + 1 + 16 + 17).to_bytes(2, "big") + b"\0" + counts + bytes(range(17))
    return b"\xff\xd8" + frame + table + b"\xff\xda\0\x08\x01\x01\0\x01\0\0" + body + b"\xff\xd9"


def _code_difference(difference: int) -> str:
    size = abs(difference).bit_length()
    extra = difference if difference >= 0 else difference + 2**size - 1
    # Size 16 stands for 32768 alone and needs no further bits.
    return f"{size:05b}" + (f"{extra:0{size}b}" if 0 < size < 16 else "")


@cache
def picture_files() -> dict[str, bytes]:
    """One small file of every picture format and mode."""
    grey, deep = draw_chest(), draw_deep(16)
    colour = np.dstack([grey, grey, grey])
    alpha = Image.fromarray(np.dstack([colour, np.full_like(grey, 200)]))
    return {
        "grey.jpg": save_picture(grey, "JPEG"),
        "progressive.jpg": save_picture(colour, "JPEG", progressive=True),
        "grey.png": save_picture(grey, "PNG"),
        "deep.png": save_picture(deep, "PNG"),
        "palette.png": save_picture(Image.fromarray(colour).quantize(64), "PNG"),
        "alpha.png": save_picture(alpha, "PNG"),
        "grey.tif": save_picture(grey, "TIFF"),
        "deep.tif": save_picture(deep, "TIFF", compression="tiff_adobe_deflate"),
        "lzw.tif": save_picture(colour, "TIFF", compression="tiff_lzw"),
        "lossless.webp": save_picture(colour, "WebP", lossless=True),
        "lossy.webp": save_picture(alpha, "WebP"),
        "grey.bmp": save_picture(grey, "BMP"),
        "grey.gif": save_picture(grey, "GIF"),
    }


@cache
def dicom_files() -> dict[str, bytes]:
    """One small file of every transfer syntax that can be had."""
    grey, deep = draw_chest(), draw_deep(16)
    native = {
        "implicit": uid.ImplicitVRLittleEndian,
        "explicit": uid.ExplicitVRLittleEndian,
        "big": uid.ExplicitVRBigEndian,
        "deflated": uid.DeflatedExplicitVRLittleEndian,
    }
    files = {name: save_dicom(make_dataset(deep, syntax)) for name, syntax in native.items()}
    jpeg, lossless = save_picture(grey, "JPEG"), encode_jpeg_lossless(deep)
    files |= {
        "baseline": save_dicom(wrap_frame(grey, jpeg, uid.JPEGBaseline8Bit, 8)),
        "lossless": save_dicom(wrap_frame(deep, lossless, uid.JPEGLosslessSV1, 16)),
        "jpeg2000": save_dicom(compress(deep, uid.JPEG2000Lossless)),
        "rle": save_dicom(compress(deep, uid.RLELossless)),
        "bare": save_dicom(make_dataset(grey))[132:],
    }
    for name in ("MR_small_jpeg_ls_lossless", "JPGExtended", "examples_jpeg2k"):
        files[name] = (PYDICOM_FILES / f"{name}.dcm").read_bytes()
    return files


def decode_with(change: Callable[[FileDataset], object], pixels: np.ndarray) -> XRay:
    """The X-ray in an uncompressed DICOM file after a change to its data set."""
    dataset = make_dataset(pixels)
    change(dataset)
    return decode_xray(save_dicom(dataset), "drawn.dcm")
