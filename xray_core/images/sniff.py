"""What kind of file some bytes are, told without the libraries that read it."""

# The first element of a data set without preamble: file meta (0002,0000), or group 0008, which
# every image has, in little endian (elements 0000 to 0018) or big endian, then a value type or a
# small length.
_BARE_META = b"\x02\0\0\0UL\x04\0"
_LOW_ELEMENTS = frozenset({b"\0", b"\x01", b"\x05", b"\x08", b"\x12", b"\x13", b"\x16", b"\x18"})
_FIRST_VALUE_TYPES = frozenset({b"UL", b"CS", b"DA", b"TM", b"UI"})


def is_dicom(data: bytes) -> bool:
    """Return whether the bytes plainly are DICOM, with or without the 128-byte preamble.

    >>> is_dicom(bytes(128) + b"DICM"), is_dicom(b"<html>")
    (True, False)
    """
    if data[128:132] == b"DICM" or data.startswith(_BARE_META):
        return True
    if data.startswith(b"\0\x08\0") and data[3:4] in _LOW_ELEMENTS:
        return data[4:6] in _FIRST_VALUE_TYPES  # big endian is always explicit
    if not data.startswith(b"\x08\0") or data[3:4] != b"\0" or data[2:3] not in _LOW_ELEMENTS:
        return False
    length = int.from_bytes(data[4:8], "little")
    return data[4:6] in _FIRST_VALUE_TYPES or (0 < length <= 64 and length % 2 == 0)
