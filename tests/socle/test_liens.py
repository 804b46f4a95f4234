"""Un lien signé : il survit aux robots, ne laisse son jeton nulle part, se limite, se ferme ; le code avant les noms."""

import datetime
import io
import logging
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from declarations.enums import StatutDeclaration
from declarations.models import LigneHeures
from declarations.services import valider_mois
from declarations.services.liens import envoyer_le_lien, fermer_le_lien, liens_de
from socle.models import CodeCourriel, Courriel, EntreeJournal, Lien
from socle.regles import RegleViolee
from socle.services.codes import ESSAIS_MAX, code_est_bon, envoyer_code
from socle.services.courriels import envoyer_lot
from socle.views.liens import JETONS_INCONNUS

pytestmark = pytest.mark.django_db
CORRESPONDANT = "paie@chantier.fr"


def envoyer_lien(monde) -> str:
    """L'adresse du lien, telle que l'écrit le courriel."""
    envoyer_le_lien(acteur=monde.acteur("edition"), engagement=monde.engagement, courriel=CORRESPONDANT)
    return re.search(r"https?://[^/]+(/lien/\S+)", Courriel.objects.latest("pk").corps)[1]


def entrer(adresse: str) -> Client:
    client = Client()
    assert client.post(adresse).status_code == 302
    return client


def code_recu() -> str:
    return re.search(r"code : (\d{6})", Courriel.objects.latest("pk").corps)[1]


def test_les_robots_n_ouvrent_rien_et_le_lien_sert_encore(monde):
    adresse = envoyer_lien(monde)
    avant = (EntreeJournal.objects.count(), LigneHeures.objects.count())
    robot = Client()
    assert robot.head(adresse).status_code == 200
    for _ in range(5):
        page = robot.get(adresse)
        assert page.status_code == 200 and "Lemaire" not in page.content.decode()
        assert page["Referrer-Policy"] == "strict-origin" and "no-store" in page["Cache-Control"]
    lien = Lien.objects.get(destinataire=CORRESPONDANT)
    assert lien.ouvert_le is None and (EntreeJournal.objects.count(), LigneHeures.objects.count()) == avant
    assert robot.get(reverse("suivi:mes_declarations_par_lien", args=[monde.fiche.uuid])).status_code == 404
    humain = entrer(adresse)
    assert humain.get(reverse("suivi:mes_declarations_par_lien", args=[monde.fiche.uuid])).status_code == 200
    monde.mois_attendu.refresh_from_db()
    assert monde.mois_attendu.statut == StatutDeclaration.ATTENDUE


def test_le_jeton_n_est_ni_en_base_ni_dans_les_journaux(monde):
    adresse = envoyer_lien(monde)
    jeton = adresse.split("/")[2]
    assert len(jeton) >= 43  # 256 bits
    sortie = logging.getLogger().handlers[0]
    sortie = next(h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler)
    ancien, sortie.stream = sortie.stream, io.StringIO()
    try:
        entrer(adresse)
        Lien.objects.filter(destinataire=CORRESPONDANT).update(
            expire_le=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
        )
        assert Client().get(adresse).status_code == 410  # journalisé par Django, avec son chemin
        assert Client(enforce_csrf_checks=True).post(adresse).status_code == 403
        journal = sortie.stream.getvalue()
    finally:
        sortie.stream = ancien
    assert "/lien/…" in journal and jeton not in journal
    assert envoyer_lot()[0] > 0
    with connection.cursor() as curseur:
        for table in connection.introspection.table_names():
            curseur.execute(f'SELECT * FROM "{table}"')
            assert not any(jeton in str(valeur) for ligne in curseur.fetchall() for valeur in ligne), table


def test_les_jetons_inconnus_se_comptent(monde):
    adresse = envoyer_lien(monde)
    curieux = Client()
    for _ in range(JETONS_INCONNUS):
        assert curieux.get("/lien/faux/").status_code == 410
    for reponse in (curieux.get("/lien/faux/"), curieux.post("/lien/faux/")):
        assert reponse.status_code == 429 and "Attendez une minute" in reponse.content.decode()
    assert curieux.get(adresse).status_code == 200  # un vrai lien, de la même adresse, s'ouvre encore


def test_un_mois_valide_dit_qu_il_est_ferme(monde):
    client = entrer(envoyer_lien(monde))
    valider_mois(acteur=monde.acteur(), declaration=monde.mois_declare, accepter_le_reste=True)
    for page in ("declarer", "verifier", "aucune_heure"):
        adresse = reverse(f"suivi:{page}_par_lien", args=[monde.fiche.uuid, monde.mois_declare.uuid])
        ferme = client.post(adresse, follow=True)
        assert "Ce mois est validé : pour le corriger, écrivez à votre facilitateur." in ferme.content.decode()


