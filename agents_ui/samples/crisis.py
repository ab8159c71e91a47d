"""Sample crisis plans."""

from __future__ import annotations

from agents_ui.ports import CrisisLanguage, CrisisLimit, CrisisPlan
from agents_ui.samples.topics import BENEFITS

CRISIS_PLANS = (
    CrisisPlan(
        plan_id="emergency",
        label={"lv": "Ārkārtas situācija", "en": "State of emergency"},
        announcement={
            "lv": "Svarīgs paziņojums. Izsludināta ārkārtas situācija.",
            "ru": "Важное сообщение. Объявлена чрезвычайная ситуация.",
            "en": "Important notice. A state of emergency has been declared.",
        },
        menu="short",
        languages=(
            CrisisLanguage(
                code="uk",
                basis="Ukrainas civiliedzīvotāju atbalsta likums",
                date="2026-01-15",
                approver="Tīkla vadītājs",
            ),
        ),
        limits=(
            CrisisLimit(queue=None, name="wrap_up_s", value=20.0),
            CrisisLimit(queue=BENEFITS, name="ring_s", value=15.0),
        ),
        volunteers=("Gunta Brīvprātīgā", "Normunds Talkotājs"),
    ),
    CrisisPlan(
        plan_id="storm",
        label={"lv": "Vētra", "en": "Storm"},
        announcement={"lv": "Vētras dēļ daudzviet nav elektrības."},
        menu="",
        languages=(),
        limits=(),
        volunteers=(),
    ),
)
