"""Who may log in to look at the pages: an agent for each scene of a desk, and those who lead them.

Each has a centre of their own with a telephone number of its own, so that a call for one scene
reaches its agent, whoever else is free. Nobody here exists.
"""

from __future__ import annotations

from dataclasses import dataclass

from agents_ui.shell.port import Grant, Person

PASSWORD = "sample password"  # noqa: S105 - opens nothing but these pages

_NAMES = (
    ("start", "Anna Bērziņa", "Viesītes KAC"),
    ("idle", "Ilze Ozola", "Ludzas KAC"),
    ("ringing", "Māra Kļaviņa", "Jēkabpils novada Viesītes VPVKAC"),
    ("talking", "Pēteris Liepa", "Jēkabpils novada Aknīstes VPVKAC"),
    ("held", "Jana Vītola", "Aizkraukles novada Jaunjelgavas VPVKAC"),
    ("rejoining", "Dace Kalniņa", "Preiļu KAC"),
    ("resting", "Sanita Egle", "Zilupes KAC"),
    ("closed", "Guna Bite", "Kārsavas KAC"),
    ("mobile", "Aija Roze", "Riebiņu KAC"),
    ("wrapup", "Juris Zariņš", "Augšdaugavas novada Kalupes VPVKAC"),
    ("unsaved", "Līga Eglīte", "Rēzeknes KAC"),
    ("lost", "Rasma Krūmiņa", "Balvu KAC"),
    ("callback", "Sandra Ābele", "Jēkabpils novada Krustpils VPVKAC"),
    ("calling", "Toms Lagzdiņš", "Aglonas KAC"),
    ("message", "Ieva Sproģe", "Līvānu KAC"),
    ("listening", "Elīna Grāvīte-Skujeniece", "Augšdaugavas novada Demenes VPVKAC"),
    ("reserve", "Normunds Talkotājs", "Ludzas KAC"),
    ("admin", "Andris Kārkliņš", "Rīgas KAC"),
    ("silent", "Baiba Straume", "Varakļānu KAC"),
    ("gone", "Edgars Upītis", "Līvānu KAC"),
    ("promised", "Vizma Puķīte", "Jēkabpils novada Zasas VPVKAC"),
    ("consulting", "Valda Zālīte", "Jēkabpils novada Salas VPVKAC"),
    ("family", "Kristīne Āboltiņa", "Jēkabpils novada Leimaņu VPVKAC"),
    ("offered", "Inga Vanaga", "Jēkabpils novada Ābeļu VPVKAC"),
    ("helper", "Zane Lapiņa-Dzenīte", "Jēkabpils novada Ābeļu VPVKAC"),
    ("recorded", "Laura Grīnberga", "Jēkabpils novada Dunavas VPVKAC"),
    ("two", "Solvita Kārkliņa-Ozoliņa", "Jēkabpils novada Rubenes VPVKAC"),
    ("table", "Velga Saulīte", "Jēkabpils novada Mežāres VPVKAC"),
    ("moved", "Dzintra Lejniece", "Jēkabpils novada Variešu VPVKAC"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An agent, known by the name of the scene, which is the user name too."""

    scene: str
    name: str
    centre: str
    number: int

    @property
    def agent_id(self) -> str:
        """As histories number them."""
        return f"a{self.number}"

    @property
    def place(self) -> str:
        """The centre's id: each scene has one of its own, but for whoever comes to help in it."""
        return "offered" if self.scene == "helper" else self.scene

    @property
    def hotline(self) -> str:
        """The telephone number of the agent's centre."""
        return f"600002{self.number:02}"

    @property
    def caller(self) -> str:
        """The citizen who rings there, in E.164: from a range that nobody has."""
        return f"+371290000{self.number:02}"


AGENTS = {
    scene: Sample(scene=scene, name=name, centre=centre, number=number)
    for number, (scene, name, centre) in enumerate(_NAMES, start=51)
}
SUPERVISOR = "Gunta Priede"
LEADER = Person(user_id="leader", name=SUPERVISOR, grants=frozenset({Grant(role="supervisor")}))
"""Who sees the whole network."""
