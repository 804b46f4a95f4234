"""Les dates telles qu'on les écrit ici ; `socle.lecture` dit celles qu'on lit."""

DATE_FORMAT = "j M Y"
SHORT_DATE_FORMAT = "d/m/Y"
DATETIME_FORMAT = r"j M Y à G\hi"
MONTH_DAY_FORMAT = "j F"
YEAR_MONTH_FORMAT = "F Y"
