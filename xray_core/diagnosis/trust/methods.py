"""Every way to explain an answer that the overlay is held against; no TensorFlow here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """One way to explain an answer.

    Attributes:
        title: its name on screen.
        how: what it does, in a sentence.
        source: the paper.
        needs_map: only networks that keep a map of features have it.
    """

    title: str
    how: str
    source: str
    needs_map: bool = True


EXPLANATIONS: dict[str, Explanation] = {
    "grad_cam": Explanation(
        "Grad-CAM",
        "Adds up the feature maps, each by how much the answer grows with it.",
        "Selvaraju et al. 2017, arXiv:1610.02391",
    ),
    "grad_cam_plus_plus": Explanation(
        "Grad-CAM++",
        "Like Grad-CAM, but only what raises the answer counts, and small findings count more.",
        "Chattopadhay et al. 2018, arXiv:1710.11063",
    ),
    "score_cam": Explanation(
        "Score-CAM",
        "Shows the network only what each feature map highlights, and asks what it answers then.",
        "Wang et al. 2020, arXiv:1910.01279",
    ),
    "smooth_grad": Explanation(
        "SmoothGrad",
        "How strongly each pixel moves the answer, averaged over noisy copies of the picture.",
        "Smilkov et al. 2017, arXiv:1706.03825",
        needs_map=False,
    ),
    "occlusion": Explanation(
        "Occlusion",
        "Covers each spot in turn, and notes what that takes from the answer.",
        "Zeiler & Fergus 2014, arXiv:1311.2901",
        needs_map=False,
    ),
}
