"""What citizens ring about, and where: the labels that the samples share."""

from __future__ import annotations

BENEFITS = {"lv": "Pabalsti un pensijas", "en": "Benefits and pensions"}
TAXES = {"lv": "Nodokļi", "en": "Taxes"}
DOCUMENTS = {"lv": "Personu dokumenti", "en": "Identity documents"}
STATE = {"lv": "Valsts", "en": "State"}
FAMILY = {"lv": "Ģimenei", "en": "Family"}
VIESITE = {"lv": "Viesītes KAC", "en": "Viesīte centre"}
