"""One answer as a DICOM Structured Report, for systems that read figures rather than pictures.

Source: DICOM PS3.16, TID 1500 (Measurement Report).
"""

from highdicom import UID
from highdicom.coding_schemes import CodingSchemeIdentificationItem
from highdicom.sr import (
    AlgorithmIdentification,
    CodedConcept,
    ComprehensiveSR,
    DeviceObserverIdentifyingAttributes,
    FindingSite,
    Measurement,
    MeasurementReport,
    MeasurementsAndQualitativeEvaluations,
    ObservationContext,
    ObserverContext,
    QualitativeEvaluation,
    SourceImageForMeasurementGroup,
    TrackingIdentifier,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from xray_core.about import DISCLAIMER
from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.reports.dicom_objects import describe_series, save_object
from xray_core.reports.dicom_source import read_source
from xray_core.reports.report import Report

_SERIES_NUMBER = 9902

# SNOMED CT has no word for what a network says; these must not be taken for a physician's finding.
_SCHEME = "99PNEUMOSCOPE"
_VERDICT = CodedConcept("verdict", _SCHEME, "Verdict of the network")
_PROBABILITY = CodedConcept("probability", _SCHEME, "Probability of pneumonia by the network")
_PNEUMONIA_FROM = CodedConcept(
    "pneumonia-from", _SCHEME, "Probability from which it says pneumonia"
)
_NORMAL_BELOW = CodedConcept("normal-below", _SCHEME, "Probability below which it says normal")
_SHARE = CodedConcept("evidence-share", _SCHEME, "Share of the network’s evidence for pneumonia")
_OUTSIDE = CodedConcept("evidence-outside", _SCHEME, "Share of that evidence outside the lungs")

_PNEUMONIA = CodedConcept("233604007", "SCT", "Pneumonia")
_VERDICTS = {"pneumonia": _PNEUMONIA, "normal": codes.SCT.Normal}
_THIRDS = {
    "upper": codes.SCT.UpperZoneOfLung,
    "middle": codes.SCT.MiddleZoneOfLung,
    "lower": codes.SCT.LowerZoneOfLung,
}
_SIDES = {"right": codes.SCT.Right, "left": codes.SCT.Left}


def write_structured_report(report: Report, data: bytes) -> bytes:
    """Return verdict, probability, its limits and zones as a DICOM file in the X-ray's own study.

    Args:
        report: the answer.
        data: the DICOM file that was judged; its patient and study are read from it anew.

    Raises:
        UnreadableImageError: the file does not say which study it belongs to.
    """
    source = read_source(data)
    return save_object(lambda: _write(report, source))


def _write(report: Report, source: Dataset) -> Dataset:
    content = MeasurementReport(
        observation_context=_name_observer(report),
        procedure_reported=CodedConcept("399208008", "SCT", "Plain chest X-ray"),
        imaging_measurements=[_measure(report, source)],
        title=codes.DCM.ImagingMeasurementReport,
    )
    scheme = CodingSchemeIdentificationItem(
        _SCHEME, name="Pneumoscope", responsible_organization="Pneumoscope"
    )
    return ComprehensiveSR(
        evidence=[source],
        content=content,
        series_instance_uid=UID(),
        series_number=_SERIES_NUMBER,
        sop_instance_uid=UID(),
        instance_number=1,
        is_complete=True,
        coding_schemes=[scheme],
        **describe_series(report, "Verdict and evidence for pneumonia (research)"),
    )


def _name_observer(report: Report) -> ObservationContext:
    attributes = DeviceObserverIdentifyingAttributes(
        uid=UID(), name=report.software, model_name=report.diagnosis.model_id
    )
    return ObservationContext(observer_device_context=ObserverContext(codes.DCM.Device, attributes))


def _measure(report: Report, source: Dataset) -> MeasurementsAndQualitativeEvaluations:
    diagnosis = report.diagnosis
    return MeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(UID(), "Chest X-ray"),
        algorithm_id=AlgorithmIdentification(
            name=diagnosis.model_id,
            version=report.software,
            parameters=[
                f"Model file, SHA-256: {diagnosis.model_hash}",
                f"X-ray file, SHA-256: {report.file_hash}",
                DISCLAIMER,
                *filter(None, [report.overlay_warning]),
                *report.remarks,
                *report.card.limits,
            ],
        ),
        qualitative_evaluations=[_evaluate(diagnosis)],
        measurements=[
            _count(_PROBABILITY, diagnosis.probability),
            *_limit(diagnosis),
            *_share_out(diagnosis),
        ],
        source_images=[SourceImageForMeasurementGroup(source.SOPClassUID, source.SOPInstanceUID)],
    )


def _evaluate(diagnosis: Diagnosis) -> QualitativeEvaluation:
    return QualitativeEvaluation(
        _VERDICT, _VERDICTS.get(diagnosis.verdict, codes.SCT.Indeterminate)
    )


def _limit(diagnosis: Diagnosis) -> list[Measurement]:
    """Return the probabilities that decided the verdict; between them nobody can tell."""
    cutoffs = diagnosis.cutoffs
    low, high = (cutoffs.low, cutoffs.high) if cutoffs else (diagnosis.threshold,) * 2
    return [_count(_NORMAL_BELOW, min(low, 1.0)), _count(_PNEUMONIA_FROM, min(high, 1.0))]


def _share_out(diagnosis: Diagnosis) -> list[Measurement]:
    """Return the share of each zone and of what lies outside; nothing where nothing is shared."""
    if diagnosis.evidence is None:
        return []
    shares = [_count(_OUTSIDE, diagnosis.evidence.outside)]
    for name, share in diagnosis.evidence.zones.items():
        side, third = name.split(" ")
        shares.append(_count(_SHARE, share, FindingSite(_THIRDS[third], _SIDES[side])))
    return shares


def _count(name: CodedConcept, share: float, site: FindingSite | None = None) -> Measurement:
    """Return a number from 0 to 1 as a measurement, to four decimals."""
    return Measurement(
        name, round(share, 4), codes.UCUM.NoUnits, finding_sites=[site] if site else None
    )
