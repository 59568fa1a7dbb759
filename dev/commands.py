"""x"""
from . import postgres, console
import os
def carry_out(name, used):
    with postgres.running():
        if name == "postgres":
            postgres.keep()
        from . import database
        if name == "prepare":
            print(database.prepare_base())
            print(database.prepare_product())
    return 0
