"""The first step: a lung with pneumonia beside one without."""

from ui.present.scene import diagnose, read_album
from ui.present.sheet import Shown, lay_out, name_class, show_head, show_source, show_stage
from xray_core.story.album import StoryPicture
from xray_core.story.brightness import measure_brightness
from xray_core.story.draw import draw_picture
from xray_core.story.script import Step


def show_signs(step: Step, part: int) -> None:
    """Show both, with the brightness measured inside their lungs."""
    album = read_album()
    well, ill = _measure(album.normal), _measure(album.pneumonia)
    brighter = "brighter" if ill > well else "not brighter on the whole: it is the pattern that"
    end = "." if ill > well else " tells."
    show_head(
        step,
        f"Air is dark on an X-ray, fluid is bright. These lungs with pneumonia are {brighter}{end}",
    )
    pairs = ((album.normal, well), (album.pneumonia, ill))
    show_stage(lay_out([_show(picture, brightness) for picture, brightness in pairs]))
    show_source(album.source)


def _measure(picture: StoryPicture) -> float:
    case = diagnose(picture)
    return measure_brightness(case.xray, case.diagnosis.lungs)


def _show(picture: StoryPicture, brightness: float) -> Shown:
    uri = draw_picture(diagnose(picture).xray)
    caption = f"{name_class(picture.label)} · brightness of the lungs {brightness:.2f}"
    return Shown(uri, f"Chest X-ray: {picture.label}", caption)
