"""The catalogues of the screens: English msgids, `ru` complete; `make messages` collects, `make run` compiles."""
