"""Settings, addresses and the ``smarthub`` command: the only readers of the environment.

Owns how an installation is put together and started. Never holds a rule of the co-op's
business: what differs between co-ops is a row in ``cooperative``. Top storey of the house.
"""
