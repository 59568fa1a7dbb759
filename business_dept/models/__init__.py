# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import foundation
from . import customer
from . import dossier
from . import quote
from . import contract
from . import fulfilment
from . import collection
from . import travel
from . import safety
