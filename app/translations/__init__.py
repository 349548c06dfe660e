"""The words of the screens: msgids are the English text, `ru` is complete. `make messages` collects them."""
