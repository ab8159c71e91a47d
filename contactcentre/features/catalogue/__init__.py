"""The service catalogue: what citizens ask for, and how an agent finds it in a second."""

from contactcentre.features.catalogue.document import Service, parse
from contactcentre.features.catalogue.search import Catalogue

__all__ = ["Catalogue", "Service", "parse"]
