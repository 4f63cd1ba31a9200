"""The same results faster: each function here is tested against its plain formula, outputs and every gradient."""
