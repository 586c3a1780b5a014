"""Writes pictures: each file completely or not at all, and never over a file that this script did not make."""

import os
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import PdfPages
from PIL import Image
from PIL.PngImagePlugin import PngInfo

MARK = "writebench plot_report"
# How a file of that format begins, the mark as it stands in it, and how matplotlib is told to put it there.
FORMATS = {
    "png": (b"\x89PNG", b"Software\0" + MARK.encode(), {"Software": MARK}),
    "svg": (b"<?xml", f"<dc:title>{MARK}</dc:title>".encode(), {"Creator": MARK, "Date": None}),
    "pdf": (b"%PDF", f"/Creator ({MARK})".encode(), {"Creator": MARK, "CreationDate": None}),
}


class CannotWrite(Exception):
    """Why a picture cannot go there; one line that names the place and says what to do."""


def format_of(path):
    return Path(path).suffix.lower().removeprefix(".")


def check_replaceable(path, force):
    """Raises CannotWrite if another file has that name."""
    if not os.path.lexists(path):
        if not os.path.isdir(os.path.dirname(path) or "."):
            raise CannotWrite(f"{path}: there is no such directory; make it first")
        return
    if not os.path.isfile(path):
        raise CannotWrite(f"{path}: is not a file; choose another name with -o")
    if not force and not _is_ours(path):
        raise CannotWrite(f"{path}: is not a picture that plot_report made; choose another name with -o, or replace it"
                          " with --force")


def _is_ours(path):
    start, mark, _ = FORMATS[format_of(path)]
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be read ({error.strerror}); choose another name with -o") from error
    return content.startswith(start) and mark in content


def write(figures, path):
    """Writes the figures to that file: one, or as many as there are if it is a PDF. Raises CannotWrite."""
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with open(temporary, "xb") as file:
            _save(figures, file, format_of(path))
        os.replace(temporary, path)
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written ({error.strerror}); choose another place with -o") from error
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def _save(figures, file, form):
    metadata = FORMATS[form][2]
    if form == "pdf":
        with PdfPages(file, metadata=metadata) as pages:
            for figure in figures:
                pages.savefig(figure, facecolor=figure.get_facecolor())
        return
    (figure,) = figures
    if form == "png":
        _save_opaque(figure, file, metadata)
    else:
        figure.savefig(file, format=form, metadata=metadata, facecolor=figure.get_facecolor())


def _save_opaque(figure, file, metadata):
    """Without an alpha channel a PNG is a tenth smaller."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    chunks = PngInfo()
    for name, text in metadata.items():
        chunks.add_text(name, text)
    image = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    image.convert("RGB").save(file, "png", pnginfo=chunks, dpi=(figure.dpi, figure.dpi))
