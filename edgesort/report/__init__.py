"""Reports: what was proven, what it costs, and pictures of it, in one self-contained page."""

from edgesort.report.folder import load_results
from edgesort.report.overview import overview_png
from edgesort.report.page import write_report
from edgesort.report.results import ReportResults

__all__ = ["ReportResults", "load_results", "overview_png", "write_report"]
