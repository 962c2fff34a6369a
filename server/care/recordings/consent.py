"""What somebody agrees to who lends their voice. A change of the words is another version."""

from typing import Final

from server.care.recordings.schemas import RecordingConsent
from server.kit.errors import FieldError, Invalid

VERSION: Final = "2026-11"
_TEXTS: Final = {
    "en": (
        "This is my own voice. I agree that the clinic keeps my recording, sets its level and makes files of it for "
        "phones. Only clients in my care hear it, and only after I have listened to it and published it. They can keep "
        "a copy on their phone while they are in my care. No other voice is made from mine, and nobody else is given "
        "the recording. I can take it back at any time: it is then removed here, and from each phone at its next sync."
    ),
    "es": (
        "Esta es mi propia voz. Acepto que la clínica guarde mi grabación, ajuste su nivel y prepare archivos para "
        "teléfonos. Solo la escuchan las personas que atiendo, y solo después de que yo la haya escuchado y publicado. "
        "Pueden guardar una copia en su teléfono mientras las atiendo. No se crea ninguna otra voz a partir de la mía, "
        "y la grabación no se entrega a nadie más. Puedo retirarla en cualquier momento: entonces se borra aquí, y de "
        "cada teléfono en su siguiente sincronización."
    ),
}


def consent_in(language: str) -> RecordingConsent:
    """Return the present text, in English where there is none in the language."""
    return RecordingConsent(version=VERSION, text=_TEXTS.get(language, _TEXTS["en"]))


def require_consent(version: str) -> None:
    """Make sure that the text somebody agreed to is the present one.

    Raises:
        Invalid: it is another.
    """
    if version != VERSION:
        error = FieldError(pointer="/consent", code="consent_outdated", detail="Read the present text and agree to it.")
        raise Invalid("The consent is to another text.", errors=[error])
