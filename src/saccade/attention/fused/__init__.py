"""The same results faster: tests hold each against its plain formula, outputs and every gradient."""
