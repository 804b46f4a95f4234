"""`{% phrase %}` : ce qui s'écrit sur plusieurs lignes du gabarit se lit sur une seule."""

import pytest
from django.template import TemplateSyntaxError, engines


def rendre(texte: str, **contexte) -> str:
    return engines["django"].from_string(texte).render(contexte)


def test_une_phrase_coupee_se_lit_sur_une_ligne():
    texte = "Bonjour,\n\n{% phrase %}\n  {{ qui }} attend\n  vos heures.\n{% endphrase %}\n\nÀ bientôt."
    assert rendre(texte, qui="La maison") == "Bonjour,\n\nLa maison attend vos heures.\n\nÀ bientôt."


def test_ses_conditions_se_coupent_aussi():
    texte = "{% phrase %}\n  Rendu{% if par %} par\n  {{ par }}{% endif %}.\n{% endphrase %}"
    assert (rendre(texte, par="Inès"), rendre(texte, par="")) == ("Rendu par Inès.", "Rendu.")


def test_une_valeur_garde_ses_lignes_et_sa_protection():
    assert rendre("{% phrase %}\n  Motif :\n  {{ motif }}\n{% endphrase %}", motif="a\n b<") == "Motif : a\n b&lt;"


def test_l_espace_insecable_reste():
    assert rendre("{% phrase %}\n  Une question\u00a0?\n{% endphrase %}") == "Une question\u00a0?"


def test_une_phrase_se_garde_pour_la_balise_qui_suit():
    texte = "{% phrase as aide %}\n  L'heure\n  due.\n{% endphrase %}[{{ aide }}]"
    assert rendre(texte) == "[L'heure due.]"


@pytest.mark.parametrize("balise", ["phrase resume", "phrase as", "phrase as a b"])
def test_une_balise_mal_ecrite_se_refuse(balise):
    with pytest.raises(TemplateSyntaxError):
        rendre(f"{{% {balise} %}}x{{% endphrase %}}")
