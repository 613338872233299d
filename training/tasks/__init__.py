"""What a trainer is given for each network: its data, its passes and its losses."""
