"""Sample crisis plans."""

from __future__ import annotations

from agents_ui.crisis.port import CrisisCap, CrisisLanguage, CrisisLimit, CrisisPlan
from agents_ui.preview.samples.topics import BENEFITS

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
            CrisisLimit(queue=BENEFITS, name="overflow_after_s", value=1800.0),
        ),
        volunteers=("Gunta Brīvprātīgā", "Normunds Talkotājs"),
        caps=(
            CrisisCap(centre="", per_hour=30),
            CrisisCap(centre="Ludzas novada Zilupes VPVKAC", per_hour=None),
        ),
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
