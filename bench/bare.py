"""The yardstick: one Flask route that answers with a short constant page."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def page() -> str:
    return "<!doctype html><title>bare</title><p>bare"
