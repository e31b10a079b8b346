"""Tables: files and frames of named columns, what is found in them, and the schema that a model keeps of them."""

from fnnet.tables.filling import Impute, OneHot
from fnnet.tables.schema import Column, Schema

__all__ = ["Column", "Impute", "OneHot", "Schema"]
