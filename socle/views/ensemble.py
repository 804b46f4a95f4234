"""Dans une liste : choisir un geste, relire sur quoi il porte, le faire une fois."""

import uuid
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from socle.ensemble import COCHE, PARAMETRE, GesteDEnsemble, empreinte, enumerer, gestes_de
from socle.envois import EnvoiUnique
from socle.services.ensemble import AUSSITOT, confier_l_ensemble, faire_sur_chacune

A_CHANGE = "La liste a changé depuis que vous l'avez ouverte : relisez sur quoi le geste porte, puis confirmez."
DEJA_FAIT = "Ce geste était déjà demandé : rien n'a été fait deux fois."


class GestesDEnsemble:
    """La part d'une `ListeView` qui agit sur plusieurs lignes ; sans geste inscrit, elle se tait."""

    ensemble = ""  # le nom sous lequel les étages inscrivent leurs gestes (`socle.ensemble`)
    # Ce qu'une liste a par ailleurs.
    request: Any
    acteur: Any
    titre: str
    colonnes: list[Any]
    get_queryset: Any

    @classmethod
    def nom_de_la_ligne(cls, ligne: Any) -> str:
        """Comment un compte rendu la nomme : sa colonne principale."""
        return str(next(colonne for colonne in cls.colonnes if colonne.principale).valeur(ligne))

    def gestes_permis(self) -> list[GesteDEnsemble]:
        return [geste for geste in gestes_de(self.ensemble) if geste.permis(self.acteur)]

    @cached_property
    def geste_demande(self) -> GesteDEnsemble | None:
        """Celui que dit l'adresse ; lève `AccesRefuse` s'il n'est pas permis."""
        demande = self.request.GET.get(PARAMETRE, "")
        geste = next((g for g in gestes_de(self.ensemble) if g.nom == demande), None)
        if geste is not None:
            geste.permis(self.acteur).exiger()
        return geste

    def lignes_visees(self) -> Any:
        """Celles que la liste filtre, toutes pages comprises ; ou, parmi elles, celles qui sont cochées."""
        cochees = self.request.GET.getlist(COCHE)
        lignes = self.get_queryset()
        return lignes.filter(uuid__in=[cle for cle in cochees if _est_un_uuid(cle)]) if cochees else lignes

    def relire_le_geste(self, geste: GesteDEnsemble, form: Any = None) -> HttpResponse:
        """La page qui dit sur quoi le geste porte, et demande ses précisions."""
        lignes = list(self.lignes_visees())
        if not lignes:
            messages.info(self.request, "Aucune ligne à cette liste : il n'y a rien à faire.")
            return HttpResponseRedirect(self.retour_a_la_liste())
        if form is None and geste.formulaire:
            form = geste.formulaire(acteur=self.acteur)
        contexte = {
            "titre": geste.libelle,
            "geste": geste,
            "liste": self.titre,
            "nombre": len(lignes),
            "cochees": bool(self.request.GET.getlist(COCHE)),
            "noms": enumerer([self.nom_de_la_ligne(ligne) for ligne in lignes]),
            "dans_la_file": len(lignes) > AUSSITOT,
            "form": form,
            "empreinte": empreinte(ligne.uuid for ligne in lignes),
            "retour": self.retour_a_la_liste(),
        }
        return render(self.request, "socle/ensemble.html", contexte)

    def faire_le_geste(self, geste: GesteDEnsemble) -> HttpResponse:
        """Une fois : le second envoi du même formulaire mène où le premier a mené."""
        envoi = EnvoiUnique(self.request)
        if not envoi.reserver():
            messages.info(self.request, DEJA_FAIT)
            return HttpResponseRedirect(envoi.arrivee() or self.retour_a_la_liste())
        try:
            reponse = self._faire(geste)
        except Exception:
            envoi.liberer()
            raise
        if isinstance(reponse, HttpResponseRedirect):
            envoi.conclure(reponse.url)
        else:
            envoi.liberer()
        return reponse

    def _faire(self, geste: GesteDEnsemble) -> HttpResponse:
        form = geste.formulaire(self.request.POST, acteur=self.acteur) if geste.formulaire else None
        if form is not None and not form.is_valid():
            return self.relire_le_geste(geste, form)
        lignes = list(self.lignes_visees())
        if empreinte(ligne.uuid for ligne in lignes) != self.request.POST.get("empreinte"):
            messages.warning(self.request, A_CHANGE)
            return self.relire_le_geste(geste, form)
        if len(lignes) > AUSSITOT:
            return redirect(self._confier(geste, lignes))
        self._aussitot(geste, lignes, form.cleaned_data if form else {})
        return HttpResponseRedirect(self.retour_a_la_liste())

    def _confier(self, geste: GesteDEnsemble, lignes: Sequence[Any]) -> Any:
        return confier_l_ensemble(
            acteur=self.acteur,
            geste=geste,
            chemin=self.request.path,
            titre=self.titre,
            lignes=lignes,
            saisie=self.request.POST,
        )

    def _aussitot(self, geste: GesteDEnsemble, lignes: Sequence[Any], precisions: dict[str, Any]) -> None:
        compte = faire_sur_chacune(
            acteur=self.acteur, geste=geste, lignes=lignes, precisions=precisions, nommer=self.nom_de_la_ligne
        )
        if compte.faites:
            messages.success(self.request, f"{geste.dire_ce_qui_est_fait(len(compte.faites))}.")
        for motif in compte.par_motif():
            messages.warning(self.request, motif)

    def retour_a_la_liste(self) -> str:
        """La liste, avec ses filtres : sans le geste, ni ce qui était coché."""
        parametres = self.request.GET.copy()
        for cle in (PARAMETRE, COCHE, "page"):
            parametres.pop(cle, None)
        return f"{self.request.path}?{parametres.urlencode()}" if parametres else self.request.path


def _est_un_uuid(texte: str) -> bool:
    try:
        uuid.UUID(texte)
    except ValueError:
        return False
    return True
