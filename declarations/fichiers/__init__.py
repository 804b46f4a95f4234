"""Le fichier d'heures d'un employeur : lu, rapproché des contrats, relu à l'écran, puis déclaré."""
