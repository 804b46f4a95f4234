"""Les données essentielles sont publiques et ne nomment pas de bénéficiaire."""

from socle.retention import Conservation

RELATIONS = {"decp.ImportDecp.depose_par": Conservation.GARDER}
