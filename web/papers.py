"""A document as an answer: from the disk as it lies there, or opened first, where a house keeps it shut."""

from urllib.parse import quote

from fastapi.responses import FileResponse, Response

from cases.documents import DocumentStore
from cases.models import Document


def attachment(store: DocumentStore, document: Document) -> Response:
    """The bytes of a document, to be kept by the browser under its name."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name)}"}
    if document.file_key is not None:
        return Response(store.read(document), media_type=document.media_type, headers=headers)
    return FileResponse(store.path(document.digest), media_type=document.media_type, headers=headers)
