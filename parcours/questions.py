"""Les questions proposées à une structure qui n'a pas encore écrit les siennes, et ce que disent les réponses réunies."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from parcours.enums import GenreQuestion, PublicInterroge
from socle.nombres import arrondir

NOTES = {1: "1, pas du tout", 2: "2", 3: "3, moyennement", 4: "4", 5: "5, tout à fait"}
OUI_NON = {1: "Oui", 0: "Non"}
_NOTE, _OUI_NON, _TEXTE = GenreQuestion.NOTE, GenreQuestion.OUI_NON, GenreQuestion.TEXTE

PROPOSEES: dict[str, tuple[tuple[str, GenreQuestion], ...]] = {
    PublicInterroge.BENEFICIAIRE: (
        ("J'ai été bien accueilli dans l'entreprise", _NOTE),
        ("Mon tuteur m'a aidé à apprendre le travail", _NOTE),
        ("Ce que j'ai appris me servira", _NOTE),
        ("Dans l'ensemble, je suis satisfait de ce contrat", _NOTE),
        ("Qu'est-ce que vous avez appris ?", _TEXTE),
        ("Qu'est-ce qui a été difficile ?", _TEXTE),
        ("Quel est votre projet maintenant ?", _TEXTE),
    ),
    PublicInterroge.EMPLOYEUR: (
        ("Les personnes proposées correspondaient au poste", _NOTE),
        ("L'intégration dans l'équipe s'est bien passée", _NOTE),
        ("Dans l'ensemble, nous sommes satisfaits", _NOTE),
        ("Embaucheriez-vous de nouveau cette personne ?", _OUI_NON),
        ("Pourquoi avoir choisi cette personne ?", _TEXTE),
        ("Qu'est-ce qui a freiné ?", _TEXTE),
        ("Que nous suggérez-vous ?", _TEXTE),
    ),
}


@dataclass(frozen=True, slots=True)
class Synthese:
    """Les réponses à une question, réunies : combien, la moyenne des notes, leur répartition, les mots."""

    question: str
    genre: GenreQuestion
    nombre: int
    moyenne: Decimal | None = None
    oui: int = 0
    repartition: tuple[tuple[str, int], ...] = ()
    mots: tuple[str, ...] = ()


def synthetiser(question: str, genre: str, reponses: Iterable[tuple[int | None, str]]) -> Synthese:
    """`reponses` : (note, texte). Une moyenne se lit sur les seules notes données, à une décimale."""
    reponses = list(reponses)
    genre = GenreQuestion(genre)
    if genre == GenreQuestion.TEXTE:
        mots = tuple(texte for _, texte in reponses if texte)
        return Synthese(question, genre, len(mots), mots=mots)
    notes = [note for note, _ in reponses if note is not None]
    comptes = Counter(notes)
    libelles = OUI_NON if genre == GenreQuestion.OUI_NON else NOTES
    repartition = tuple((libelle, comptes[note]) for note, libelle in libelles.items())
    if genre == GenreQuestion.OUI_NON:
        return Synthese(question, genre, len(notes), oui=comptes[1], repartition=repartition)
    moyenne = arrondir(Decimal(sum(notes)) / len(notes), 1) if notes else None
    return Synthese(question, genre, len(notes), moyenne=moyenne, repartition=repartition)