def test_la_structure_voit_ferme_et_renvoie_ses_liens(monde, connecte):
    adresse = envoyer_lien(monde)
    client = entrer(adresse)
    liste = reverse("suivi:mes_declarations_par_lien", args=[monde.fiche.uuid])
    page = reverse("suivi:liens_de_declaration", args=[monde.engagement.uuid])
    vue = connecte("edition").get(page).content.decode()
    assert CORRESPONDANT in vue and "ouvert le" in vue and "jamais ouvert" in vue
    lien = Lien.objects.get(destinataire=CORRESPONDANT)
    renvoyer = reverse("suivi:lien_renvoyer", args=[monde.engagement.uuid, lien.uuid])
    assert connecte("edition").post(renvoyer).url == page
    assert Client().get(adresse).status_code == 410
    assert client.get(liste).status_code == 200, "un lien neuf laisse finir qui était entré"
    (neuf,) = [lien for lien in liens_de(monde.engagement) if lien.destinataire == CORRESPONDANT]
    fermer = reverse("suivi:lien_fermer", args=[monde.engagement.uuid, neuf.uuid])
    for _ in range(2):
        assert connecte("edition").post(fermer).url == page
    assert neuf not in liens_de(monde.engagement) and client.get(liste).status_code == 410
    with pytest.raises(RegleViolee, match="pas celui de cette entreprise"):
        fermer_le_lien(acteur=monde.acteur(), engagement=monde.engagement, lien=monde.autre.lien_declaration.uuid)


# --- Le code avant les noms ------------------------------------------------------------------------------------------


@pytest.fixture
def sous_code(monde) -> Client:
    """Entré par le lien, sur un marché qui veut un code avant les noms."""
    monde.marche.code_avant_noms = True
    monde.marche.save()
    return entrer(envoyer_lien(monde))


def pages_a_noms(monde) -> list[str]:
    fiche, declare, joint = monde.fiche.uuid, monde.mois_declare.uuid, monde.justificatif.uuid
    return [
        reverse("suivi:declarer_par_lien", args=[fiche, declare]),
        reverse("suivi:verifier_par_lien", args=[fiche, declare]),
        reverse("suivi:justificatif_declare_par_lien", args=[fiche, declare, joint]),
    ]


def test_aucun_nom_avant_le_code_puis_tout_pour_la_session(monde, sous_code):
    code = reverse("suivi:code_par_lien", args=[monde.fiche.uuid, monde.mois_declare.uuid])
    liste = sous_code.get(reverse("suivi:mes_declarations_par_lien", args=[monde.fiche.uuid]))
    assert liste.status_code == 200 and "Lemaire" not in liste.content.decode()
    for page in pages_a_noms(monde):
        assert sous_code.get(page).url == sous_code.post(page).url == code
    assert "Lemaire" not in sous_code.get(code).content.decode() and not CodeCourriel.objects.exists()
    assert "p…@chantier.fr" in sous_code.get(code).content.decode()
    sous_code.post(code)
    assert Courriel.objects.latest("pk").destinataire == CORRESPONDANT
    recu = code_recu()
    assert recu not in "".join(CodeCourriel.objects.values_list("empreinte", flat=True))
    faux = sous_code.post(code, {"code": "000000" if recu != "000000" else "111111"})
    assert faux.status_code == 200 and "pas le bon" in faux.content.decode()
    assert sous_code.post(code, {"code": "abc"}).status_code == 200
    avant = sous_code.session.session_key
    assert sous_code.post(code, {"code": f"{recu[:3]} {recu[3:]}"}).url == pages_a_noms(monde)[0]
    assert sous_code.session.session_key != avant
    for page in pages_a_noms(monde):
        reponse = sous_code.get(page)
        assert reponse.status_code == 200
        reponse.getvalue()
    ailleurs = entrer(envoyer_lien(monde))  # une autre session, un autre lien : à refaire
    assert ailleurs.get(pages_a_noms(monde)[0]).url == code


def test_aucune_heure_se_dit_sans_code(monde, sous_code):
    sous_code.post(reverse("suivi:aucune_heure_par_lien", args=[monde.fiche.uuid, monde.mois_attendu.uuid]))
    monde.mois_attendu.refresh_from_db()
    assert monde.mois_attendu.statut == StatutDeclaration.A_VALIDER


def test_un_code_meurt_au_cinquieme_essai_au_bout_de_dix_minutes_et_apres_usage(monde, horloge):
    envoyer_lien(monde)
    lien = Lien.objects.get(destinataire=CORRESPONDANT)

    def nouveau() -> str:
        envoyer_code(lien)
        return code_recu()

    code = nouveau()
    faux = "000000" if code != "000000" else "111111"
    assert [code_est_bon(lien, faux) for _ in range(ESSAIS_MAX)] == [False] * ESSAIS_MAX
    assert not code_est_bon(lien, code)
    horloge.shift(datetime.timedelta(minutes=16))
    perime = nouveau()
    horloge.shift(datetime.timedelta(minutes=10, seconds=1))
    assert not code_est_bon(lien, perime)
    remplace, bon = nouveau(), nouveau()
    assert remplace == bon or not code_est_bon(lien, remplace)
    assert code_est_bon(lien, bon) and not code_est_bon(lien, bon)
    with pytest.raises(RegleViolee, match="Trois codes"):
        nouveau()
    horloge.shift(datetime.timedelta(minutes=15))
    assert nouveau()


def test_les_codes_essayes_se_comptent(monde, sous_code, horloge):
    code = reverse("suivi:code_par_lien", args=[monde.fiche.uuid, monde.mois_declare.uuid])
    cache.clear()
    statuts = [sous_code.post(code, {"code": "123456"}).status_code for _ in range(21)]
    assert statuts == [200] * 20 + [429]
