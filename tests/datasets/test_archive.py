"""Zips from anywhere: what comes out, and that nothing else does."""

import errno
import io
import random
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from xray_core.datasets import archive, archive_limits, archive_members, archive_read
from xray_core.datasets.archive import unpack_zip
from xray_core.errors import DatasetError, StoppedError

CENTRAL, LOCAL = b"PK\1\2", b"PK\3\4"
NOISE = random.Random(0).randbytes(4096)  # packs as badly as a JPEG


def pack(*members, method=zipfile.ZIP_DEFLATED):
    """A zip of (name or ZipInfo, contents); later members may repeat a name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as target:
        for name, data in members:
            target.NameToInfo.clear()  # else a repeated name is a warning
            info = name if isinstance(name, zipfile.ZipInfo) else named(name)
            info.compress_type = method
            target.writestr(info, data)
    return buffer.getvalue()


def named(name):
    info = zipfile.ZipInfo("placeholder")
    info.filename = name  # untidied
    return info


def patch(data, offset, layout, value, central=True, local=True):
    """Overwrite a field of every header; offsets are those of the table of contents."""
    data = bytearray(data)
    for mark, shift, wanted in ((CENTRAL, 0, central), (LOCAL, -2, local)):
        start = data.find(mark)
        while wanted and start >= 0:
            struct.pack_into(layout, data, start + offset + shift, value)
            start = data.find(mark, start + 4)
    return bytes(data)


FLAGS, CRC, PACKED_SIZE, SIZE, HEADER_OFFSET = 8, 16, 20, 24, 42


def unpack(data, folder, **options):
    return unpack_zip(io.BytesIO(data), folder, **options)


def attempt(data, folder):
    """What came out and "", or nothing and why; anything but a DatasetError passes through."""
    try:
        return unpack(data, folder), ""
    except DatasetError as error:
        return None, str(error)


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def inbox(tmp_path):
    """A folder of its own, so that whatever else appears beside the target is noticed."""
    folder = tmp_path / "outer" / "inbox"
    folder.mkdir(parents=True)
    yield folder
    everything = {path.relative_to(tmp_path).parts[:3] for path in tmp_path.rglob("*")}
    assert everything <= {("outer",), ("outer", "inbox"), ("outer", "inbox", "data")}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_pictures_come_out_in_their_folders(inbox, method):
    data = pack(("x/NORMAL/a.jpeg", NOISE), ("x/PNEUMONIA/b.PNG", b"b"), method=method)
    told = []
    result = unpack(data, inbox / "data", on_progress=lambda *progress: told.append(progress))
    assert contents(inbox / "data") == {"x/NORMAL/a.jpeg": NOISE, "x/PNEUMONIA/b.PNG": b"b"}
    assert (result.folder, result.files, result.skipped) == (inbox / "data", 2, ())
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_a_path_is_read_like_a_stream(inbox, tmp_path):
    path = tmp_path / "outer" / "inbox" / "data.zip"
    path.write_bytes(pack(("a.png", b"a")))
    assert unpack_zip(path, inbox / "data").files == 1
    path.unlink()


def test_files_without_a_suffix_may_be_dicom(inbox):
    names = ["study/IM0001", "1.2.840.113619.2.55", "series.1/0001"]
    unpack(pack(*((name, b"x") for name in names)), inbox / "data")
    assert sorted(contents(inbox / "data")) == sorted(names)


def test_empty_files_are_written_for_the_index_to_report(inbox):
    unpack(pack(("NORMAL/a.png", b"")), inbox / "data")
    assert contents(inbox / "data") == {"NORMAL/a.png": b""}


def test_other_files_are_named_and_system_files_are_not(inbox):
    junk = ["__MACOSX/._a.png", ".DS_Store", "x/._b.png", "x/Thumbs.db", "Desktop.ini", "x/", "y\\"]
    data = pack(
        *((name, b"") for name in junk), ("a.png", b"a"), ("notes.txt", b"n"), ("b.zip", b"PK")
    )
    result = unpack(data, inbox / "data")
    assert list(contents(inbox / "data")) == ["a.png"]
    assert [name for name, _ in result.skipped] == ["notes.txt", "b.zip"]
    assert "archive inside the zip" in result.skipped[1][1]
    assert result.skipped_count == 2


def test_the_list_of_skipped_files_is_bounded(inbox, monkeypatch):
    monkeypatch.setattr(archive_members, "MAX_SKIPPED_NAMES", 3)
    data = pack(("a.png", b"a"), *((f"{i}.txt", b"") for i in range(5)))
    result = unpack(data, inbox / "data")
    assert (len(result.skipped), result.skipped_count) == (3, 5)


@pytest.mark.parametrize(
    "name",
    ["../a.png", "x/../../a.png", "..\\..\\a.png", "x\\..\\a.png", "/../a.png", "C:\\..\\a.png"],
)
def test_a_path_that_leads_upwards_is_not_followed(inbox, name):
    result = unpack(pack((name, b"evil"), ("good.png", b"")), inbox / "data")
    assert contents(inbox / "data") == {"good.png": b""}
    assert "leads out" in result.skipped[0][1]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("/etc/a.png", "etc/a.png"),
        ("//server/share/a.png", "server/share/a.png"),
        ("C:\\Users\\a.png", "Users/a.png"),
        ("train\\NORMAL\\a.png", "train/NORMAL/a.png"),
        ("./a//b/./c.png", "a/b/c.png"),
        (".. /.../a.png", "a.png"),
        ("NUL.png", "_NUL.png"),
        ("com1/aux .png", "_com1/_aux .png"),
        ("a\n\x1b[31m\u202e.png", "a__[31m_.png"),
        ('a:b<c>"d|e?f*.png', "a_b_c__d_e_f_.png"),
        ("a.png. .", "a.png"),
        ("größe/胸部.png", "größe/胸部.png"),
        ("~/$HOME/`id`.png", "~/$HOME/`id`.png"),
        ("é" * 200 + ".jpeg", "é" * 57 + ".jpeg"),
    ],
)
def test_names_become_safe_on_every_system(inbox, name, place):
    unpack(pack((name, b"x")), inbox / "data")
    assert contents(inbox / "data") == {place: b"x"}


def test_names_without_declared_encoding_are_harmless(inbox):
    data = pack(("a#b.png", b"x")).replace(b"a#b.png", b"a\xffb.png")
    unpack(data, inbox / "data")
    assert len(contents(inbox / "data")) == 1


def test_names_that_break_their_declared_encoding_are_refused(inbox):
    data = pack(("aéb.png", b"x")).replace("aéb.png".encode(), b"a\xff\xffb.png")
    with pytest.raises(DatasetError, match="UTF-8"):
        unpack(data, inbox / "data")


def test_a_name_ends_at_a_null_byte(inbox):
    data = pack(("a.png#.exe", b"x")).replace(b"a.png#.exe", b"a.png\0.exe")
    unpack(data, inbox / "data")
    assert contents(inbox / "data") == {"a.png": b"x"}


def test_names_of_nothing_but_dots_are_skipped(inbox):
    result = unpack(pack(("...", b"x"), (" ", b"x"), ("", b"x"), ("a.png", b"")), inbox / "data")
    assert list(contents(inbox / "data")) == ["a.png"]
    assert result.skipped_count == 2


def test_deep_folders_are_skipped(inbox):
    result = unpack(pack(("d/" * 5000 + "a.png", b"x"), ("b.png", b"")), inbox / "data")
    assert "folders deep" in result.skipped[0][1]
    assert len(result.skipped[0][0]) <= 80


def test_no_file_overwrites_another(inbox):
    names = ["a.png", "a.png", "A.PNG", "a-2.png", "N/é.png", "n/e\u0301.png"]
    data = pack(*((name, bytes([i])) for i, name in enumerate(names)))
    assert unpack(data, inbox / "data").files == len(names)
    found = contents(inbox / "data")
    assert sorted(found.values()) == [bytes([i]) for i in range(len(names))]
    assert len({name.lower() for name in found}) == len(names)


def test_a_file_in_the_place_of_a_folder_is_told(inbox):
    data = pack(("a", b"file"), ("a/b.png", b"lost"), ("c/d.png", b""), ("C", b"file"))
    result = unpack(data, inbox / "data")
    assert contents(inbox / "data") == {"a": b"file", "c/d.png": b"", "C-2": b"file"}
    assert result.skipped == (("a/b.png", "its folder has the name of a file"),)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFBLK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_never_made(inbox, kind):
    link = named("link.png")
    link.external_attr = (kind | 0o777) << 16
    below = ("link.png/passwd.png", b"x")
    result = unpack(pack((link, b"/etc"), below), inbox / "data")
    assert contents(inbox / "data") == {"link.png/passwd.png": b"x"}
    assert not any(path.is_symlink() for path in inbox.rglob("*"))
    assert "link" in result.skipped[0][1]


def test_a_picture_that_swells_like_a_bomb_is_skipped(inbox):
    data = pack(("bomb.bmp", bytes(8_000_000)), ("a.png", NOISE))
    result = unpack(data, inbox / "data")
    assert contents(inbox / "data") == {"a.png": NOISE}
    assert "200-fold" in result.skipped[0][1]


def test_a_small_blank_picture_is_no_bomb(inbox):
    assert unpack(pack(("blank.bmp", bytes(1_000_000))), inbox / "data").files == 1


@pytest.mark.parametrize("packed_bytes", [10, 8_000, 4_000_000])
def test_a_bomb_is_counted_by_what_was_read_not_by_its_header(inbox, packed_bytes):
    bomb = patch(pack(("bomb.bmp", bytes(12_000_000))), PACKED_SIZE, "<I", packed_bytes)
    with pytest.raises(DatasetError, match=r"the first bomb\.bmp \((swells|damaged)"):
        unpack(bomb, inbox / "data")


def test_a_header_that_promises_too_little_gets_no_more(inbox):
    data = patch(pack(("bomb.bmp", bytes(8_000_000))), SIZE, "<I", 1000)
    with pytest.raises(DatasetError, match="damaged"):
        unpack(data, inbox / "data")


def test_a_header_that_promises_too_much_costs_no_picture(inbox):
    unpack(patch(pack(("a.png", NOISE), ("b.png", b"")), SIZE, "<I", 2**32 - 2), inbox / "data")
    assert contents(inbox / "data") == {"a.png": NOISE, "b.png": b""}


def test_what_is_promised_to_be_too_much_is_not_begun(inbox, monkeypatch):
    monkeypatch.setattr(archive_limits, "MAX_TOTAL_BYTES", 10**9)
    data = patch(pack(*((f"{i}.png", b"") for i in range(9))), SIZE, "<I", 200_000_000)
    with pytest.raises(DatasetError, match=r"at most 1 GB .* got 2 GB or more"):
        unpack(data, inbox / "data", should_stop=pytest.fail)


def test_many_small_bombs_are_one_large_one(inbox):
    data = pack(*((f"{i}.bmp", bytes(4_000_000)) for i in range(2)))
    with pytest.raises(DatasetError, match="swells"):
        unpack(data, inbox / "data")


def test_members_that_share_their_bytes_are_counted_each(inbox, monkeypatch):
    monkeypatch.setattr(archive_limits, "UNRATED_BYTES", 100_000)
    data = pack(*[("a.png", bytes(2000) + NOISE)] * 200)
    shared = patch(data, HEADER_OFFSET, "<I", 0, local=False)
    table = shared.index(CENTRAL)
    end = bytearray(shared[-22:])
    struct.pack_into("<I", end, 16, shared.index(LOCAL, 4))
    bomb = shared[: shared.index(LOCAL, 4)] + shared[table:-22] + bytes(end)
    result, message = attempt(bomb, inbox / "data")
    written = sum(map(len, contents(inbox / "data").values()))
    assert written <= 200 * len(bomb) + 100_000
    assert result or "swells" in message  # newer Pythons notice, and give the first one only


def test_one_picture_may_not_be_huge(inbox, monkeypatch):
    monkeypatch.setattr(archive_read, "MAX_FILE_BYTES", 3000)
    result = unpack(pack(("a.png", NOISE), ("b.png", b"b")), inbox / "data")
    assert contents(inbox / "data") == {"b.png": b"b"}
    assert "larger than" in result.skipped[0][1]


def test_the_whole_may_not_be_huge(inbox, monkeypatch):
    monkeypatch.setattr(archive_limits, "MAX_TOTAL_BYTES", 3000)
    with pytest.raises(DatasetError, match="Expected at most"):
        unpack(pack(("a.png", NOISE)), inbox / "data")
    lying = patch(pack(*((f"{i}.png", NOISE) for i in range(3))), SIZE, "<I", 1)
    with pytest.raises(DatasetError):
        unpack(lying, inbox / "data")


def test_the_number_of_files_is_bounded_before_they_are_listed(inbox, monkeypatch):
    monkeypatch.setattr(archive_limits, "MAX_MEMBERS", 10)
    data = pack(*((f"{i}.png", b"") for i in range(11)))
    monkeypatch.setattr(archive.zipfile, "ZipInfo", None)  # made for each member that is listed
    with pytest.raises(DatasetError, match="Expected at most 10 files"):
        unpack(data, inbox / "data")


def test_the_number_of_folders_is_bounded(inbox, monkeypatch):
    monkeypatch.setattr(archive_limits, "MAX_MEMBERS", 10)
    with pytest.raises(DatasetError, match="as many folders"):
        unpack(pack(("1/2/3/4/5/6/7/8/9/10/11/a.png", b"")), inbox / "data")


def test_the_table_of_contents_is_bounded(inbox, monkeypatch):
    monkeypatch.setattr(archive_limits, "MAX_DIRECTORY_BYTES", 100)
    with pytest.raises(DatasetError, match="Expected at most"):
        unpack(pack(("a" * 100 + ".png", b"")), inbox / "data")


def test_an_encrypted_zip_is_refused(inbox):
    with pytest.raises(DatasetError, match="without a password"):
        unpack(patch(pack(("a.png", NOISE)), FLAGS, "<H", 1), inbox / "data")


def test_an_encrypted_member_is_skipped(inbox):
    data = patch(pack(("a.png", NOISE), ("b.png", NOISE)), FLAGS, "<H", 1)
    last = data.rfind(CENTRAL)
    data = data[:last] + patch(data[last:], FLAGS, "<H", 0)
    result = unpack(data, inbox / "data")
    assert contents(inbox / "data") == {"b.png": NOISE}
    assert result.skipped == (("a.png", "protected by a password"),)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_without_bounds_are_skipped(inbox, method):
    other = zipfile.ZipFile(buffer := io.BytesIO(), "w")
    with other:
        other.writestr("a.png", NOISE)
        other.writestr("b.png", bytes(100_000), compress_type=method)
    result = unpack(buffer.getvalue(), inbox / "data")
    assert contents(inbox / "data") == {"a.png": NOISE}
    assert result.skipped[0][0] == "b.png"
    assert "compressed in a way" in result.skipped[0][1]


def test_unknown_methods_are_skipped(inbox):
    data = pack(("a.png", NOISE), ("b.png", b"b"))
    table = data.index(CENTRAL)
    data = data[:table] + data[table:].replace(struct.pack("<H", 8), struct.pack("<H", 97), 1)
    result = unpack(data, inbox / "data")
    assert [name for name, _ in result.skipped] == ["a.png"]


def test_one_damaged_picture_is_skipped_and_named(inbox):
    data = pack(("a.png", NOISE), ("b.png", b"fine"), method=zipfile.ZIP_STORED)
    result = unpack(data.replace(NOISE[:9], NOISE[:8] + b"?"), inbox / "data")
    assert contents(inbox / "data") == {"b.png": b"fine"}
    assert result.skipped == (("a.png", "damaged inside the zip"),)


def test_a_zip_of_damaged_pictures_alone_is_refused(inbox):
    data = patch(pack(("a.png", NOISE)), CRC, "<I", 1)
    with pytest.raises(DatasetError, match=r"1 skipped, the first a\.png \(damaged"):
        unpack(data, inbox / "data")


@pytest.mark.parametrize(
    ("data", "came"),
    [
        (b"", "another kind of file"),
        (b"GIF89a" + NOISE, "another kind of file"),
        (b"Rar!\x1a\x07" + NOISE, "another kind of file"),
        (pack(("a.png", NOISE))[:-30], "cut off or damaged"),
        (pack(("a.png", NOISE))[:200], "cut off or damaged"),
        (pack(), "found none"),
        (pack(("notes.txt", b"n")), r"the first notes\.txt \(not a picture"),
    ],
)
def test_what_is_no_zip_of_pictures_is_told(inbox, data, came):
    with pytest.raises(DatasetError, match=came):
        unpack(data, inbox / "data")


def test_a_missing_zip_is_told(inbox):
    with pytest.raises(DatasetError, match="cannot be read"):
        unpack_zip(inbox / "none.zip", inbox / "data")


def test_an_existing_folder_is_left_alone(inbox):
    (inbox / "data").mkdir()
    (inbox / "data" / "mine").write_bytes(b"mine")
    with pytest.raises(DatasetError, match="Expected a new folder"):
        unpack(pack(("a.png", b"")), inbox / "data")
    assert contents(inbox / "data") == {"mine": b"mine"}


@pytest.mark.parametrize("questions", [1, 2, 5])
def test_stopping_leaves_nothing_behind(inbox, questions):
    left = iter(range(questions))
    data = pack(*((f"{i}.png", NOISE) for i in range(9)))
    with pytest.raises(StoppedError, match="nothing was kept"):
        unpack(data, inbox / "data", should_stop=lambda: next(left, None) is None)
    assert not list(inbox.iterdir())


def test_an_interrupt_leaves_nothing_behind(inbox):
    def interrupt(done, total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unpack(pack(("a.png", b""), ("b.png", b"")), inbox / "data", on_progress=interrupt)
    assert not list(inbox.iterdir())


@pytest.mark.parametrize(
    ("code", "told"), [(errno.ENOSPC, "full disk"), (errno.EACCES, "may be written to")]
)
def test_a_disk_that_fails_midway_is_told(inbox, monkeypatch, code, told):
    real_open = Path.open

    def failing_open(path, mode="r", *args, **kwargs):
        if mode == "xb" and path.name == "b.png":
            raise OSError(code, "as the system says")
        return real_open(path, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", failing_open)
    with pytest.raises(DatasetError, match=told):
        unpack(pack(("a.png", NOISE), ("b.png", NOISE)), inbox / "data")
    assert not list(inbox.iterdir())


def test_a_disk_too_small_is_told_before_it_is_full(inbox, monkeypatch):
    usage = archive.shutil.disk_usage(inbox)._replace(free=4000)
    monkeypatch.setattr(archive.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DatasetError, match="to spare"):
        unpack(pack(("a.png", NOISE)), inbox / "data")
    assert not list(inbox.iterdir())


def test_a_zip_cut_anywhere_is_refused_or_unpacked(inbox):
    data = pack(*((f"{i}/a.png", NOISE[: 50 * i]) for i in range(6)))
    draw = random.Random(1)
    for _ in range(30):
        with pytest.raises(DatasetError):
            unpack(data[: draw.randrange(len(data))], inbox / "data")
        assert not list(inbox.iterdir())


def mutate(data, draw):
    """A zip with a few bytes changed, most of them in its headers, or a part moved or cut."""
    data = bytearray(data)
    marks = [i for mark in (LOCAL, CENTRAL, b"PK\5\6") if (i := data.rfind(mark)) >= 0]
    for _ in range(draw.randint(1, 4)):
        start = draw.choice([0, *marks])
        position = min(start + draw.randrange(64), len(data) - 1)
        match draw.randrange(6):
            case 0 | 1:
                data[position] = draw.choice([0, 1, 255, draw.randrange(256)])
            case 2:
                data[position : position + 4] = draw.choice([b"\xff" * 4, bytes(4), b"PK\1\2"])
            case 3:
                del data[position : position + draw.randint(1, 9)]
            case 4:
                data[position:position] = draw.randbytes(draw.randint(1, 9))
            case 5:
                data[position] ^= 1 << draw.randrange(8)
    return bytes(data)


def test_no_mutated_zip_does_anything_unforeseen(inbox):
    link = named("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    seeds = [
        pack(
            ("a/b.png", b"text" * 99), ("../../c.png", b"up"), ("d", NOISE[:300]), (link, b"/etc")
        ),
        pack(("a/b.png", b"text" * 99), ("é/\\..\\c.png", b"up"), method=zipfile.ZIP_STORED),
        zip64(),
    ]
    draw = random.Random(2)
    outcomes = set()
    for _ in range(200):
        result, message = attempt(mutate(draw.choice(seeds), draw), inbox / "data")
        if not result:
            assert message.startswith("Expected ")
            assert message.isprintable()
            outcomes.add("refused")
            assert not list(inbox.iterdir())
            continue
        outcomes.add("skipped" if result.skipped else "whole")
        assert all(path.resolve().is_relative_to(inbox) for path in inbox.rglob("*"))
        assert not any(path.is_symlink() for path in inbox.rglob("*"))
        assert len(contents(result.folder)) == result.files > 0
        archive.shutil.rmtree(result.folder)
        assert set(inbox.parent.iterdir()) == {inbox}
    assert outcomes == {"refused", "skipped", "whole"}


def zip64():
    """A zip whose sizes stand in the large fields, as those of huge ones do."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w") as target,
        target.open("a.png", "w", force_zip64=True) as file,
    ):
        file.write(NOISE[:200])
    data = buffer.getvalue()
    table, end = data.index(CENTRAL), len(data) - 22
    extra = struct.pack("<HHQQQ", 1, 24, 200, 200, 0)
    header = bytearray(data[table:end])
    struct.pack_into("<II", header, PACKED_SIZE, 2**32 - 1, 2**32 - 1)
    struct.pack_into("<H", header, 30, len(extra))
    struct.pack_into("<I", header, HEADER_OFFSET, 2**32 - 1)
    header += extra
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(header), table)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, table + len(header), 1)
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 2**32 - 1, 2**32 - 1, 0)
    return data[:table] + bytes(header) + end64 + locator + last


def test_a_zip_with_large_fields_is_read(inbox):
    unpack(zip64(), inbox / "data")
    assert contents(inbox / "data") == {"a.png": NOISE[:200]}
