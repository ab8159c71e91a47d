"""The service catalogue: what citizens ask for, and how an agent finds it in a second."""

from contactcentre.catalogue.search import Catalogue
from contactcentre.catalogue.service import Service, parse

__all__ = ["Catalogue", "Service", "parse"]
