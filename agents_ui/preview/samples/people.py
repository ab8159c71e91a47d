"""Sample people: who may log in."""

from __future__ import annotations

from agents_ui.shell.port import Person

AGENTS = {
    name: Person(
        user_id=f"u-{name}",
        name=full_name,
        role="agent",
        agent_id=f"a-{name}",
        centre=centre,
    )
    for name, full_name, centre in (
        ("start", "Anna Bērziņa", "Viesītes KAC"),
        ("idle", "Ilze Ozola", "Ludzas KAC"),
        ("ringing", "Māra Kļaviņa", "Salas KAC"),
        ("talking", "Pēteris Liepa", "Aknīstes KAC"),
        ("held", "Jana Vītola", "Alūksnes KAC"),
        ("rejoining", "Dace Kalniņa", "Preiļu KAC"),
        ("resting", "Sanita Egle", "Zilupes KAC"),
        ("closed", "Guna Bite", "Kārsavas KAC"),
        ("mobile", "Aija Roze", "Riebiņu KAC"),
        ("wrapup", "Juris Zariņš", "Krāslavas KAC"),
        ("unsaved", "Līga Eglīte", "Rēzeknes KAC"),
        ("lost", "Rasma Krūmiņa", "Balvu KAC"),
        ("callback", "Sandra Ābele", "Kārsavas KAC"),
        ("calling", "Toms Lagzdiņš", "Aglonas KAC"),
    )
}
SUPERVISOR = Person(user_id="u-board", name="Gunta Priede", role="supervisor", centre="Jēkabpils")
ADMIN = Person(
    user_id="u-admin", name="Andris Kārkliņš", role="admin", agent_id="a-admin", centre="Rīga"
)
