"""Who trains and who validates: patients stay whole where that was asked for."""

from pathlib import Path

import pytest

from xray_core.datasets.folder import LabelledImage
from xray_core.errors import InvalidConfigError
from xray_core.training.config import change_config
from xray_core.training.divide_images import divide_images
from xray_core.training.presets.catalog import get_preset

LESSON = get_preset("lesson").config


def draw_patients(count=60, pictures=3):
    kinds = ["", "bacteria", "virus"]
    return [
        LabelledImage(Path(f"{n}-{m}.png"), int(n % 3 > 0), f"patient-{n}", kinds[n % 3])
        for n in range(count)
        for m in range(pictures)
    ]


def patients_of(part):
    return {image.patient for image in part}


def test_no_patient_trains_and_validates():
    training, validation = divide_images(
        draw_patients(), [], change_config(LESSON, {"validation_share": 0.3})
    )
    assert not patients_of(training) & patients_of(validation)
    assert len(training) + len(validation) == 180
    assert 0.15 < len(validation) / 180 < 0.45


def test_another_seed_validates_on_the_same_patients():
    first, second = (
        divide_images(draw_patients(), [], change_config(LESSON, {"seed": seed})) for seed in (0, 1)
    )
    assert first == second


def test_folds_cover_every_patient_once_with_both_classes():
    parts = [
        divide_images(draw_patients(), [], change_config(LESSON, {"folds": 4, "fold": fold}))[1]
        for fold in range(4)
    ]
    assert sum(len(part) for part in parts) == 180
    assert len(set.union(*(patients_of(part) for part in parts))) == 60
    shares = [sum(image.label for image in part) / len(part) for part in parts]
    assert max(shares) - min(shares) < 0.15


def test_chosen_patients_validate():
    config = change_config(LESSON, {"validation_patients": ("patient-0", "patient-1")})
    _, validation = divide_images(draw_patients(), [], config)
    assert patients_of(validation) == {"patient-0", "patient-1"}


def test_pictures_drawn_at_random_leak_patients_as_the_form_says():
    config = change_config(LESSON, {"validation": "pictures", "validation_share": 0.2})
    training, validation = divide_images(draw_patients(), [], config)
    assert patients_of(training) & patients_of(validation)
    assert 20 < len(validation) < 52


def test_the_val_folder_validates_as_it_is():
    images = draw_patients()
    config = change_config(LESSON, {"validation": "val_folder"})
    assert divide_images(images[9:], images[:9], config) == (images[9:], images[:9])


def test_pictures_of_unknown_kind_are_left_out_of_three_classes():
    images = draw_patients()
    images.append(LabelledImage(Path("x.png"), 1, "patient-x"))
    config = change_config(LESSON, {"task": "subtypes", "validation_share": 0.4})
    training, validation = divide_images(images, [], config)
    assert len(training) + len(validation) == 180


def test_a_missing_class_is_refused():
    images = [image for image in draw_patients() if image.label == 1]
    with pytest.raises(InvalidConfigError, match="validation: expected pictures of normal"):
        divide_images(images, [], LESSON)


def test_kinds_that_the_pictures_do_not_have_are_no_matter_of_validation():
    images = [image for image in draw_patients() if image.subtype != "virus"]
    config = change_config(LESSON, {"task": "subtypes"})
    with pytest.raises(InvalidConfigError, match="task: expected pictures of normal, bacterial, v"):
        divide_images(images, [], config)
    few = [*images, *(image for image in draw_patients() if image.subtype == "virus")][:-1]
    one_in_val = change_config(config, {"validation": "val_folder"})
    with pytest.raises(InvalidConfigError, match="validation: expected pictures of normal"):
        divide_images(few, images, one_in_val)
