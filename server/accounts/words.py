"""What was done with a client's record, in words for the client: short, plain and calm."""

from collections.abc import Mapping
from typing import Final

# By operation id, as the audit names what was done.
TOLD: Final[Mapping[str, str]] = {
    "acknowledgeSignal": "Looked at a signal",
    "addCarer": "Added somebody to your care team",
    "addClient": "Added you as a client",
    "addClientPause": "Added a pause",
    "addConsent": "Shared something",
    "addSession": "Planned a session",
    "addSupportPerson": "Added a support person",
    "assignPracticeSet": "Planned practice for you",
    "changeAssignment": "Changed your practice plan",
    "changeClient": "Changed your details",
    "changeClientPause": "Changed a pause",
    "changePreferences": "Changed preferences",
    "changeSession": "Changed a session",
    "changeSignalSettings": "Changed what is shown as a signal",
    "endCare": "Left your care team",
    "endClientDevice": "Ended a phone",
    "endDevice": "Ended a phone",
    "endMember": "Left the clinic and your care team",
    "endOwnCare": "Ended somebody's care",
    "endPairingLinks": "Took back a way to connect a phone",
    "endSupportPerson": "Ended a support person",
    "exportMe": "Took a copy of the record",
    "groundwork export": "Took a copy of your record",
    "groundwork import": "Brought your record here",
    "handOverClients": "Handed your care to a colleague",
    "liftClientSilence": "Lifted the silence",
    "liftMySilence": "Lifted the silence",
    "listAssignments": "Looked at your practice plan",
    "listClientDevices": "Looked at your phones",
    "listClientPauses": "Looked at your pauses",
    "listClients": "Saw you in the list of clients",
    "listSessions": "Looked at your sessions",
    "makePairingCode": "Made a code to connect a phone",
    "makePairingLink": "Made a link to connect a phone",
    "makeSupportCode": "Made a code for a support person",
    "makeSupportLink": "Made a link for a support person",
    "moveAssignment": "Changed your practice plan",
    "pairPhone": "Connected a phone",
    "previewAssignment": "Tried out a practice plan for you",
    "readCareTeam": "Looked at your care team",
    "readClient": "Looked at your details",
    "readClientAgenda": "Looked at your agenda",
    "readClientCheckIns": "Looked at your check-ins",
    "readClientReport": "Read your practice report",
    "readClientSignals": "Looked at signals",
    "readInbox": "Looked at the list of signals",
    "readSignalSettings": "Looked at what is shown as a signal",
    "readSupportView": "Looked at what you share",
    "removeClientPause": "Took a pause back",
    "revokeConsent": "Stopped sharing something",
    "setReminders": "Changed reminders",
    "silenceClient": "Silenced reminders and signals",
    "silenceMe": "Silenced reminders and signals",
    "changeMember": "Left your care team for other work",
    "tokenReused": "A phone was signed out to be safe",
}


def told(action: str) -> str:
    """Return what to call an action before the client whose record it was about."""
    return TOLD.get(action, "Opened your record")
